//! The line of git's output that gives the reason of a failure.

/// What git prints after the reason, or without one. It says the same of every failure.
const GENERAL: [&str; 9] = [
    "hint:",
    "To ",
    "error: failed to push some refs to",
    "error: gpg failed to sign the data",
    "fatal: Could not read from remote repository.",
    "Please make sure you have the correct access rights",
    "and the repository exists.",
    "fatal: failed to write commit object",
    "[GNUPG:]",
];

/// Returns the line with the reason, without its label: git's own error, otherwise the last words of the program that
/// git has started. If there is neither, the first line.
pub fn reason(said: &str) -> &str {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let particular = || lines().filter(|line| !GENERAL.iter().any(|general| line.starts_with(general)));
    let own = particular().find_map(|line| line.strip_prefix("fatal: ").or_else(|| line.strip_prefix("error: ")));
    let line = own.or_else(|| particular().next_back()).or_else(|| lines().next()).unwrap_or_default();
    line.strip_prefix("fatal: ").or_else(|| line.strip_prefix("error: ")).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_what_is_not_said_of_every_failure() {
        for (said, expected) in [
            (
                "fatal: '/gone' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\n\
                 Please make sure you have the correct access rights\nand the repository exists.",
                "'/gone' does not appear to be a git repository",
            ),
            (
                "ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository.\n",
                "ssh: connect to host h port 22: Connection refused",
            ),
            ("the tests fail\nerror: failed to push some refs to '/remote'", "the tests fail"),
            ("error: failed to push some refs to '/remote'", "failed to push some refs to '/remote'"),
            (
                "Author identity unknown\n\n*** Please tell me who you are.\n\nRun\n\n  git config x\n\n\
                 fatal: unable to auto-detect email address (got 'a@b.(none)')",
                "unable to auto-detect email address (got 'a@b.(none)')",
            ),
            (
                "error: gpg failed to sign the data:\ngpg: skipped \"K\": No secret key\n[GNUPG:] INV_SGNR 9 K\n\
                 gpg: signing failed: No secret key\n\nfatal: failed to write commit object",
                "gpg: signing failed: No secret key",
            ),
            ("", ""),
        ] {
            assert_eq!(reason(said), expected, "{said}");
        }
    }
}
