//! The docker client's settings that affect builds: proxies become build args of every build.

use std::path::PathBuf;

use process::HiddenValue;
use serde_json::Value;

use super::fs;

/// Returns the proxies of all engines, by name; none if the settings are missing or not valid.
pub fn proxies() -> Vec<(String, HiddenValue)> {
    let settings: Value = file()
        .and_then(|path| fs::read(&path).ok())
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default();
    let engines = settings.get("proxies").and_then(Value::as_object);
    let proxies = engines.into_iter().flatten().filter_map(|(_, proxies)| proxies.as_object()).flatten();
    // A value that is not a string is not a proxy, and is skipped.
    proxies.filter_map(|(name, value)| Some((name.clone(), HiddenValue::new(value.as_str()?)))).collect()
}

fn file() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    Some(folder("DOCKER_CONFIG").or_else(|| Some(folder("HOME")?.join(".docker")))?.join("config.json"))
}
