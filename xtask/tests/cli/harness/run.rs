//! How a run of xtask ended, compared with snapshots.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Output;

use snapbox::{Assert, IntoData};
use xtask::domain::problem::Problem;

/// Exit code and streams; what differs from machine to machine is replaced by a word in brackets.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code, or 1000 + the signal that killed xtask.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Run {
    /// Takes what came out.
    pub(crate) fn new(output: &Output, base: &Path, commit: &str) -> Self {
        let plain = |bytes: &[u8]| redacted(&String::from_utf8_lossy(bytes), base, commit);
        let code = output.status.code().or(output.status.signal().map(|signal| 1000 + signal)).unwrap();
        Self { code, stdout: plain(&output.stdout), stderr: plain(&output.stderr) }
    }

    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, expected, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Compares standard output.
    #[track_caller]
    pub(crate) fn stdout(self, expected: impl IntoData) -> Self {
        compare(&self.stdout, expected);
        self
    }

    /// Compares standard error.
    #[track_caller]
    pub(crate) fn stderr(self, expected: impl IntoData) -> Self {
        compare(&self.stderr, expected);
        self
    }

    /// The one JSON document on standard output.
    #[track_caller]
    pub(crate) fn document(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// Compares text with a snapshot; `SNAPSHOTS=overwrite` takes it as the new one.
#[track_caller]
pub(crate) fn compare(text: &str, expected: impl IntoData) {
    // Backslashes in JSON are no Windows paths.
    Assert::new().action_env("SNAPSHOTS").normalize_paths(false).eq(text, expected);
}

fn redacted(text: &str, base: &Path, commit: &str) -> String {
    let base = base.display().to_string();
    let text = text.replace(&format!("{base}/repository"), "[ROOT]").replace(&base, "[BASE]");
    let text = match commit.get(..12) {
        Some(short) => text.replace(commit, "[COMMIT]").replace(short, "[SHORT]"),
        None => text,
    };
    milliseconds(&seconds(&text))
}

/// `0.4 s` becomes `[TIME]`; nothing here takes ten seconds.
fn seconds(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut redacted = String::new();
    let mut at = 0;
    while let Some(character) = characters.get(at) {
        match characters.get(at..at + 5) {
            Some([first, '.', tenth, ' ', 's'])
                if first.is_ascii_digit()
                    && tenth.is_ascii_digit()
                    && !redacted.ends_with('.')
                    && !characters.get(at + 5).is_some_and(char::is_ascii_alphanumeric) =>
            {
                redacted.push_str("[TIME]");
                at += 5;
            }
            _ => {
                redacted.push(*character);
                at += 1;
            }
        }
    }
    redacted
}

/// `"duration_ms": 12` becomes `"duration_ms": 0`, so that the document stays one.
fn milliseconds(text: &str) -> String {
    const KEY: &str = "\"duration_ms\": ";
    let mut parts = text.split(KEY);
    let mut redacted = parts.next().unwrap().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|character: char| character.is_ascii_digit());
        redacted.push_str(KEY);
        redacted.push_str(if rest.len() < part.len() { "0" } else { "" });
        redacted.push_str(rest);
    }
    redacted
}

/// A problem as it is printed, without colours.
pub(crate) fn rendered(problem: &Problem) -> String {
    anstream::adapter::strip_str(&xtask::ui::diagnostic::render(problem)).to_string()
}
