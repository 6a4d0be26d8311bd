//! A calendar day.

use std::fmt;
use std::str::FromStr;

use crate::domain::text::rfc3339;

/// A day in the form `2027-01-31`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(String);

impl Day {
    /// Returns the day in UTC of a time in seconds since 1970.
    pub fn of_seconds(seconds: i64) -> Self {
        let text = rfc3339(seconds);
        Self(text.get(..10).unwrap_or(&text).to_owned())
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u32>().ok());
        let digits = text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if [4, 7].contains(&at) { byte == b'-' } else { byte.is_ascii_digit() });
        let days = |month, year: u32| match month {
            4 | 6 | 9 | 11 => 30,
            2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
            2 => 28,
            _ => 31,
        };
        match (number(0..4), number(5..7), number(8..10)) {
            (Some(year), Some(month @ 1..=12), Some(day))
                if digits && text.len() == 10 && day >= 1 && day <= days(month, year) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(format!("`{text}` is not a day of the form 2027-01-31")),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
