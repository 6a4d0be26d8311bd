//! Containers of the two images, and what they talk to.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
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

/// A server on this machine that containers reach, answering every request with one JSON text after a delay. Each answer
/// ends its connection.
pub(crate) struct LocalServer {
    address: SocketAddr,
    /// Set when no more requests are taken.
    ended: Arc<AtomicBool>,
    /// Requests so far.
    requests: Arc<AtomicU32>,
}

impl LocalServer {
    pub(crate) fn start(answer: &'static str, delay: Duration) -> Self {
        let listener = TcpListener::bind("0.0.0.0:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            ended: Arc::new(AtomicBool::new(false)),
            requests: Arc::new(AtomicU32::new(0)),
        };
        let (ended, requests) = (Arc::clone(&server.ended), Arc::clone(&server.requests));
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                let requests = Arc::clone(&requests);
                // The other side may have given up, which is what some tests want.
                std::thread::spawn(move || connection.and_then(|stream| serve(stream, answer, delay, &requests)));
            }
        });
        server
    }

    /// Its base URL, as a container reaches it.
    pub(crate) fn url(&self) -> String {
        format!("http://{HOST}:{}", self.address.port())
    }

    /// How many requests have come.
    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::SeqCst)
    }

    /// Waits until a request has come.
    pub(crate) fn wait_for_request(&self, limit: Duration) {
        let start = Instant::now();
        while self.requests() == 0 {
            assert!(start.elapsed() < limit, "no request within {limit:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // The thread that waits for the next connection gets one, and ends.
        let _refused = TcpStream::connect((Ipv4Addr::LOCALHOST, self.address.port()));
    }
}

/// Reads one request, counts it, and answers it.
fn serve(stream: TcpStream, answer: &str, delay: Duration, requests: &AtomicU32) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(());
    }
    requests.fetch_add(1, Ordering::SeqCst);
    let mut length = 0;
    while !line.trim_end().is_empty() {
        let (name, value) = line.split_once(':').unwrap_or_default();
        assert!(!name.eq_ignore_ascii_case("transfer-encoding"), "this server reads bodies with a length only: {line}");
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        line.clear();
        reader.read_line(&mut line)?;
    }
    io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
    std::thread::sleep(delay);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
    write!(reader.get_mut(), "{head}Content-Length: {}\r\n\r\n{answer}", answer.len())
}

/// An answer of the OpenAI protocol.
pub(crate) const ASSISTANT: &str = r#"{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,
"finish_reason":"stop","message":{"role":"assistant","content":"You have work to do."}}],
"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"#;

#[test]
fn a_local_server_answers_counts_and_ends() {
    let server = LocalServer::start(r#"{"a": 1}"#, Duration::ZERO);
    let url = format!("http://127.0.0.1:{}", server.address.port());
    assert_eq!(server.requests(), 0);
    assert_eq!(get(&url), Ok((200, r#"{"a": 1}"#.to_owned())));
    let long = "x".repeat(200_000);
    assert_eq!(post(&url, None, &long, Duration::from_secs(5)), Ok((200, r#"{"a": 1}"#.to_owned())));
    server.wait_for_request(Duration::ZERO);
    assert_eq!(server.requests(), 2);
    drop(server);
    let start = Instant::now();
    while get(&url).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(5), "it still takes requests");
    }
}
