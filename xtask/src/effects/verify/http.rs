//! Requests over HTTP to the loopback, without a library: `verify` also has to send a request in two parts.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use process::signals::received;

use crate::domain::contract::declared::DrainRequest;
use crate::domain::contract::verify::answer::{self, Answer, LARGEST, Received, request_head};
use crate::domain::text::duration;

/// The interval at which a wait for an answer checks for signals.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Sends a request without a body.
///
/// # Errors
///
/// The reason why there is no complete answer, as a sentence fragment.
pub fn ask(port: u16, method: &str, path: &str, limit: Duration) -> Result<Answer, String> {
    let start = Instant::now();
    let mut connection = Connection::open(port, method, limit)?;
    connection.send(request_head(method, path, None).as_bytes())?;
    connection.answer(limit.saturating_sub(start.elapsed())).map_err(|reason| late(reason, limit))
}

/// Whether a server accepts connections, and does not close them at once: the port of a container is open even if
/// nothing listens in it.
pub fn accepts(port: u16) -> bool {
    let Ok(mut connection) = Connection::open(port, "", POLL_INTERVAL) else { return false };
    let mut byte = [0];
    match connection.stream.read(&mut byte) {
        Ok(count) => count > 0,
        Err(error) => is_timeout(&error),
    }
}

/// A request whose body is sent in two parts.
#[derive(Debug)]
pub struct OpenRequest {
    connection: Connection,
    rest: Vec<u8>,
}

impl OpenRequest {
    /// Sends the head of a request and the first half of its body.
    ///
    /// # Errors
    ///
    /// The reason why it cannot be sent, as a sentence fragment.
    pub fn begin(port: u16, request: &DrainRequest) -> Result<Self, String> {
        let DrainRequest { path, method, content_type, body, .. } = request;
        let mut connection = Connection::open(port, method, Duration::from_secs(5))?;
        let (first, rest) = body.as_bytes().split_at(body.len() / 2);
        connection.send(request_head(method, path, Some((content_type, body.len()))).as_bytes())?;
        connection.send(first)?;
        Ok(Self { connection, rest: rest.to_vec() })
    }

    /// Waits for an answer to the first part; none if there is no answer within the time.
    pub fn early_answer(&mut self, limit: Duration) -> Option<Answer> {
        self.connection.answer(limit).ok()
    }

    /// Sends the rest of the body, and waits for the answer.
    ///
    /// # Errors
    ///
    /// The reason why there is no complete answer, as a sentence fragment.
    pub fn finish(mut self, limit: Duration) -> Result<Answer, String> {
        let rest = std::mem::take(&mut self.rest);
        self.connection.send(&rest)?;
        self.connection.answer(limit).map_err(|reason| late(reason, limit))
    }
}

/// A connection to a port of the loopback, with what has come from it.
#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    method: String,
    received: Vec<u8>,
}

/// Why there is no answer.
enum NoAnswer {
    Late,
    Other(String),
}

fn late(reason: NoAnswer, limit: Duration) -> String {
    match reason {
        NoAnswer::Late => format!("no answer within {}", duration(limit)),
        NoAnswer::Other(reason) => reason,
    }
}

impl Connection {
    fn open(port: u16, method: &str, limit: Duration) -> Result<Self, String> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let stream =
            TcpStream::connect_timeout(&address, limit.max(POLL_INTERVAL)).map_err(|error| in_words(&error))?;
        stream.set_read_timeout(Some(POLL_INTERVAL)).map_err(|error| in_words(&error))?;
        stream.set_write_timeout(Some(limit.max(POLL_INTERVAL))).map_err(|error| in_words(&error))?;
        Ok(Self { stream, method: method.to_owned(), received: Vec::new() })
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.stream.write_all(bytes).map_err(|error| in_words(&error))
    }

    /// Waits for a complete answer.
    fn answer(&mut self, limit: Duration) -> Result<Answer, NoAnswer> {
        let start = Instant::now();
        let mut buffer = [0; 8192];
        loop {
            let is_ended = match self.stream.read(&mut buffer) {
                Ok(count) => {
                    self.received.extend_from_slice(buffer.get(..count).unwrap_or_default());
                    count == 0
                }
                Err(error) if is_timeout(&error) => false,
                Err(error) if error.kind() == ErrorKind::Interrupted => false,
                Err(error) => return Err(NoAnswer::Other(in_words(&error))),
            };
            match answer::received(&self.method, &self.received, is_ended) {
                Received::Whole(answer) => return Ok(answer),
                Received::Invalid if is_ended => {
                    return Err(NoAnswer::Other("the connection ended before the answer was complete".to_owned()));
                }
                Received::Invalid => return Err(NoAnswer::Other("it is no answer of HTTP/1.1".to_owned())),
                Received::Part if self.received.len() > LARGEST => {
                    return Err(NoAnswer::Other("the answer is larger than 16 MiB".to_owned()));
                }
                Received::Part if start.elapsed() >= limit || received().is_some() => return Err(NoAnswer::Late),
                Received::Part => {}
            }
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn in_words(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => "the connection was refused".to_owned(),
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            "the connection ended before the answer was complete".to_owned()
        }
        _ if is_timeout(error) => "the connection takes no data".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
#[expect(clippy::needless_raw_string_hashes, reason = "snapbox writes raw strings")]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// A server that answers one connection with this text, after it has read `wanted` bytes of the body.
    fn serve(answer: &'static str, wanted: &'static str) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut read, mut buffer) = (String::new(), [0; 1024]);
            while !read.ends_with(wanted) {
                let count = stream.read(&mut buffer).unwrap();
                read.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
            }
            stream.write_all(answer.as_bytes()).unwrap();
        });
        port
    }

    fn request() -> DrainRequest {
        DrainRequest {
            path: "/a".to_owned(),
            method: "POST".to_owned(),
            content_type: "text/plain".to_owned(),
            body: "first, second".to_owned(),
            line: 1,
        }
    }

    #[test]
    fn answers_are_read_and_reasons_are_told() {
        let limit = Duration::from_secs(5);
        let ask = |answer, wanted, limit| ask(serve(answer, wanted), "GET", "/", limit);
        let whole = ask("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "\r\n\r\n", limit).unwrap();
        assert_eq!((whole.status, whole.body.as_slice()), (200, b"ok".as_slice()));
        let reasons = [
            ask("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", "\r\n\r\n", limit),
            ask("SSH-2.0", "\r\n\r\n", limit),
            ask("", "never comes", Duration::from_millis(200)),
            super::ask(1, "GET", "/", limit),
        ];
        let reasons: Vec<String> = reasons.into_iter().filter_map(Result::err).collect();
        let text = reasons.join("\n");
        snapbox::assert_data_eq!(
            text,
            snapbox::str![[r#"
the connection ended before the answer was complete
it is no answer of HTTP/1.1
no answer within 0.2 s
the connection was refused
"#]]
        );
    }

    #[test]
    fn other_reasons_are_told_too() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            let megabyte = vec![b'x'; 1 << 20];
            while stream.write_all(&megabyte).is_ok() {}
        });
        let endless = ask(port, "GET", "/", Duration::from_secs(30)).unwrap_err();
        let kinds = [ErrorKind::BrokenPipe, ErrorKind::WouldBlock, ErrorKind::NotConnected];
        let reasons: Vec<String> = kinds.into_iter().map(|kind| in_words(&kind.into())).chain([endless]).collect();
        snapbox::assert_data_eq!(
            reasons.join("\n"),
            snapbox::str![[r#"
the connection ended before the answer was complete
the connection takes no data
not connected
the answer is larger than 16 MiB
"#]]
        );
    }

    #[test]
    fn a_request_in_two_parts_is_answered_after_the_second() {
        let answer = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
        let mut open = OpenRequest::begin(serve(answer, "second"), &request()).unwrap();
        assert_eq!(open.early_answer(Duration::from_millis(150)), None);
        assert_eq!(open.finish(Duration::from_secs(5)).unwrap().status, 201);
        let mut open = OpenRequest::begin(serve(answer, "first,"), &request()).unwrap();
        assert_eq!(open.early_answer(Duration::from_secs(5)).unwrap().status, 201);
    }

    #[test]
    fn a_port_is_open_only_if_something_listens_behind_it() {
        assert!(accepts(serve("", "never comes")));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || drop(listener.accept()));
        assert!(!accepts(port) && !accepts(1));
    }
}
