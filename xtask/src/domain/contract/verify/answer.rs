//! Answers over HTTP: requests as bytes, and answers from bytes.

use serde_json::Value;

/// The size of the largest answer that is read, in bytes.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// A complete answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// A part of an answer that was read from a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// The answer is complete.
    Whole(Answer),
    /// More is to come.
    Part,
    /// It is no answer of HTTP/1.
    Invalid,
}

/// Returns the head of a request; a body has a type and a length.
pub fn request_head(method: &str, path: &str, body: Option<(&str, usize)>) -> String {
    let body =
        body.map_or(String::new(), |(kind, length)| format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n"));
    format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n{body}Connection: close\r\n\r\n")
}

/// Reads an answer to a request. `is_ended` says that the connection was closed behind these bytes.
pub fn received(method: &str, bytes: &[u8], is_ended: bool) -> Received {
    let unfinished = if is_ended { Received::Invalid } else { Received::Part };
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        let begins = b"HTTP/1.".iter().zip(bytes).all(|(wanted, byte)| wanted == byte);
        return if begins { unfinished } else { Received::Invalid };
    };
    let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned();
    let rest = bytes.get(end + 4..).unwrap_or_default();
    let mut lines = head.split("\r\n");
    let status = lines.next().filter(|line| line.starts_with("HTTP/1."));
    let status = status.and_then(|line| line.split_whitespace().nth(1)?.parse::<u16>().ok());
    let Some(status) = status else { return Received::Invalid };
    let whole = |body: &[u8]| Received::Whole(Answer { status, body: body.to_vec() });
    if (100..200).contains(&status) {
        return received(method, rest, is_ended);
    }
    if method == "HEAD" || [204, 304].contains(&status) {
        return whole(&[]);
    }
    let headers: Vec<(String, &str)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .collect();
    let header = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
    if header("transfer-encoding").is_some_and(|coding| coding.to_ascii_lowercase().ends_with("chunked")) {
        return match unchunked(rest) {
            Chunks::All(body) => whole(&body),
            Chunks::Some => unfinished,
            Chunks::Invalid => Received::Invalid,
        };
    }
    match header("content-length").map(str::parse::<usize>) {
        Some(Ok(length)) => rest.get(..length).map_or(unfinished, whole),
        Some(Err(_)) => Received::Invalid,
        None if is_ended => whole(rest),
        None => Received::Part,
    }
}

/// The chunks of a body.
enum Chunks {
    /// All of them, joined.
    All(Vec<u8>),
    /// More are to come.
    Some,
    /// They are not valid.
    Invalid,
}

fn unchunked(mut rest: &[u8]) -> Chunks {
    /// The length of the longest line with the size of a chunk.
    const LINE: usize = 256;
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|window| window == b"\r\n") else {
            return if rest.len() < LINE { Chunks::Some } else { Chunks::Invalid };
        };
        let line = std::str::from_utf8(rest.get(..end).unwrap_or_default()).unwrap_or_default();
        let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16);
        let Ok(size) = size else { return Chunks::Invalid };
        if size == 0 {
            return Chunks::All(body);
        }
        let chunk = rest.get(end + 2..).unwrap_or_default();
        let Some(whole) = chunk.get(..size) else { return Chunks::Some };
        body.extend_from_slice(whole);
        let behind = chunk.get(size..).unwrap_or_default();
        rest = match behind.strip_prefix(b"\r\n") {
            Some(rest) => rest,
            None if behind.len() < 2 => return Chunks::Some,
            None => return Chunks::Invalid,
        };
    }
}

/// Whether a body is the declared one: JSON is compared as JSON, other text without the blanks around it.
pub fn is_body(declared: &str, body: &[u8]) -> bool {
    match (serde_json::from_str::<Value>(declared), serde_json::from_slice::<Value>(body)) {
        (Ok(declared), Ok(body)) => declared == body,
        _ => std::str::from_utf8(body).is_ok_and(|body| body.trim() == declared.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(status: u16, body: &str) -> Received {
        Received::Whole(Answer { status, body: body.as_bytes().to_vec() })
    }

    #[test]
    fn answers_of_every_form_are_read() {
        let json = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue";
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        let to_the_end = "HTTP/1.0 503 Service Unavailable\r\n\r\nsorry";
        let continued = format!("HTTP/1.1 100 Continue\r\n\r\n{json}");
        for (text, method, is_ended, wanted) in [
            (json, "GET", false, whole(200, "true")),
            (chunked, "GET", false, whole(200, "abcde")),
            (to_the_end, "GET", true, whole(503, "sorry")),
            (to_the_end, "GET", false, Received::Part),
            (&continued, "POST", false, whole(200, "true")),
            (json, "HEAD", false, whole(200, "")),
            ("HTTP/1.1 204 No Content\r\n\r\n", "GET", false, whole(204, "")),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ntrue", "GET", true, Received::Invalid),
            ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "GET", true, Received::Invalid),
            ("HTTP/1.1 OK\r\n\r\n", "GET", true, Received::Invalid),
            ("SSH-2.0-OpenSSH", "GET", false, Received::Invalid),
            ("", "GET", true, Received::Invalid),
            ("", "GET", false, Received::Part),
            ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcde\r\n", "GET", false, Received::Invalid),
        ] {
            assert_eq!(received(method, text.as_bytes(), is_ended), wanted, "{text}");
        }
        for text in [json, chunked] {
            for end in 0..text.len() {
                let read = received("GET", &text.as_bytes()[..end], false);
                let last = text == chunked && end >= text.len() - 2;
                assert!(read == Received::Part || last, "{end} {read:?}");
            }
        }
    }

    #[test]
    fn bodies_are_compared_as_json_where_both_are() {
        for (declared, body, same) in [
            (r#"{"status": "healthy"}"#, r#"{"status":"healthy"}"#, true),
            (r#"{"a": 1, "b": 2}"#, r#"{"b":2,"a":1}"#, true),
            (r#"{"status": "healthy"}"#, r#"{"status":"healthy","more":1}"#, false),
            ("OK", "OK\n", true),
            ("OK", "KO", false),
            ("", "", true),
        ] {
            assert_eq!(is_body(declared, body.as_bytes()), same, "{declared} {body}");
        }
    }

    #[test]
    fn a_request_has_all_that_a_server_needs() {
        assert_eq!(
            request_head("POST", "/a", Some(("text/plain", 3))),
            "POST /a HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\
             Connection: close\r\n\r\n"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_a_part_or_invalid(
            head in "(HTTP/1.1 [0-9]{0,4} OK\r\n(Content-Length: [0-9]{0,30}\r\n)?(Transfer-Encoding: chunked\r\n)?\r\n)?",
            body in "([0-9a-f]{0,20}\r\n)?[ -~\r\n]{0,60}",
            ended: bool,
        ) {
            let _read = received("GET", (head + &body).as_bytes(), ended);
        }
    }
}
