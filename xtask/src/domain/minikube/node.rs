//! Parses a node's answer to the questions of `script`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::listing::{ListedImage, digest, read_docker_lines, read_list};
use super::script::MARK;

/// Facts about a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFacts {
    /// Its images, or what its runtime printed instead.
    pub images: Result<Vec<ListedImage>, String>,
    /// The digests of the unpacked layers of its images, by image ID. Only an engine lists them.
    pub layers: BTreeMap<String, Vec<String>>,
    /// Its architecture, in the notation of images.
    pub architecture: Option<String>,
    /// Free space for archives.
    pub files: Option<Disk>,
    /// Free space for images.
    pub store: Option<Disk>,
    /// Running containers: the ID of the image, and the name of the container.
    pub holders: Vec<(String, String)>,
    /// Whether the archive was removed from the node; none if that was not asked.
    pub removed: Option<bool>,
}

/// A file system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// Its mount point.
    pub mounted_on: String,
    /// Its free space, in bytes.
    pub free_bytes: u64,
}

/// Parses an answer; none if it is not complete.
pub fn read_answer(said: &str) -> Option<NodeFacts> {
    let mut parts: BTreeMap<&str, String> = BTreeMap::new();
    let mut name = "";
    for line in said.lines() {
        let line = line.trim_end_matches('\r');
        if let Some(rest) = line.strip_prefix(MARK) {
            name = rest.trim();
            parts.entry(name).or_default();
        } else {
            let part = parts.entry(name).or_default();
            part.push_str(line);
            part.push('\n');
        }
    }
    parts.get("end")?;
    let images = match (parts.get("lines"), parts.get("list")) {
        (Some(lines), _) => read_docker_lines(lines).ok_or(lines),
        (None, Some(list)) => read_list(list).ok_or(list),
        (None, None) => return None,
    };
    let part = |name: &str| parts.get(name).map(String::as_str).unwrap_or_default();
    let removed = match (parts.contains_key("removed"), parts.contains_key("kept")) {
        (false, false) => None,
        (removed, _) => Some(removed),
    };
    Some(NodeFacts {
        images: images.map_err(|said| said.trim().to_owned()),
        layers: part("layers").lines().filter_map(layers).collect(),
        architecture: architecture(part("architecture").trim()),
        files: disk(part("files")),
        store: disk(part("store")),
        holders: part("holders").lines().filter_map(holder).collect(),
        removed,
    })
}

/// Parses `sha256:…=["sha256:…",…]`.
fn layers(line: &str) -> Option<(String, Vec<String>)> {
    let (id, list) = line.split_once('=')?;
    // An image without layers has `null` there.
    let list: Option<Vec<String>> = serde_json::from_str(list).ok()?;
    Some((digest(id), list.unwrap_or_default()))
}

/// Parses `sha256:…=/k8s_backend_…`.
fn holder(line: &str) -> Option<(String, String)> {
    let (id, name) = line.split_once('=')?;
    id.starts_with("sha256:").then(|| (digest(id), name.trim_start_matches('/').to_owned()))
}

/// Converts the kernel's name of an architecture to that of images.
fn architecture(machine: &str) -> Option<String> {
    let name = match machine {
        "" => return None,
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "i386" | "i686" => "386",
        "armv6l" | "armv7l" => "arm",
        other => other,
    };
    Some(name.to_owned())
}

/// Parses a line of `df -kP`: `/dev/vda 264212084 25838400 69662864 28% /var/lib/minikube`.
fn disk(text: &str) -> Option<Disk> {
    let fields: Vec<&str> = text.lines().next()?.split_whitespace().collect();
    let (free, mounted_on) = (fields.get(3)?, fields.get(5)?);
    let free: u64 = free.parse().ok()?;
    Some(Disk { mounted_on: (*mounted_on).to_owned(), free_bytes: free.saturating_mul(1024) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANSWER: &str = "Warning: something\r\n@taskflow removed\r\n@taskflow lines\r\n\
        {\"Repository\":\"app\",\"Tag\":\"1\",\"ID\":\"sha256:aa\"}\r\n@taskflow layers\r\nsha256:aa=[\"sha256:01\",\"sha256:02\"]\r\n\
        sha256:bb=null\r\n@taskflow holders\r\nsha256:bb=/k8s_app\r\n@taskflow architecture\r\nx86_64\r\n@taskflow files\r\n\
        /dev/vda 264212084 25838400 69662864 28% /var/lib/minikube\r\n@taskflow store\r\ndf: no such file\r\n@taskflow end\r\n";

    #[test]
    fn all_parts_are_read() {
        let facts = read_answer(ANSWER).unwrap();
        assert_eq!(facts.images.unwrap()[0].names, ["app:1"]);
        assert_eq!(facts.layers["sha256:aa"], ["sha256:01", "sha256:02"]);
        assert!(facts.layers["sha256:bb"].is_empty());
        assert_eq!(facts.holders, [("sha256:bb".to_owned(), "k8s_app".to_owned())]);
        assert_eq!(facts.architecture.as_deref(), Some("amd64"));
        let files = Disk { mounted_on: "/var/lib/minikube".to_owned(), free_bytes: 69_662_864 * 1024 };
        assert_eq!((facts.files, facts.store, facts.removed), (Some(files), None, Some(true)));
    }

    proptest! {
        #[test]
        fn every_number_in_an_answer_is_read(free in "[0-9]{1,24}", line in ".{0,60}") {
            let said = ANSWER.replace("69662864", &free).replace("df: no such file", &line);
            let expected = free.parse::<u64>().ok().map(|free| free.saturating_mul(1024));
            let facts = read_answer(&said);
            if !line.starts_with(MARK) {
                prop_assert_eq!(facts.and_then(|facts| facts.files).map(|disk| disk.free_bytes), expected);
            }
        }
    }

    #[test]
    fn a_runtime_that_does_not_answer_is_heard() {
        let said = "@taskflow list\nlevel=fatal msg=\"connect: no such file\"\n@taskflow end\n";
        assert_eq!(read_answer(said).unwrap().images, Err("level=fatal msg=\"connect: no such file\"".to_owned()));
        let said = "@taskflow kept\n@taskflow list\n{\"images\":[]}\n@taskflow end\n";
        let facts = read_answer(said).unwrap();
        assert_eq!((facts.images, facts.removed), (Ok(Vec::new()), Some(false)));
    }

    #[test]
    fn an_answer_that_was_cut_off_is_none() {
        assert_eq!(read_answer(""), None);
        assert_eq!(read_answer(ANSWER.trim_end_matches("@taskflow end\r\n")), None);
        assert_eq!(read_answer("@taskflow end\n"), None);
    }
}
