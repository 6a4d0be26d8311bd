//! Reads what docker says about a container.

use serde_json::Value;

use crate::domain::lenient::{document, field, is_list_with, text};

/// The state of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerState {
    /// Whether it runs.
    pub runs: bool,
    /// The exit code of one that has ended.
    pub exit_code: i64,
    /// Whether the kernel has killed it because it needed more memory than its limit.
    pub out_of_memory: bool,
    /// The port on the loopback of this machine, if one is published.
    pub port: Option<u16>,
}

/// Reads the answer of `docker container inspect`; none if it is not one.
pub fn state(said: &str) -> Option<ContainerState> {
    let document = document(said, |value| is_list_with(value, "State"))?;
    let container = document.as_array()?.first()?;
    let state = field(container, "State")?;
    let flag = |name: &str| field(state, name).and_then(Value::as_bool);
    let network = field(container, "NetworkSettings");
    let published = network.and_then(|network| field(network, "Ports")).and_then(Value::as_object);
    let mut bindings = published.into_iter().flat_map(serde_json::Map::values).filter_map(Value::as_array).flatten();
    let port = bindings.find_map(|binding| text(binding, "HostPort")?.parse().ok());
    Some(ContainerState {
        runs: flag("Running")?,
        exit_code: field(state, "ExitCode").and_then(Value::as_i64).unwrap_or_default(),
        out_of_memory: flag("OOMKilled").unwrap_or_default(),
        port,
    })
}

/// What a container uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// CPU, in thousandths of a core.
    pub cpu_millicores: f64,
    /// Memory, in MiB.
    pub memory_mib: f64,
}

/// Reads the answer of `docker stats`; none if the engine did not measure both.
pub fn usage(said: &str) -> Option<Usage> {
    let answer = document(said, |value| field(value, "CPUPerc").is_some())?;
    let percent: f64 = text(&answer, "CPUPerc")?.trim_end_matches('%').trim().parse().ok()?;
    let memory = text(&answer, "MemUsage")?;
    Some(Usage { cpu_millicores: percent * 10.0, memory_mib: mebibytes(memory.split('/').next()?.trim())? })
}

/// Converts a size as docker prints it (`71.18MiB`) to MiB.
fn mebibytes(size: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 8] = [
        ("KiB", 1024.0),
        ("MiB", 1_048_576.0),
        ("GiB", 1_073_741_824.0),
        ("TiB", 1_099_511_627_776.0),
        ("kB", 1e3),
        ("MB", 1e6),
        ("GB", 1e9),
        ("B", 1.0),
    ];
    let (unit, bytes) = UNITS.into_iter().find(|(unit, _)| size.ends_with(unit))?;
    let number: f64 = size.strip_suffix(unit)?.trim().parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number * bytes / 1_048_576.0)
}

/// Returns the signal's number if an exit code is that of a process that a signal ended.
pub fn is_orderly_exit(code: i64, signal: &str) -> bool {
    let number = match signal {
        "SIGHUP" => 1,
        "SIGINT" => 2,
        "SIGQUIT" => 3,
        "SIGUSR1" => 10,
        "SIGUSR2" => 12,
        "SIGTERM" => 15,
        _ => return code == 0,
    };
    code == 0 || code == 128 + number
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn states_are_read_with_the_published_port() {
        let said = r#"[{"Id":"a","State":{"Status":"running","Running":true,"OOMKilled":false,"ExitCode":0},
            "NetworkSettings":{"Ports":{"9/tcp":null,"3000/tcp":[{"HostIp":"127.0.0.1","HostPort":"32768"}]}}}]"#;
        assert_eq!(state(said), Some(ContainerState { runs: true, port: Some(32768), ..ContainerState::default() }));
        let said = r#"WARNING: x
            [{"State":{"Running":false,"OOMKilled":true,"ExitCode":137},"NetworkSettings":{"Ports":{}}}]"#;
        let ended = ContainerState { runs: false, exit_code: 137, out_of_memory: true, port: None };
        assert_eq!(state(said), Some(ended));
        for none in ["", "[]", "[{}]", r#"[{"State":{}}]"#, "Error: No such container: a"] {
            assert_eq!(state(none), None, "{none}");
        }
    }

    #[test]
    fn usage_is_read_in_all_units() {
        let said = |cpu: &str, memory: &str| format!(r#"{{"CPUPerc":"{cpu}","MemUsage":"{memory}","PIDs":"2"}}"#);
        for (cpu, memory, millicores, mib) in [
            ("0.16%", "71.18MiB / 23.54GiB", 1.6, 71.18),
            ("101.50%", "1.5GiB / 2GiB", 1015.0, 1536.0),
            ("0.00%", "512KiB / 1GiB", 0.0, 0.5),
            ("0.00%", "0B / 0B", 0.0, 0.0),
            ("0.00%", "1.048576MB / 1GB", 0.0, 1.0),
        ] {
            let usage = usage(&said(cpu, memory)).unwrap();
            assert!((usage.cpu_millicores - millicores).abs() < 1e-6, "{cpu}");
            assert!((usage.memory_mib - mib).abs() < 1e-6, "{memory}");
        }
        // A container that has ended meanwhile.
        for (cpu, memory) in [("--", "-- / --"), ("0.1%", "-- / --"), ("", ""), ("1%", "1XiB / 1GiB")] {
            assert_eq!(usage(&said(cpu, memory)), None, "{cpu} {memory}");
        }
    }

    #[test]
    fn an_exit_after_the_signal_is_orderly() {
        for (code, signal, orderly) in [
            (0, "SIGTERM", true),
            (143, "SIGTERM", true),
            (137, "SIGTERM", false),
            (1, "SIGTERM", false),
            (130, "SIGINT", true),
            (131, "SIGQUIT", true),
            (143, "SIGKILL", false),
        ] {
            assert_eq!(is_orderly_exit(code, signal), orderly, "{code} {signal}");
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_read_or_refused(said in ".{0,80}") {
            let _read = (state(&said), usage(&said));
        }
    }
}
