//! The two images together, used by a real browser: sign up, add a task, see it after a reload, talk to the assistant.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::containers::{ASSISTANT, Container, HOST, LocalServer};
use crate::parts::{database, docker, engine, found, images, root};

const START: Duration = Duration::from_secs(20);

#[test]
fn people_can_work_with_both_images() {
    let test = "people_can_work_with_both_images";
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    let has_browser = found(Path::new(&chromium).exists(), test, "a Chromium in CHROMIUM", "TASKFLOW_REQUIRE_RIG");
    let has_playwright = root().join("frontend/node_modules/.bin/playwright").exists();
    let installed = found(has_playwright, test, "`npm ci` in frontend/", "TASKFLOW_REQUIRE_RIG");
    let (true, Some(database), true, true) = (engine(test), database(test), has_browser, installed) else { return };
    let assistant = LocalServer::start(ASSISTANT, Duration::ZERO);
    let env = [
        ("DATABASE_URL", database.as_str()),
        ("BETTER_AUTH_SECRET", "a-signing-secret-for-tests-of-48-bytes-0123456789"),
        ("OPENAI_API_KEY", "sk-for-tests"),
        ("OPENAI_BASE_URL", &format!("{}/v1", assistant.url())),
        ("FRONTEND_URL", "http://127.0.0.1:3000"),
    ];
    let backend = Container::run(&images().backend, 8000, &env, &[]);
    backend.wait_for("/health", 200, START);
    // The frontend's container finds the backend's by its address on the engine's network.
    let address = docker(&["inspect", "--format", "{{.NetworkSettings.IPAddress}}", &backend.name]);
    assert_ne!(address, "", "the backend has no address; {HOST} is only for what runs on this machine");
    let backend_url = format!("http://{address}:8000");
    let frontend =
        Container::run(&images().frontend, 3000, &[("BACKEND_URL", &backend_url), ("NODE_ENV", "production")], &[]);
    frontend.wait_for("/healthz", 200, START);
    let status = Command::new("npm")
        .args(["run", "--silent", "e2e"])
        .current_dir(root().join("frontend"))
        .env("E2E_BASE_URL", frontend.url(""))
        .env("CHROMIUM", chromium)
        .status()
        .unwrap();
    assert!(status.success(), "playwright: {status}\nfrontend:\n{}\nbackend:\n{}", frontend.logs(), backend.logs());
}
