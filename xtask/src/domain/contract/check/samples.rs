//! Paths that a pattern of an ignore file means, to try the effect of a whole ignore file on them.

/// Texts that `*` of a pattern can stand for.
const SAMPLES: [&str; 13] = [
    "",
    "a",
    "README",
    "CHANGELOG",
    ".local",
    ".production",
    ".development",
    ".test",
    ".example",
    "rc",
    "-old",
    "module",
    "docs",
];

/// Returns paths that an entry of the contract means: the entry with samples for its wildcards, and what is inside of
/// folders with these names. `back` are the `!` patterns of the ignore file, which add paths that they include again.
pub(super) fn probes(entry: &str, back: &[&str]) -> Vec<String> {
    let of_entry = samples(entry);
    let mut paths = of_entry.clone();
    for pattern in back {
        let of_pattern = samples(pattern);
        // Inside of the entry: `!**/a` and `!*/a` include `node_modules/a` again.
        let inner = pattern.strip_prefix("**/").or_else(|| pattern.split_once('/').map(|(_, rest)| rest));
        let inner = inner.map(samples).unwrap_or_default();
        for folder in &of_entry {
            paths.extend(of_pattern.iter().chain(&inner).map(|path| format!("{folder}/{path}")));
        }
        paths.extend(of_pattern);
    }
    let inside = |path: String| {
        let below = ["a", "a/b.json", "HEAD"].map(|name| format!("{path}/{name}"));
        std::iter::once(path).chain(below)
    };
    paths.into_iter().flat_map(inside).collect()
}

/// Returns a pattern with samples for its wildcards.
pub(super) fn samples(pattern: &str) -> Vec<String> {
    let plain = pattern.trim_start_matches("**/").trim_matches('/').replace("**/", "a/").replace("**", "a");
    let plain = first_of_classes(&plain).replace('?', "a");
    let count = if plain.contains('*') { SAMPLES.len() } else { 1 };
    let paths = SAMPLES.iter().take(count).map(|sample| plain.replace('*', sample));
    paths.filter(|path| !path.is_empty()).collect()
}

/// Replaces each class of characters by its first character: `[ps]` by `p`.
fn first_of_classes(pattern: &str) -> String {
    let mut text = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '[' {
            text.push(letter);
            continue;
        }
        let class: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
        text.extend(class.chars().next().map(|first| if first == '^' { '_' } else { first }));
    }
    text
}
