//! The frontend's image at work.

use std::time::Duration;

use crate::containers::{Container, LocalServer, get};
use crate::parts::{engine, images};

const START: Duration = Duration::from_secs(15);

fn run(backend: &str, options: &[&str]) -> Container {
    Container::run(&images().frontend, 3000, &[("BACKEND_URL", backend), ("NODE_ENV", "production")], options)
}

/// Asks for the task list as somebody who is signed in.
fn tasks_page(frontend: &Container, timeout: Duration) -> Result<u16, String> {
    let config =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(timeout)).max_redirects(0);
    let agent: ureq::Agent = config.build().into();
    let cookie = format!("{SESSION_COOKIE}=a.b.c");
    let mut response =
        agent.get(frontend.url("/tasks")).header("Cookie", cookie).call().map_err(|error| error.to_string())?;
    // A page may be sent piece by piece: it is complete only when its body is.
    response.body_mut().read_to_string().map_err(|error| error.to_string())?;
    Ok(response.status().as_u16())
}

/// The cookie's name in `frontend/lib/session-cookie.ts`.
const SESSION_COOKIE: &str = "taskflow_session";

#[test]
fn it_answers_without_a_backend_and_stops_on_sigterm() {
    if !engine("it_answers_without_a_backend_and_stops_on_sigterm") {
        return;
    }
    let frontend = run("http://127.0.0.1:1", &[]);
    frontend.wait_for("/healthz", 200, START);
    let (status, page) = get(&frontend.url("/sign-in")).unwrap();
    assert_eq!(status, 200);
    assert!(page.contains("Sign in"), "{page}");
    let (time, code) = frontend.stop();
    assert!(matches!(code, 0 | 143), "exit code {code}\n{}", frontend.logs());
    assert!(time < Duration::from_secs(10), "an idle frontend took {time:?} to stop");
}

#[test]
fn it_needs_no_writable_root_no_capabilities_and_no_certain_user() {
    if !engine("it_needs_no_writable_root_no_capabilities_and_no_certain_user") {
        return;
    }
    let options = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "12345:12345"];
    let frontend = run("http://127.0.0.1:1", &options);
    frontend.wait_for("/sign-in", 200, START);
    assert!(!frontend.logs().contains("EROFS"), "{}", frontend.logs());
}

#[test]
fn one_image_serves_two_backends() {
    if !engine("one_image_serves_two_backends") {
        return;
    }
    let servers = [LocalServer::start("[]", Duration::ZERO), LocalServer::start("[]", Duration::ZERO)];
    for (server, other) in [(&servers[0], &servers[1]), (&servers[1], &servers[0])] {
        let before = other.requests();
        let frontend = run(&server.url(), &[]);
        frontend.wait_for("/healthz", 200, START);
        tasks_page(&frontend, START).unwrap();
        assert!(server.requests() > 0, "the backend that was named was not asked");
        assert_eq!(other.requests(), before, "another backend was asked");
    }
}

#[test]
fn a_running_request_is_finished_after_sigterm() {
    if !engine("a_running_request_is_finished_after_sigterm") {
        return;
    }
    let slow = LocalServer::start("[]", Duration::from_secs(4));
    let frontend = run(&slow.url(), &[]);
    frontend.wait_for("/healthz", 200, START);
    let (status, (time, code)) = std::thread::scope(|scope| {
        let request = scope.spawn(|| tasks_page(&frontend, Duration::from_secs(20)));
        slow.wait_for_request(START);
        let stopped = frontend.stop();
        (request.join().unwrap(), stopped)
    });
    assert_eq!(status, Ok(200), "{}", frontend.logs());
    assert!(matches!(code, 0 | 143), "exit code {code}");
    assert!(time < Duration::from_secs(20), "{time:?}");
}

#[test]
fn a_backend_that_never_answers_does_not_hold_it_past_30_seconds() {
    if !engine("a_backend_that_never_answers_does_not_hold_it_past_30_seconds") {
        return;
    }
    let endless = LocalServer::start("[]", Duration::from_mins(2));
    let frontend = run(&endless.url(), &[]);
    frontend.wait_for("/healthz", 200, START);
    let (time, code) = std::thread::scope(|scope| {
        let request = scope.spawn(|| tasks_page(&frontend, Duration::from_mins(1)));
        endless.wait_for_request(START);
        let stopped = frontend.stop();
        let _ended_either_way = request.join();
        stopped
    });
    assert!(matches!(code, 0 | 143), "exit code {code}; 137 would be SIGKILL after 30 s");
    assert!(time < Duration::from_secs(30), "{time:?}");
}
