//! The backend's image at work, against a real PostgreSQL.

use std::time::Duration;

use crate::containers::{ASSISTANT, Container, LocalServer, get, post};
use crate::parts::{database, engine, images};

const START: Duration = Duration::from_secs(20);
const SECRET: &str = "a-signing-secret-for-tests-of-48-bytes-0123456789";

fn run(database: &str, openai: &str, options: &[&str]) -> Container {
    let env = [
        ("DATABASE_URL", database),
        ("BETTER_AUTH_SECRET", SECRET),
        ("OPENAI_API_KEY", "sk-for-tests"),
        ("OPENAI_BASE_URL", openai),
        ("OPENAI_TIMEOUT_SECONDS", "120"),
        ("FRONTEND_URL", "http://127.0.0.1:3000"),
    ];
    Container::run(&images().backend, 8000, &env, options)
}

/// Signs somebody up and returns the token.
fn sign_up(backend: &Container) -> String {
    let body = format!(r#"{{"email":"{}@example.org","password":"correct horse battery"}}"#, backend.name);
    let (status, body) = post(&backend.url("/api/auth/sign-up"), None, &body, START).unwrap();
    assert_eq!(status, 201, "{body}");
    let document: serde_json::Value = serde_json::from_str(&body).unwrap();
    document["token"].as_str().unwrap().to_owned()
}

#[test]
fn it_is_healthy_with_a_database_and_stops_on_sigterm() {
    let test = "it_is_healthy_with_a_database_and_stops_on_sigterm";
    let (true, Some(database)) = (engine(test), database(test)) else { return };
    let backend = run(&database, "http://127.0.0.1:1", &[]);
    backend.wait_for("/health", 200, START);
    assert_eq!(get(&backend.url("/health")).unwrap(), (200, r#"{"status":"healthy"}"#.to_owned()));
    let (time, code) = backend.stop();
    assert_eq!(code, 0, "{}", backend.logs());
    assert!(time < Duration::from_secs(10), "an idle backend took {time:?} to stop");
}

#[test]
fn it_needs_no_writable_root_no_capabilities_and_no_certain_user() {
    let test = "it_needs_no_writable_root_no_capabilities_and_no_certain_user";
    let (true, Some(database)) = (engine(test), database(test)) else { return };
    let options = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "12345:12345"];
    let backend = run(&database, "http://127.0.0.1:1", &options);
    backend.wait_for("/health", 200, START);
}

#[test]
fn without_its_database_it_runs_and_says_503_within_a_second() {
    let test = "without_its_database_it_runs_and_says_503_within_a_second";
    if !engine(test) {
        return;
    }
    // 192.0.2.0/24 is set aside for documentation: nobody answers there, not even with a refusal.
    for host in ["127.0.0.1:1", "192.0.2.1:5432"] {
        let password = "planted-password";
        let backend = run(&format!("postgresql://user:{password}@{host}/none"), "http://127.0.0.1:1", &[]);
        backend.wait_for("/health", 503, START);
        let start = std::time::Instant::now();
        assert_eq!(get(&backend.url("/health")).unwrap().0, 503);
        assert!(start.elapsed() < Duration::from_secs(1), "{host}: {:?}", start.elapsed());
        assert!(!backend.logs().contains(password), "{}", backend.logs());
    }
}

#[test]
fn missing_configuration_is_named_and_no_value_is_shown() {
    let test = "missing_configuration_is_named_and_no_value_is_shown";
    if !engine(test) {
        return;
    }
    let backend = Container::run(&images().backend, 8000, &[("BETTER_AUTH_SECRET", SECRET)], &[]);
    backend.wait_for("/health", 503, START);
    let logs = backend.logs();
    assert!(logs.contains("DATABASE_URL") && logs.contains("OPENAI_API_KEY"), "{logs}");
    assert!(!logs.contains(SECRET), "{logs}");
}

#[test]
fn a_running_request_is_finished_after_sigterm() {
    let test = "a_running_request_is_finished_after_sigterm";
    let (true, Some(database)) = (engine(test), database(test)) else { return };
    let slow = LocalServer::start(ASSISTANT, Duration::from_secs(4));
    let backend = run(&database, &format!("{}/v1", slow.url()), &[]);
    backend.wait_for("/health", 200, START);
    let token = sign_up(&backend);
    let url = backend.url("/api/chat");
    let request = std::thread::spawn(move || post(&url, Some(&token), r#"{"message":"hello"}"#, START));
    slow.wait_for_request(START);
    let (time, code) = backend.stop();
    let (status, body) = request.join().unwrap().unwrap();
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("You have work to do."), "{body}");
    assert_eq!(code, 0, "{}", backend.logs());
    assert!(time < Duration::from_secs(20), "{time:?}");
}

#[test]
fn a_request_that_takes_too_long_does_not_hold_it_past_30_seconds() {
    let test = "a_request_that_takes_too_long_does_not_hold_it_past_30_seconds";
    let (true, Some(database)) = (engine(test), database(test)) else { return };
    let endless = LocalServer::start(ASSISTANT, Duration::from_mins(2));
    let backend = run(&database, &format!("{}/v1", endless.url()), &[]);
    backend.wait_for("/health", 200, START);
    let token = sign_up(&backend);
    let url = backend.url("/api/chat");
    let request =
        std::thread::spawn(move || post(&url, Some(&token), r#"{"message":"hello"}"#, Duration::from_mins(1)));
    endless.wait_for_request(START);
    let (time, code) = backend.stop();
    assert_eq!(code, 0, "137 would be SIGKILL after 30 s\n{}", backend.logs());
    assert!(time < Duration::from_secs(30), "{time:?}");
    let cut = request.join().unwrap();
    assert!(!matches!(cut, Ok((200, _))), "the request cannot have succeeded: {cut:?}");
}
