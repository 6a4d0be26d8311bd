//! The docker client's own settings, as far as they reach builds: proxies become build args of every build.

use std::path::PathBuf;

use process::HiddenValue;
use serde_json::Value;

use super::fs;

/// The proxies of all engines, by name; none where there are no settings that we understand.
pub fn proxies() -> Vec<(String, HiddenValue)> {
    let settings: Value = file()
        .and_then(|path| fs::read(&path).ok())
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default();
    let engines = settings.get("proxies").and_then(Value::as_object);
    let proxies = engines.into_iter().flatten().filter_map(|(_, proxies)| proxies.as_object()).flatten();
    // Something else than a text is no proxy, and hides none.
    proxies.filter_map(|(name, value)| Some((name.clone(), HiddenValue::new(value.as_str()?)))).collect()
}

fn file() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    Some(folder("DOCKER_CONFIG").or_else(|| Some(folder("HOME")?.join(".docker")))?.join("config.json"))
}
