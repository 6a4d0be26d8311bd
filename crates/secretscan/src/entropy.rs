//! Measures how random a text looks. This never decides alone: hashes and identifiers look random, too.

/// Returns the Shannon entropy in bits per byte; 0 for the empty text.
pub(crate) fn bits_per_byte(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let length = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    counts.iter().filter(|count| **count > 0).fold(0.0, |bits, count| {
        let share = f64::from(*count) / length;
        bits - share * share.log2()
    })
}

/// Returns the number of different bytes.
pub(crate) fn distinct(text: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in text {
        if let Some(place) = seen.get_mut(usize::from(*byte)) {
            *place = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
}

/// How much more often than by chance one letter follows another in words of programs and documents: a row for each
/// first letter, a digit for each second one. 4 means as often as by chance, each step above or below it twice or half
/// as often.
const FOLLOWS: [&[u8; 26]; 26] = [
    b"35652351503757150767442242",
    b"52325100520521410342400020",
    b"62426216505531720546420020",
    b"53247221610322420442422020",
    b"64675542312657353876353530",
    b"41225600500412510433300020",
    b"40206134400324320542400000",
    b"51026000500221510324300020",
    b"54655550102558751566150305",
    b"20003000100000200020201000",
    b"21115100400211210132100000",
    b"62347220702621630144420050",
    b"63226010500341550142400020",
    b"62666472513324531267441021",
    b"44552340413557450755645220",
    b"61326224502521650645411020",
    b"00000000000200000000400000",
    b"72448331704454630465432040",
    b"51527225603433552267522131",
    b"62427215701432630665513151",
    b"44434330400546240555000100",
    b"40106100500110310111000000",
    b"40104003400103300332000000",
    b"20213200300010030004000110",
    b"21112000200223240132001001",
    b"30004000200000200000000000",
];

/// Whether a text consists of words: its letters follow each other as they do in words. An upper-case letter in camel
/// case begins a new word.
pub(crate) fn is_wordy(text: &[u8]) -> bool {
    const FEWEST: usize = 3;
    const ENOUGH: i64 = 3;
    let letter = |byte: u8| byte.is_ascii_alphabetic().then(|| usize::from(byte.to_ascii_lowercase() - b'a'));
    let pairs = text.windows(2).filter_map(|pair| match pair {
        [first, second] if !(first.is_ascii_lowercase() && second.is_ascii_uppercase()) => {
            FOLLOWS.get(letter(*first)?)?.get(letter(*second)?).copied()
        }
        _ => None,
    });
    let (count, sum) = pairs.fold((0, 0), |(count, sum), digit| (count + 1, sum + i64::from(digit) - i64::from(b'4')));
    count >= FEWEST && sum >= ENOUGH && !is_hex_number(text)
}

/// Whether a text is a hexadecimal number with digits in it: its letters follow each other as in words, too.
pub(crate) fn is_hex_number(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    text.iter().all(u8::is_ascii_hexdigit) && digits * 5 >= text.len()
}

/// Whether a text is a pattern that a person has typed: few different characters, a run of keys or of the alphabet, or
/// a repeated piece.
pub(crate) fn is_patterned(text: &[u8]) -> bool {
    let length = text.len();
    if length < 8 {
        return distinct(text) <= 2;
    }
    let steps = text.windows(2).filter(|pair| match pair {
        [first, second] => {
            let (first, second) = (first.to_ascii_lowercase(), second.to_ascii_lowercase());
            // The next letter or digit, the same one again, or the step from 9 to 0 or a.
            second == first
                || second == first.wrapping_add(1)
                || first == second.wrapping_add(1)
                || (first == b'9' && (second == b'0' || second == b'a'))
                || (first == b'f' && second == b'0')
        }
        _ => false,
    });
    let in_steps = steps.count() * 100 / (length - 1);
    let enough = if length < 20 { 4 } else { 6 };
    distinct(text) < enough || in_steps >= 60 || repeats(text)
}

/// Whether the text repeats a piece of at most half its length.
fn repeats(text: &[u8]) -> bool {
    let period = period(text);
    period <= text.len() / 2 && text.len().saturating_sub(period) >= 8
}

/// Returns the length of the shortest piece that the text repeats, the last time perhaps only in part (Knuth, Morris,
/// and Pratt).
fn period(text: &[u8]) -> usize {
    // For each prefix of the text, the length of the longest shorter prefix that it ends with.
    let mut borders = vec![0_usize];
    let mut border = 0_usize;
    for byte in text.iter().skip(1) {
        while border > 0 && text.get(border) != Some(byte) {
            border = border.checked_sub(1).and_then(|last| borders.get(last)).copied().unwrap_or_default();
        }
        if text.get(border) == Some(byte) {
            border = border.saturating_add(1);
        }
        borders.push(border);
    }
    text.len().saturating_sub(border)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn chance_has_more_bits_than_order() {
        assert!(bits_per_byte(b"") < 0.001);
        assert!(bits_per_byte(b"aaaaaaaa") < 0.001);
        assert!((bits_per_byte(b"0123456789abcdef") - 4.0).abs() < 0.001);
        assert!(bits_per_byte(b"kD93mPq0Lx7RvT2b") > 3.5);
    }

    #[test]
    fn words_are_told_from_chance() {
        for words in
            ["some_long_identifier_v2", "authenticationRequired", "correct-horse-battery-staple", "loadingSpinner2"]
        {
            assert!(is_wordy(words.as_bytes()), "{words}");
        }
        for random in ["kD93mPq0Lx7RvT2b", "9f86d081884c7d659a2feaa0c55ad015", "xqzjkvbwpf", "QmVnWkXzRtYp"] {
            assert!(!is_wordy(random.as_bytes()), "{random}");
        }
    }

    proptest! {
        #[test]
        fn a_period_is_the_shortest_shift_onto_itself(text in "[ab]{1,24}") {
            let text = text.as_bytes();
            let shifted = |shift: &usize| text.iter().zip(&text[*shift..]).all(|(first, second)| first == second);
            prop_assert_eq!(Some(period(text)), (1..=text.len()).find(shifted));
        }
    }

    #[test]
    fn what_a_hand_typed_is_told_from_chance() {
        for typed in [
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "0000000000000000",
            "1234567890abcdef1234567890abcdef",
            "abcdefghijklmnopqrst",
            "ABCDEFGHIJ0123456789",
            "deadbeefdeadbeefdeadbeef",
            "abababababababab",
        ] {
            assert!(is_patterned(typed.as_bytes()), "{typed}");
        }
        for random in ["kD93mPq0Lx7RvT2b", "9f86d081884c7d659a2feaa0c55ad015", "hunter2!", "S3cr3tPw"] {
            assert!(!is_patterned(random.as_bytes()), "{random}");
        }
    }
}
