//! Forms of texts that several tables of keys use.

use super::key::{Form, FormRule};

/// Every string.
pub(super) const ANY_TEXT: Form = Form { words: "", rule: FormRule::Any };

/// The name of an environment variable.
pub(super) const VARIABLE: Form =
    Form { words: "letters, digits and `_`, no digit first", rule: FormRule::Pattern("^[A-Za-z_][A-Za-z0-9_]*$") };
