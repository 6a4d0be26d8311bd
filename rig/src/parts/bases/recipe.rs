//! The recipes of the stand-ins: the script that makes each image, and the image's configuration.

use std::fs;

use serde_json::{Value, json};

use crate::apt::debian13;
use crate::digest::digest;

/// The certificate authorities that the machine trusts.
pub(super) const CA_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The recipes of both images.
pub(super) const BASES: [Base; 2] = [
    Base {
        short: "node",
        official: "node:20-alpine",
        own: "taskflow-rig/node:20-alpine",
        script: include_str!("../../../recipes/node.sh"),
        more: include_str!("../../../recipes/busybox.sh"),
        config: node_config,
        check: "set -e; node --version; npm --version; npx --version; adduser -S rig; addgroup -S rigs; id rig; apk --version",
    },
    Base {
        short: "python",
        official: "python:3.13-slim",
        own: "taskflow-rig/python:3.13-slim",
        script: include_str!("../../../recipes/python.sh"),
        more: "",
        config: python_config,
        check: "set -e; python --version; pip --version; groupadd rigs; useradd -m rig; apt-get --version; \
                python -c 'import ssl, sqlite3, ctypes, readline, bz2, lzma, zlib, uuid, venv'",
    },
];

/// The recipe of a base image.
#[derive(Debug)]
pub(super) struct Base {
    /// Its name in the cache.
    pub(super) short: &'static str,
    /// The name that Dockerfiles use.
    pub(super) official: &'static str,
    /// The name that only the rig uses.
    pub(super) own: &'static str,
    /// The script that makes the layer.
    pub(super) script: &'static str,
    /// Further contents that the image depends on.
    pub(super) more: &'static str,
    /// Returns the image's configuration, for a version of the language and the image's labels.
    pub(super) config: fn(version: &str, labels: &Value) -> Value,
    /// A script that tests the image when it is run in it.
    pub(super) check: &'static str,
}

impl Base {
    /// Returns an identifier of the recipe and of what this machine adds to the image: certificate authorities and
    /// mirror.
    pub(super) fn key(&self) -> String {
        let authorities = fs::read(CA_BUNDLE).unwrap_or_default();
        let mirror = debian13::mirror().map(|mirror| format!("{mirror:?}")).unwrap_or_default();
        digest(&[self.script.as_bytes(), self.more.as_bytes(), &authorities, mirror.as_bytes()])
    }
}

fn node_config(version: &str, labels: &Value) -> Value {
    let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    json!({
        "Env": [path, format!("NODE_VERSION={version}")],
        "Entrypoint": ["docker-entrypoint.sh"],
        "Cmd": ["node"],
        "Labels": labels,
    })
}

fn python_config(version: &str, labels: &Value) -> Value {
    let path = "PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    json!({
        "Env": [path, format!("PYTHON_VERSION={version}")],
        "Cmd": ["python3"],
        "Labels": labels,
    })
}
