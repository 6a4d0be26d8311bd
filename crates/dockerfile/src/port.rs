//! The ports that a word of EXPOSE exposes, as BuildKit reads it.

use std::fmt;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::model::{Content, Instruction, Value};

/// The meaning of one word of EXPOSE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// A port, or several in sequence, of one protocol.
    Exposed {
        /// The numbers; one port is a range with equal ends.
        numbers: RangeInclusive<u16>,
        /// The protocol; TCP without one in the text.
        protocol: Protocol,
    },
    /// The text, with a variable whose value is not known.
    Unknown(String),
    /// The text; a build stops here.
    Invalid(String),
}

/// The protocol of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP, the default.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// Returns the protocol's name in lower case, as the image has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl Instruction {
    /// Returns the ports of EXPOSE; none for other instructions.
    pub fn ports(&self) -> Vec<Port> {
        match &self.content {
            Content::Expose(values) => values.iter().flat_map(ports).collect(),
            _ => Vec::new(),
        }
    }
}

/// Returns the ports of one value of EXPOSE. A value that expands to nothing has none. One that expands to a text with
/// blanks has several, unless it has quotes.
pub(super) fn ports(value: &Value) -> Vec<Port> {
    counted::count(value.text.len() + 1);
    let is_quoted = value.raw.text.contains(['"', '\'']);
    let words = if is_quoted { vec![value.text.as_str()] } else { value.text.split_whitespace().collect() };
    let words = words.into_iter().filter(|word| !word.is_empty());
    let port = |word: &str| match value.known() {
        None if value.is_malformed => Port::Invalid(word.to_owned()),
        None if word.contains('$') => Port::Unknown(word.to_owned()),
        _ => parsed(word).unwrap_or_else(|| Port::Invalid(word.to_owned())),
    };
    words.map(port).collect()
}

/// Parses `[[ip:]public:]private[/protocol]`. The address and the public port have no effect, but must be valid.
fn parsed(word: &str) -> Option<Port> {
    let mut parts = word.rsplitn(3, ':');
    let (private, public, address) = (parts.next()?, parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let (private, protocol) = private.split_once('/').unwrap_or((private, ""));
    let protocol = match protocol.to_ascii_lowercase().as_str() {
        "" | "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "sctp" => Protocol::Sctp,
        _ => return None,
    };
    let address = address.strip_prefix('[').map_or(Some(address), |inner| inner.strip_suffix(']'))?;
    if !address.is_empty() {
        address.parse::<IpAddr>().ok()?;
    }
    let numbers = range(private)?;
    if !public.is_empty() {
        let public = range(public)?;
        // A range of public ports for one private port is valid.
        if numbers.len() > 1 && public.len() != numbers.len() {
            return None;
        }
    }
    Some(Port::Exposed { numbers, protocol })
}

/// Parses `80` or `80-90`.
fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some(first..=last)
}

/// Parses a port's number. The builder accepts a plus sign before it.
fn number(text: &str) -> Option<u16> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}
