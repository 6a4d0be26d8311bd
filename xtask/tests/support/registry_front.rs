//! A front before a real registry, which misbehaves as registries and networks do.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use serde_json::json;

use super::registry::{copy_tag, digest};

/// How a front misbehaves.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// A tag that exists is never written again, whatever the manifest; the words are those of a registry.
    Immutable(Words),
    /// This repository is refused altogether, or writing one tag of it.
    Refused { repository: String, tag: Option<String> },
    /// Everybody has to log in, as `user:password`.
    Login(String),
    /// After this many requests, connections are closed without an answer.
    CutAfter(usize),
    /// The connection is closed while a manifest is written under this tag.
    CutManifest {
        tag: String,
        /// Whether the registry has taken the manifest before.
        taken: bool,
        /// Whether all later connections are closed, too. Otherwise the fault is over.
        for_good: bool,
    },
    /// While the manifest is written under this tag, somebody else puts there what another tag has. The registry then
    /// refuses, as its tags cannot be overwritten.
    Overtaken { tag: String, by: String, words: Words },
}

/// The words in which registries say that a tag cannot be overwritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    Amazon,
    Harbor,
    Google,
}

impl Words {
    fn refusal(self, repository: &str, tag: &str) -> (u16, &'static str, String) {
        match self {
            Self::Amazon => (
                400,
                "TAG_INVALID",
                format!(
                    "The image tag '{tag}' already exists in the '{repository}' repository and cannot be overwritten \
                     because the repository is immutable."
                ),
            ),
            Self::Harbor => (
                412,
                "PRECONDITION",
                format!("Failed to process request due to '{repository}:{tag}' configured as immutable."),
            ),
            Self::Google => (
                400,
                "MANIFEST_INVALID",
                format!("cannot update tag {tag}. The repository has enabled tag immutability"),
            ),
        }
    }
}

/// A front before a registry: it hands on all requests, unless a fault says otherwise.
pub(crate) struct Front {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    registry: String,
    faults: Mutex<Vec<Fault>>,
    /// Each request as `METHOD PATH`, since the faults were set.
    requests: Mutex<Vec<String>>,
    ended: AtomicBool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Front {
    /// Starts a front before the registry at an address.
    pub(crate) fn before(registry: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            registry: registry.to_owned(),
            faults: Mutex::default(),
            requests: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let server = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                if server.ended.load(Ordering::SeqCst) {
                    break;
                }
                let server = Arc::clone(&server);
                std::thread::spawn(move || drop(server.serve(stream)));
            }
        });
        Self { address, shared }
    }

    /// Returns the address, for references.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Misbehaves from now on, and in no other way; forgets the requests.
    pub(crate) fn set(&self, faults: impl IntoIterator<Item = Fault>) {
        *locked(&self.shared.faults) = faults.into_iter().collect();
        locked(&self.shared.requests).clear();
    }

    /// Whether a manifest is still to be cut off or overtaken.
    pub(crate) fn waits(&self) -> bool {
        let waits = |fault: &Fault| matches!(fault, Fault::CutManifest { .. } | Fault::Overtaken { .. });
        locked(&self.shared.faults).iter().any(waits)
    }

    /// Returns the requests since the faults were set.
    pub(crate) fn requests(&self) -> Vec<String> {
        locked(&self.shared.requests).clone()
    }

    /// Returns the names under which manifests were written.
    pub(crate) fn written(&self) -> Vec<String> {
        let name = |request: &String| Some(request.strip_prefix("PUT ")?.split_once("/manifests/")?.1.to_owned());
        self.requests().iter().filter_map(name).collect()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

/// What happens to a request.
enum Fate {
    HandedOn,
    Answered(u16, &'static str, String),
    Cut {
        /// Whether the registry gets it before.
        taken: bool,
    },
}

impl Shared {
    /// Serves one request, and closes the connection.
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        if reader.fill_buf()?.first() == Some(&0x16) {
            // A client that tries TLS first is told that this is HTTP.
            return stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nno TLS");
        }
        let head = read_head(&mut reader)?;
        if header(&head, "expect").is_some() {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let body = read_body(&mut reader, &head)?;
        let mut words = head[0].split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        match self.fate(method, path, &head) {
            Fate::HandedOn => {
                stream.write_all(&self.registry_says(&head, &body)?)?;
            }
            Fate::Answered(status, code, message) => {
                let body = json!({ "errors": [{ "code": code, "message": message }] }).to_string();
                let asks = if status == 401 { "WWW-Authenticate: Basic realm=\"front\"\r\n" } else { "" };
                let name = match status {
                    400 => "Bad Request",
                    401 => "Unauthorized",
                    403 => "Forbidden",
                    _ => "Precondition Failed",
                };
                let head = format!(
                    "HTTP/1.1 {status} {name}\r\n{asks}Content-Type: application/json\r\n\
                     Docker-Distribution-Api-Version: registry/2.0\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                stream.write_all(head.as_bytes())?;
                if method != "HEAD" {
                    stream.write_all(body.as_bytes())?;
                }
            }
            Fate::Cut { taken } => {
                if taken {
                    self.registry_says(&head, &body)?;
                }
            }
        }
        stream.shutdown(Shutdown::Both)
    }

    fn fate(&self, method: &str, path: &str, head: &[String]) -> Fate {
        let mut requests = locked(&self.requests);
        requests.push(format!("{method} {path}"));
        let count = requests.len();
        drop(requests);
        let named = path.strip_prefix("/v2/").and_then(|path| path.split_once("/manifests/"));
        let written = named.filter(|_| method == "PUT");
        let mut faults = locked(&self.faults);
        for index in 0..faults.len() {
            match &faults[index] {
                Fault::Immutable(words) => {
                    if let Some((repository, tag)) = written
                        && !tag.starts_with("sha256:")
                        && digest(&self.registry, repository, tag).is_some()
                    {
                        let (status, code, message) = words.refusal(repository, tag);
                        return Fate::Answered(status, code, message);
                    }
                }
                Fault::Refused { repository, tag } => {
                    let meant = match tag {
                        None => path.starts_with(&format!("/v2/{repository}/")),
                        Some(tag) => written.is_some_and(|(name, found)| name == repository && found == tag),
                    };
                    if meant {
                        let message = "requested access to the resource is denied".to_owned();
                        return Fate::Answered(403, "DENIED", message);
                    }
                }
                Fault::Login(user) => {
                    let expected = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(user));
                    if header(head, "authorization") != Some(expected) {
                        return Fate::Answered(401, "UNAUTHORIZED", "authentication required".to_owned());
                    }
                }
                Fault::Overtaken { tag, by, words } => {
                    if let Some((repository, found)) = written
                        && found == tag
                    {
                        copy_tag(&self.registry, repository, by, tag);
                        let (status, code, message) = words.refusal(repository, tag);
                        faults[index] = Fault::Immutable(*words);
                        return Fate::Answered(status, code, message);
                    }
                }
                Fault::CutAfter(limit) if count > *limit => return Fate::Cut { taken: false },
                Fault::CutAfter(_) => {}
                Fault::CutManifest { tag, taken, for_good } => {
                    let taken = *taken;
                    if written.is_some_and(|(_, found)| found == tag) {
                        if *for_good {
                            faults[index] = Fault::CutAfter(0);
                        } else {
                            faults.remove(index);
                        }
                        return Fate::Cut { taken };
                    }
                }
            }
        }
        Fate::HandedOn
    }

    /// Sends a request to the registry and returns its whole answer.
    fn registry_says(&self, head: &[String], body: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(&self.registry)?;
        // The name of the front stays in the request: the registry uses it in the addresses of uploads.
        let dropped = ["connection:", "expect:"];
        for line in head.iter().filter(|line| !dropped.iter().any(|name| line.to_lowercase().starts_with(name))) {
            write!(stream, "{line}\r\n")?;
        }
        stream.write_all(b"Connection: close\r\n\r\n")?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

/// Reads the lines of a request or an answer up to its body.
fn read_head(reader: &mut impl BufRead) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end() {
            "" => return Ok(lines),
            line => lines.push(line.to_owned()),
        }
    }
}

fn header(head: &[String], name: &str) -> Option<String> {
    let value = |line: &String| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    };
    head.iter().skip(1).find_map(value)
}

/// Reads a body as it is sent, with the sizes of its chunks.
fn read_body(reader: &mut impl BufRead, head: &[String]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if header(head, "transfer-encoding").is_none() {
        let length = header(head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        reader.take(length).read_to_end(&mut body)?;
        return Ok(body);
    }
    loop {
        let start = body.len();
        reader.read_until(b'\n', &mut body)?;
        let size = String::from_utf8_lossy(&body[start..]).trim().to_owned();
        let size = u64::from_str_radix(&size, 16).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        reader.take(size + 2).read_to_end(&mut body)?;
        if size == 0 {
            return Ok(body);
        }
    }
}
