//! The docker client's own settings, as far as they reach builds: proxies become build args of every build.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::domain::build_arg::HiddenValue;

#[derive(Default, Deserialize)]
struct Settings {
    #[serde(default)]
    proxies: BTreeMap<String, BTreeMap<String, String>>,
}

/// The proxies of all engines, by name; none where there are no settings that we understand.
pub fn proxies() -> Vec<(String, HiddenValue)> {
    let settings: Settings = file()
        .and_then(|path| std::fs::read(path).ok())
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default();
    settings.proxies.into_values().flatten().map(|(name, value)| (name, HiddenValue::new(value))).collect()
}

fn file() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    Some(folder("DOCKER_CONFIG").or_else(|| Some(folder("HOME")?.join(".docker")))?.join("config.json"))
}
