//! Messages for moments that a test cannot make.

use std::io;
use std::time::Duration;

use process::RunError;
use snapbox::str;
use xtask::domain::minikube::preflight::{not_running, silent_client};
use xtask::effects::minikube::export::ExportError;
use xtask::effects::tool::ToolError;
use xtask::ui::transfer::line;

use crate::harness::run::{compare, rendered};

#[test]
fn progress_has_bytes_and_rate() {
    compare(
        &line("exporting", "", 30_000_000, 120_000_000, Duration::from_millis(1500)),
        str!["exporting | 30.0 MB of 120.0 MB, 20.0 MB/s"],
    );
    compare(
        &line("minikube <- archive", "unpacking on the node", 0, 120_000_000, Duration::ZERO),
        str!["minikube <- archive | 0.0 MB of 120.0 MB, 0.0 MB/s"],
    );
    compare(
        &line("minikube <- archive", "unpacking on the node", 120_000_000, 120_000_000, Duration::from_secs(9)),
        str!["minikube <- archive | unpacking on the node"],
    );
}

#[test]
fn files_that_cannot_be_written_or_read() {
    let error = ExportError::Io { path: "x.export".into(), source: io::Error::other("no space left on device") };
    compare(&error.to_string(), str!["cannot keep it in `x.export`: no space left on device"]);
    let missing = ToolError::Run(RunError::NotFound("minikube".to_owned()));
    compare(&missing.to_string(), str!["`minikube` is not installed or not on PATH"]);
    compare(
        &rendered(&silent_client("`minikube` gave no answer within 30 s")),
        str![[r#"
error: the minikube client gives no answer
caused by: `minikube` gave no answer within 30 s
hint: see what `minikube profile list` says, or give it more time with `--timeout SECONDS`

"#]],
    );
    compare(
        &rendered(&not_running("p", "p-m02", None, "")),
        str![[r#"
error: node `p-m02` of profile `p` gives no answer
caused by: it printed nothing
note: `minikube status` does not know it either
hint: start it with `minikube start --profile p`

"#]],
    );
}
