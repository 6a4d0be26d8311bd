//! What fake tools answer.

/// What a fake does for one kind of call.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pattern: String,
    stdout: String,
    stderr: String,
    code: u8,
    shell: String,
    once: bool,
    until: Option<String>,
}

/// A rule for calls whose arguments, joined by blanks, are `pattern`; `*` stands for anything.
pub(crate) fn on(pattern: &str) -> Rule {
    let (pattern, empty) = (pattern.to_owned(), String::new());
    Rule { pattern, stdout: empty.clone(), stderr: empty.clone(), shell: empty, code: 0, once: false, until: None }
}

impl Rule {
    /// Prints this on standard output.
    pub(crate) fn says(mut self, text: impl Into<String>) -> Self {
        self.stdout = text.into();
        self
    }

    /// Prints this on standard error.
    pub(crate) fn complains(mut self, text: impl Into<String>) -> Self {
        self.stderr = text.into();
        self
    }

    /// Ends with this code instead of 0.
    pub(crate) fn exits(mut self, code: u8) -> Self {
        self.code = code;
        self
    }

    /// Holds for the first such call only.
    pub(crate) fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Holds as long as there is no mark of this name.
    pub(crate) fn until(mut self, mark: &str) -> Self {
        self.until = Some(mark.to_owned());
        self
    }

    /// Runs shell text before it prints; `$marks` is the folder of `Sandbox::mark`.
    pub(crate) fn does(mut self, shell: &str) -> Self {
        shell.clone_into(&mut self.shell);
        self
    }

    /// Prints this before anything else, on standard output or on standard error.
    pub(crate) fn with_noise(mut self, noise: &str, on_stderr: bool) -> Self {
        let target = if on_stderr { " >&2" } else { "" };
        self.shell = format!("printf %s {}{target}\n{}", quoted(noise), self.shell);
        self
    }

    /// The rule as a part of the fake's script; `used` is the mark of a rule that holds once.
    pub(crate) fn script(&self, used: &str) -> String {
        let pattern: Vec<String> = self.pattern.split('*').map(quoted).collect();
        let (guard, end) = match &self.until {
            Some(mark) => (format!("if [ ! -e \"$marks/{mark}\" ]; then\n"), "\nfi"),
            None if self.once => (format!("if [ ! -e \"$marks/{used}\" ]; then : >\"$marks/{used}\"\n"), "\nfi"),
            None => (String::new(), ""),
        };
        let (stdout, stderr, shell) = (quoted(&self.stdout), quoted(&self.stderr), &self.shell);
        let body = format!("{shell}\nprintf %s {stdout}\nprintf %s {stderr} >&2\nexit {}", self.code);
        format!("case \"$*\" in {})\n{guard}{body}{end};;\nesac\n", pattern.join("*"))
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
