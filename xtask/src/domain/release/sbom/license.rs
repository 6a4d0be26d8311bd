//! Licenses as packages state them, in the forms that CycloneDX has.

use serde_json::{Value, json};

/// A license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum License {
    /// One identifier of the SPDX list.
    Id(String),
    /// An SPDX expression.
    Expression(String),
    /// Any other words.
    Name(String),
}

/// The longest text that counts as the name of a license: some packages state its whole text instead.
const LONGEST_NAME: usize = 100;

/// Identifiers of the SPDX list that packages commonly have. Others are names, which are valid, too.
const IDS: [&str; 46] = [
    "0BSD",
    "AFL-2.1",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "Apache-1.1",
    "Apache-2.0",
    "Artistic-2.0",
    "BSD-2-Clause",
    "BSD-2-Clause-Patent",
    "BSD-3-Clause",
    "BSD-3-Clause-Clear",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC0-1.0",
    "CDDL-1.0",
    "EPL-1.0",
    "EPL-2.0",
    "EUPL-1.2",
    "GPL-1.0-or-later",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "HPND",
    "ISC",
    "LGPL-2.0-or-later",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-1.1",
    "MPL-2.0",
    "OFL-1.1",
    "OpenSSL",
    "PSF-2.0",
    "Python-2.0",
    "Unicode-3.0",
    "Unlicense",
    "WTFPL",
    "Zlib",
];

impl License {
    /// Returns the license that a field for any words states; none for an empty one, or for the text of a license.
    pub(super) fn of_words(words: &str) -> Option<Self> {
        let words = words.trim();
        if words.is_empty() || words == "UNKNOWN" || words.contains('\n') || words.len() > LONGEST_NAME {
            return None;
        }
        let known = |id: &str| IDS.contains(&id.trim_end_matches('+'));
        Some(match operands(words) {
            Some(_) if IDS.contains(&words) => Self::Id(words.to_owned()),
            Some(ids) if ids.iter().all(|id| known(id)) => Self::Expression(words.to_owned()),
            _ => Self::Name(words.to_owned()),
        })
    }

    /// Returns the license that a field for SPDX expressions states.
    pub(super) fn of_expression(words: &str) -> Option<Self> {
        let words = words.trim();
        match operands(words) {
            Some(ids) if ids != [words] => Some(Self::Expression(words.to_owned())),
            _ => Self::of_words(words),
        }
    }

    /// Returns the value of `licenses`.
    pub(super) fn document(&self) -> Value {
        match self {
            Self::Id(id) => json!([{ "license": { "id": id } }]),
            Self::Expression(expression) => json!([{ "expression": expression }]),
            Self::Name(name) => json!([{ "license": { "name": name } }]),
        }
    }
}

/// Returns the licenses of an SPDX expression, without exceptions; none if it is not one.
fn operands(text: &str) -> Option<Vec<&str>> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let (mut depth, mut wants_operand, mut is_exception) = (0_usize, true, false);
    let mut ids = Vec::new();
    for token in spaced.split_whitespace() {
        let is_operator = matches!(token, "AND" | "OR" | "WITH");
        match token {
            "(" if wants_operand && !is_exception => depth += 1,
            ")" if !wants_operand => depth = depth.checked_sub(1)?,
            _ if is_operator && !wants_operand => {
                wants_operand = true;
                is_exception = token == "WITH";
            }
            _ if !is_operator && wants_operand && is_id(token) => {
                if !is_exception {
                    ids.push(text.find(token).and_then(|at| text.get(at..at + token.len()))?);
                }
                (wants_operand, is_exception) = (false, false);
            }
            _ => return None,
        }
    }
    (depth == 0 && !wants_operand).then_some(ids)
}

fn is_id(token: &str) -> bool {
    token.chars().all(|letter| letter.is_ascii_alphanumeric() || "-.+".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_identifiers_expressions_and_names() {
        let id = |text: &str| Some(License::Id(text.to_owned()));
        let expression = |text: &str| Some(License::Expression(text.to_owned()));
        let name = |text: &str| Some(License::Name(text.to_owned()));
        for (words, expected) in [
            ("MIT", id("MIT")),
            (" Apache-2.0 ", id("Apache-2.0")),
            ("(MIT OR Apache-2.0)", expression("(MIT OR Apache-2.0)")),
            ("GPL-2.0-only WITH Classpath-exception-2.0", expression("GPL-2.0-only WITH Classpath-exception-2.0")),
            ("MPL-2.0+", expression("MPL-2.0+")),
            ("BSD", name("BSD")),
            ("MIT OR Own-1.0", name("MIT OR Own-1.0")),
            ("BSD 3-Clause", name("BSD 3-Clause")),
            ("SEE LICENSE IN LICENSE.md", name("SEE LICENSE IN LICENSE.md")),
            ("MIT OR", name("MIT OR")),
            ("(MIT", name("(MIT")),
            ("MIT)", name("MIT)")),
            ("UNKNOWN", None),
            ("", None),
            ("Copyright\nAll rights", None),
        ] {
            assert_eq!(License::of_words(words), expected, "{words:?}");
        }
        assert_eq!(License::of_expression("MIT OR Own-1.0"), expression("MIT OR Own-1.0"));
        assert_eq!(License::of_expression("MIT"), id("MIT"));
        assert_eq!(License::of_expression("LicenseRef-x"), name("LicenseRef-x"));
        assert!(IDS.is_sorted(), "an entry has its place");
    }
}
