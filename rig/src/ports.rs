//! Chooses ports of this machine for servers of the rig.

use std::fs::File;
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::Result;

/// Ports below the kernel's range for outgoing connections, so that no program gets one by chance.
const RANGE: std::ops::Range<u16> = 20_000..32_000;

/// Returns a random port on which nothing listens.
///
/// # Errors
///
/// No free port was found, or there is no source of random numbers.
pub fn random() -> Result<u16> {
    for _ in 0..100 {
        let mut number = [0; 2];
        File::open("/dev/urandom")?.read_exact(&mut number)?;
        let port = RANGE.start + u16::from_le_bytes(number) % (RANGE.end - RANGE.start);
        if is_free(port) {
            return Ok(port);
        }
    }
    anyhow::bail!("no free port between {} and {}", RANGE.start, RANGE.end)
}

/// Whether nothing listens on a port, on any address.
pub fn is_free(port: u16) -> bool {
    TcpListener::bind(("0.0.0.0", port)).is_ok()
}

/// Whether a server accepts connections on a port of this machine.
pub fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_millis(500)).is_ok()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::{RANGE, answers, is_free, random};

    #[test]
    fn a_taken_port_is_not_free() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(!is_free(port) && answers(port));
        assert!(RANGE.contains(&random().unwrap()));
    }
}
