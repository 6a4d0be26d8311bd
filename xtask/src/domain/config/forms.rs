//! Forms of texts that several tables of keys use.

use super::key::{Form, FormRule};

/// Every string.
pub(super) const ANY_TEXT: Form = Form { words: "", rule: FormRule::Any };

/// The name of an environment variable.
pub(super) const VARIABLE: Form =
    Form { words: "letters, digits and `_`, no digit first", rule: FormRule::Pattern("^[A-Za-z_][A-Za-z0-9_]*$") };

/// A release version.
pub(super) const VERSION: Form = Form {
    words: "a release version, three numbers",
    rule: FormRule::Pattern(r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$"),
};

/// A path of the repository.
pub(super) const PATH: Form =
    Form { words: "a path inside the repository, relative to taskflow.toml", rule: FormRule::Pattern("^[^/]") };

/// Why an exception is made.
pub(super) const REASON: Form = Form { words: "ten characters or more", rule: FormRule::Pattern(r"\S[\s\S]{8,}\S") };
