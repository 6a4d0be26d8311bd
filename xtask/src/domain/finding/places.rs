//! The places that an exception covers: one place, a folder with everything in it, or a pattern.

use regex::Regex;

/// The places that an exception covers.
pub(super) struct Coverage {
    place: String,
    pattern: Option<Regex>,
}

impl Coverage {
    /// Parses the `place` of an exception. `*` stands for a part of a name, `**` for any folders, `?` for one
    /// character.
    pub(super) fn of(place: &str) -> Self {
        let pattern = is_pattern(place).then(|| Regex::new(&expression(place)).ok()).flatten();
        Self { place: place.to_owned(), pattern }
    }

    /// Whether a finding's place is covered. A literal name with `*` or `?` in it is also matched as it is.
    pub(super) fn holds(&self, place: &str) -> bool {
        // `image:NAME:` is a whole layer that was not searched, and not a folder.
        let is_folder = !self.place.ends_with(':');
        let rest = place.strip_prefix(self.place.as_str());
        rest.is_some_and(|rest| rest.is_empty() || is_folder && rest.starts_with('/'))
            || self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(place))
    }
}

/// Whether a place is a pattern.
pub fn is_pattern(place: &str) -> bool {
    place.contains(['*', '?'])
}

/// Returns the part of a place before its first wildcard: complete names of folders, without the `/` behind them.
pub fn fixed_part(place: &str) -> &str {
    match place.find(['*', '?']) {
        Some(end) => place.get(..end).and_then(|text| text.rsplit_once('/')).map_or("", |(folder, _)| folder),
        None => place,
    }
}

/// Converts a pattern to a regular expression; everything below a matching folder is covered, too.
fn expression(pattern: &str) -> String {
    let mut expression = String::from(r"(?s)\A");
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        let (part, length) = match letter {
            '*' if rest.starts_with("**/") => ("(?:.*/)?".to_owned(), 3),
            '*' if rest.starts_with("**") => (".*".to_owned(), 2),
            '*' => ("[^/]*".to_owned(), 1),
            '?' => ("[^/]".to_owned(), 1),
            other => (regex::escape(&other.to_string()), other.len_utf8()),
        };
        expression += &part;
        rest = rest.get(length..).unwrap_or_default();
    }
    expression + r"(?:/.*)?\z"
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_folders_and_patterns_cover_what_they_say() {
        let found = "image:web:/app/node_modules/public-encrypt/test/key1.pem";
        let package = "image:web:/app/node_modules/public-encrypt";
        for end in
            ["/test/key1.pem", "/test", "/test/*", "/test/**", "/**", "", "/*", "/**/*.pem", "/test/key?.pem", "/t*t"]
        {
            assert!(Coverage::of(&format!("{package}{end}")).holds(found), "{end}");
        }
        assert!(Coverage::of("image:web:/app/**/test").holds(found));
        assert!(Coverage::of("image:web:/app/**/test/**").holds(found));
        for end in ["/tes", "/test/key", "/*.pem", "/test/key??.pem", "x/**", "/test/*/key1.pem"] {
            assert!(!Coverage::of(&format!("{package}{end}")).holds(found), "{end}");
        }
        assert!(!Coverage::of("image:api:/app/**").holds(found));
        assert!(!Coverage::of("image:web:").holds(found));
        // Names of Next.js pages are not patterns.
        assert!(Coverage::of("web/app/[id]/(a)/page.tsx").holds("web/app/[id]/(a)/page.tsx"));
        assert!(Coverage::of("web/a*b").holds("web/a*b"));
        assert!(!Coverage::of("web/Dockerfile").holds("web/Dockerfile:ENV A"));
    }

    #[test]
    fn the_fixed_part_ends_before_the_first_wildcard() {
        for (place, fixed) in [("a/b/**", "a/b"), ("a/b*/c", "a"), ("a/b", "a/b"), ("*/b", ""), ("a?", "")] {
            assert_eq!(fixed_part(place), fixed, "{place}");
        }
    }

    proptest! {
        #[test]
        fn every_place_covers_itself_and_what_is_below(place in "[ -~é]{0,30}[^:]", below in "[ -~é]{0,10}") {
            prop_assert!(Coverage::of(&place).holds(&place));
            let inside = format!("{place}/{below}");
            prop_assert!(Coverage::of(&place).holds(&inside));
        }

        #[test]
        fn a_pattern_covers_nothing_outside_of_its_fixed_part(place in "(a/|b/|[*]/|[*][*]/|[?]){1,6}", found in "(a/|b/|c){1,6}") {
            let fixed = fixed_part(&place);
            if Coverage::of(&place).holds(&found) && !fixed.is_empty() {
                prop_assert!(found.starts_with(fixed), "{} {}", place, found);
            }
        }
    }
}
