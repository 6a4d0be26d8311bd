//! Checks whether a server answers on a socket, without a client program, which would take many times as long.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

/// Returns the version of the engine that listens on a socket.
pub(super) fn engine(socket: &Path) -> Option<String> {
    let mut stream = UnixStream::connect(socket).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    // The answer to an HTTP/1.0 request comes in one piece, and the connection ends with it.
    stream.write_all(b"GET /version HTTP/1.0\r\nHost: docker\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    version(&answer)
}

/// Whether a server accepts connections on a socket.
pub(super) fn listens(socket: &Path) -> bool {
    UnixStream::connect(socket).is_ok()
}

fn version(answer: &str) -> Option<String> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let ok = head.lines().next()?.split(' ').nth(1)? == "200";
    let body: serde_json::Value = serde_json::from_str(body).ok().filter(|_| ok)?;
    body.get("Version")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_version_is_in_the_body_of_a_good_answer() {
        let answer = |status: &str| format!("HTTP/1.0 {status}\r\nServer: x\r\n\r\n{{\"Version\":\"20.10.24\"}}\n");
        assert_eq!(version(&answer("200 OK")).as_deref(), Some("20.10.24"));
        assert_eq!(version(&answer("503 Service Unavailable")), None);
        assert_eq!(version("HTTP/1.0 200 OK\r\n"), None);
    }
}
