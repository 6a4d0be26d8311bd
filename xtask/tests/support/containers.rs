//! Containers of the two images, and what they talk to.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::parts::docker;

/// How a container reaches this machine.
pub(crate) const HOST: &str = "host.docker.internal";

/// A running container; removed when dropped.
pub(crate) struct Container {
    pub(crate) name: String,
    port: u16,
}

impl Container {
    /// Runs an image with variables (never on a command line) and further options; `port` is the one it listens on.
    pub(crate) fn run(image: &str, port: u16, env: &[(&str, &str)], options: &[&str]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("taskflow-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let mut command = Command::new("docker");
        command.args(["run", "--detach", "--name", &name, "--publish", &format!("127.0.0.1::{port}")]);
        command.args(["--add-host", &format!("{HOST}:host-gateway")]);
        for (variable, value) in env {
            command.args(["--env", variable]).env(variable, value);
        }
        let output = command.args(options).arg(image).output().unwrap();
        assert!(output.status.success(), "docker run {image}: {}", String::from_utf8_lossy(&output.stderr));
        Self { name, port }
    }

    /// The address on this machine.
    pub(crate) fn address(&self) -> String {
        let ports = docker(&["port", &self.name, &self.port.to_string()]);
        ports.lines().next().unwrap().to_owned()
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// Waits for an answer with the wanted status; returns how long it took from now.
    pub(crate) fn wait_for(&self, path: &str, status: u16, limit: Duration) -> Duration {
        let start = Instant::now();
        let url = self.url(path);
        let mut last = String::new();
        while start.elapsed() < limit {
            match get(&url) {
                Ok((found, _)) if found == status => return start.elapsed(),
                Ok((found, body)) => last = format!("{found} {body}"),
                Err(error) => last = error,
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{} gave no {status} for {path} within {limit:?}; last: {last}\n{}", self.name, self.logs());
    }

    /// Everything it has logged.
    pub(crate) fn logs(&self) -> String {
        let output = Command::new("docker").args(["logs", &self.name]).output().unwrap();
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    }

    /// Sends SIGTERM as Kubernetes does, SIGKILL after 30 s; returns the time to the end and the exit code.
    pub(crate) fn stop(&self) -> (Duration, i32) {
        let start = Instant::now();
        docker(&["stop", "--time", "30", &self.name]);
        let code = docker(&["inspect", "--format", "{{.State.ExitCode}}", &self.name]);
        (start.elapsed(), code.parse().unwrap())
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let removed = Command::new("docker")
            .args(["rm", "--force", "--volumes", &self.name])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        drop(removed);
    }
}

fn agent(timeout: Duration) -> ureq::Agent {
    let config =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(timeout)).max_redirects(0);
    config.build().into()
}

/// Status and body of a GET.
pub(crate) fn get(url: &str) -> Result<(u16, String), String> {
    let mut response = agent(Duration::from_secs(5)).get(url).call().map_err(|error| error.to_string())?;
    let body = response.body_mut().read_to_string().map_err(|error| error.to_string())?;
    Ok((response.status().as_u16(), body))
}

/// Status and body of a POST of JSON.
pub(crate) fn post(url: &str, token: Option<&str>, body: &str, timeout: Duration) -> Result<(u16, String), String> {
    let mut request = agent(timeout).post(url).header("Content-Type", "application/json");
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    let mut response = request.send(body).map_err(|error| error.to_string())?;
    let body = response.body_mut().read_to_string().map_err(|error| error.to_string())?;
    Ok((response.status().as_u16(), body))
}

/// A server on this machine that containers reach, answering every request with one JSON text after a delay.
pub(crate) struct LocalServer {
    server: Arc<tiny_http::Server>,
    /// Requests so far.
    pub(crate) requests: Arc<AtomicU32>,
}

impl LocalServer {
    pub(crate) fn start(answer: &'static str, delay: Duration) -> Self {
        let server = Arc::new(tiny_http::Server::http("0.0.0.0:0").unwrap());
        let requests = Arc::new(AtomicU32::new(0));
        let (own, count) = (Arc::clone(&server), Arc::clone(&requests));
        std::thread::spawn(move || {
            for mut request in own.incoming_requests() {
                count.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || {
                    let _body = request.as_reader().read_to_end(&mut Vec::new());
                    std::thread::sleep(delay);
                    let header = tiny_http::Header::from_bytes("Content-Type", "application/json").unwrap();
                    // The other side may have given up, which is what some tests want.
                    let _gone = request.respond(tiny_http::Response::from_string(answer).with_header(header));
                });
            }
        });
        Self { server, requests }
    }

    /// Its base URL, as a container reaches it.
    pub(crate) fn url(&self) -> String {
        let port = self.server.server_addr().to_ip().as_ref().map(SocketAddr::port).unwrap();
        format!("http://{HOST}:{port}")
    }

    /// Waits until a request has come.
    pub(crate) fn wait_for_request(&self, limit: Duration) {
        let start = Instant::now();
        while self.requests.load(Ordering::SeqCst) == 0 {
            assert!(start.elapsed() < limit, "no request within {limit:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        self.server.unblock();
    }
}

/// An answer of the OpenAI protocol.
pub(crate) const ASSISTANT: &str = r#"{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,
"finish_reason":"stop","message":{"role":"assistant","content":"You have work to do."}}],
"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"#;
