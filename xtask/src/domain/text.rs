//! Formats lists, counts, sizes and durations for messages, and finds the nearest known name.

use std::time::Duration;

/// Formats a count: `1 component`, `2 components`.
pub fn count(number: usize, singular: &str) -> String {
    if number == 1 { format!("1 {singular}") } else { format!("{number} {singular}s") }
}

/// Formats names in backticks, with commas and a final "and"; at most five, then the number of the others.
pub fn ticked_list<T: AsRef<str>>(names: &[T]) -> String {
    const SHOWN: usize = 5;
    let mut words: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{}`", name.as_ref())).collect();
    if names.len() > SHOWN {
        words.push(format!("{} more", names.len() - SHOWN));
    }
    joined(&words)
}

/// Formats all names in backticks, with commas and a final "and".
pub fn ticked_all<T: AsRef<str>>(names: &[T]) -> String {
    joined(&names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>())
}

/// Formats words with commas and a final "and".
pub fn joined(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    }
}

/// Returns a sentence in the form of a hint: it begins with a lower-case letter and has no full stop.
pub fn as_fragment(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

/// Formats bytes as megabytes of 10^6 bytes (`169.3 MB`), the unit of the contract's limits.
pub fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_add(50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// Adds sizes that other programs report; returns the largest number if the sum is too large.
pub fn total(sizes: impl IntoIterator<Item = u64>) -> u64 {
    sizes.into_iter().fold(0, u64::saturating_add)
}

/// Formats bytes in a suitable unit: `512 B`, `1.5 kB`, `169.3 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100),
        _ => megabytes(bytes),
    }
}

/// Returns the last line of a tool's output that is not blank.
pub fn last_line(said: &str) -> Option<&str> {
    said.lines().map(str::trim).rfind(|line| !line.is_empty())
}

/// Returns the last line of a tool's output that is not blank, or a text for people that there is none.
pub fn last_words(said: &str) -> &str {
    last_line(said).unwrap_or("it printed nothing")
}

/// Formats a duration: `0.4 s`, `12.9 s`, `2 min 05 s`.
pub fn duration(time: Duration) -> String {
    let tenths = time.as_millis().saturating_add(50) / 100;
    if tenths < 600 {
        return format!("{}.{} s", tenths / 10, tenths % 10);
    }
    let seconds = time.as_millis().saturating_add(500) / 1000;
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

/// Returns the known name that is most similar to `name`; none if none is similar enough.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name.to_lowercase(), &candidate.to_lowercase()), *candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count().max(3) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Formats seconds since 1970 as RFC 3339 in UTC (`2026-11-23T01:02:03Z`).
pub fn rfc3339(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400);
    let second_of_day = seconds.rem_euclid(86_400);
    // Converts a number of days to a date. Years begin in March here, so that the leap day is the last day of its year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_grammatical() {
        assert_eq!(ticked_list::<&str>(&[]), "");
        assert_eq!(ticked_list(&["a"]), "`a`");
        assert_eq!(ticked_list(&["a", "b"]), "`a` and `b`");
        assert_eq!(ticked_list(&["a", "b", "c"]), "`a`, `b`, and `c`");
        assert_eq!(ticked_list(&["a", "b", "c", "d", "e", "f", "g"]), "`a`, `b`, `c`, `d`, `e`, and 2 more");
    }

    #[test]
    fn sizes_and_times_carry_units() {
        assert_eq!(megabytes(0), "0.0 MB");
        assert_eq!(megabytes(169_349_999), "169.3 MB");
        assert_eq!(megabytes(169_350_000), "169.4 MB");
        assert_eq!(duration(Duration::from_millis(449)), "0.4 s");
        assert_eq!(duration(Duration::from_millis(59_940)), "59.9 s");
        assert_eq!(duration(Duration::from_millis(59_951)), "1 min 00 s");
        assert_eq!(duration(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn every_size_and_time_has_a_text() {
        for at in (0..64).map(|bit| 1_u64 << bit).chain([u64::MAX, u64::MAX - 50_000]) {
            assert!(megabytes(at).ends_with(" MB") && size(at).ends_with('B'), "{at}");
            assert!(!duration(Duration::from_secs(at)).is_empty() && !duration(Duration::from_nanos(at)).is_empty());
            let seconds = i64::try_from(at).unwrap_or(i64::MIN);
            assert!(rfc3339(seconds).ends_with('Z') && rfc3339(seconds.saturating_neg()).ends_with('Z'));
        }
        assert_eq!(total([1, 2, 3]), 6);
        assert_eq!(total([u64::MAX, 1]), u64::MAX);
    }

    #[test]
    fn nearest_names_only_what_is_alike() {
        let known = ["context", "dockerfile", "target"];
        assert_eq!(nearest("contxt", &known), Some("context"));
        assert_eq!(nearest("Dockerfile", &known), Some("dockerfile"));
        assert_eq!(nearest("ports", &known), None);
    }

    #[test]
    fn dates_are_right_at_the_edges_of_the_calendar() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_709_251_199), "2024-02-29T23:59:59Z");
        assert_eq!(rfc3339(4_107_542_400), "2100-03-01T00:00:00Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59Z");
    }
}
