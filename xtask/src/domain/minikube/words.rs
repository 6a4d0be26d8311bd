//! Texts of the minikube client that decide about a cause. A text that is not known is shown as it is.

use process::shell_quoted;

use crate::domain::problem::Problem;

/// Returns the line that says why a call failed: the client's own reason, otherwise the last line that is not a notice.
pub fn reason(said: &str) -> Option<&str> {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    // `X Exiting due to MK_CONFIG: …`, with or without an emoji before it.
    let exiting = lines().find(|line| line.contains("Exiting due to "));
    exiting.or_else(|| lines().rfind(|line| !is_notice(line))).or_else(|| lines().next_back())
}

/// Whether a line is a notice: of the client's log (`W1127 10:00:00.000000 …`), a hint or a warning.
fn is_notice(line: &str) -> bool {
    let mut letters = line.chars();
    let level = letters.next().is_some_and(|letter| "IWEF".contains(letter));
    let is_log =
        level && letters.by_ref().take(4).filter(char::is_ascii_digit).count() == 4 && letters.next() == Some(' ');
    is_log || line.starts_with("* ") || line.starts_with("! ")
}

/// Adds the client's reason to a problem, with the remedy if the reason is known.
pub fn with_reason(problem: Problem, said: &str) -> Problem {
    let problem = problem.cause(reason(said).unwrap_or("it printed nothing"));
    match foreign_file(said) {
        None => problem,
        Some(path) => {
            problem.note("files of the profile belong to another user, as after a start with `sudo`").hint(format!(
                "give them back to this user: `sudo chown -R \"$(id -u)\" {}`",
                shell_quoted(&owned_by_client(path))
            ))
        }
    }
}

/// Returns the file that could not be opened, in `open /h/u/.minikube/…/config.json: permission denied`.
fn foreign_file(said: &str) -> Option<&str> {
    let (before, _) = said.lines().find_map(|line| line.split_once(": permission denied"))?;
    let start = before
        .match_indices('/')
        .map(|(at, _)| at)
        .find(|at| before.get(..*at).is_some_and(|text| text.is_empty() || text.ends_with([' ', '"', '\'', '='])))?;
    before.get(start..).filter(|path| path.contains("minikube"))
}

/// Returns the client's own folder above a file; the file itself if it is elsewhere.
fn owned_by_client(path: &str) -> String {
    const FOLDER: &str = "/.minikube";
    match path.split_once(&format!("{FOLDER}/")) {
        Some((home, _)) => format!("{home}{FOLDER}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_found_between_notices() {
        let said = "W1127 10:00:00.000000    1234 main.go:291] Unable to resolve\n* minikube 1.39.0 is available!\n\
            X Exiting due to MK_CONFIG: wrong\n* Suggestion: look\n";
        assert_eq!(reason(said), Some("X Exiting due to MK_CONFIG: wrong"));
        assert_eq!(reason("! slow\nError: unknown flag: --light\n* See help\n"), Some("Error: unknown flag: --light"));
        assert_eq!(reason("* only a notice\n"), Some("* only a notice"));
        assert_eq!(reason(" \n"), None);
        assert!(!is_notice("Error 1234 ") && !is_notice("W12 x") && is_notice("E1127 10:00:00 x"));
    }

    #[test]
    fn files_of_another_user_are_named_with_the_clients_folder() {
        let hints = |said: &str| with_reason(Problem::new("x"), said).hints.join(" ");
        let said = "X Exiting due to HOST_HOME_PERMISSION: open /h/u/.minikube/profiles/minikube/config.json: permission denied";
        assert!(hints(said).ends_with("`sudo chown -R \"$(id -u)\" /h/u/.minikube`"), "{}", hints(said));
        let said = "open \"/h/a b/.minikube/x.json: permission denied";
        assert!(hints(said).ends_with("'/h/a b/.minikube'`"), "{}", hints(said));
        assert_eq!(hints("dial unix /var/run/docker.sock: connect: permission denied"), "");
        assert_eq!(hints("permission denied"), "");
    }

    proptest::proptest! {
        #[test]
        fn any_words_are_read_without_a_panic(said in ".{0,80}") {
            let problem = with_reason(Problem::new("x"), &format!("{said}: permission denied"));
            proptest::prop_assert!(!problem.causes.is_empty());
        }
    }
}
