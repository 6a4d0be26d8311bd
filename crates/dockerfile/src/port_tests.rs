//! Words of EXPOSE. BuildKit's `parsePort` has the same answers.

use super::describe_tests::read;
use super::{Port, Protocol};

/// Reads lines behind FROM, and describes the ports of the image.
fn exposed(from: &str, lines: &str) -> Vec<String> {
    let dockerfile = read(&format!("FROM {from}\n{lines}\n")).unwrap();
    let image = dockerfile.image_of(0);
    let port = |port: &Port| match port {
        Port::Exposed { numbers, protocol } if numbers.len() == 1 => format!("{}/{protocol}", numbers.start()),
        Port::Exposed { numbers, protocol } => format!("{}-{}/{protocol}", numbers.start(), numbers.end()),
        Port::Unknown(text) => format!("unknown {text}"),
        Port::Invalid(text) => format!("invalid {text}"),
    };
    image.ports.iter().map(|setting| port(&setting.value)).collect()
}

#[test]
fn forms_of_ports() {
    for (word, expected) in [
        ("80", "80/tcp"),
        ("0", "0/tcp"),
        ("65535", "65535/tcp"),
        ("080", "80/tcp"),
        ("+80", "80/tcp"),
        ("80/", "80/tcp"),
        ("80/UDP", "80/udp"),
        ("80/Tcp", "80/tcp"),
        ("80/sctp", "80/sctp"),
        ("80-90", "80-90/tcp"),
        ("80-80/udp", "80/udp"),
        ("8080:3000", "3000/tcp"),
        (":80", "80/tcp"),
        ("8000-8010:80", "80/tcp"),
        ("8000-8010:80-90/udp", "80-90/udp"),
        ("127.0.0.1:8080:80", "80/tcp"),
        ("127.0.0.1::80", "80/tcp"),
        ("::1:8080:80", "80/tcp"),
        ("[::1]:8080:80", "80/tcp"),
    ] {
        assert_eq!(exposed("scratch", &format!("EXPOSE {word}")), [expected], "{word}");
    }
    for word in [
        "http",
        "-1",
        "65536",
        "80-",
        "-90",
        "90-80",
        "80/http",
        "80/tcp/udp",
        "/tcp",
        "80,90",
        "80:",
        "a:80",
        "8000-8001:80-90",
        "localhost:8080:80",
        "[::1:8080:80",
        "8_0",
        "\u{661}",
        "80-90-99",
        "+",
        "99999999999999999999",
    ] {
        assert_eq!(exposed("scratch", &format!("EXPOSE {word}")), [format!("invalid {word}")], "{word}");
    }
}

#[test]
fn variables_in_ports() {
    assert_eq!(
        exposed("scratch", "ENV A=80 B=\"81 82/udp\"\nEXPOSE $A ${C:-83} $B"),
        ["80/tcp", "83/tcp", "81/tcp", "82/udp"]
    );
    assert_eq!(exposed("scratch", "EXPOSE $A \"\" 80"), ["80/tcp"]);
    assert_eq!(exposed("scratch", "ENV A=\"80 81\"\nEXPOSE \"$A\""), ["invalid 80 81"]);
    assert_eq!(exposed("scratch", "EXPOSE ${A"), ["invalid ${A"]);
    assert_eq!(exposed("a", "EXPOSE $A/udp 80"), ["unknown $A/udp", "80/tcp"]);
}

#[test]
fn protocols_are_written_in_lower_case() {
    let names = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp].map(|protocol| protocol.to_string());
    assert_eq!(names, ["tcp", "udp", "sctp"]);
}
