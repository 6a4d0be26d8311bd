//! How random a text looks. Never decides alone: hashes and identifiers look random, too.

/// Shannon entropy in bits per byte; 0 for the empty text.
pub(super) fn bits_per_byte(text: &[u8]) -> f64 {
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

/// How many different bytes there are.
pub(super) fn distinct(text: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in text {
        if let Some(place) = seen.get_mut(usize::from(*byte)) {
            *place = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
}

/// Pairs of letters that stand in words again and again; by chance every sixth pair is one of them.
const PAIRS: &str = "th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de se le sa si \
    ar ve ra ld ur ro co me ma li io ic el la om ne ec ce ta pe di us tr ss ee pr ch ac il ot ca em ge po so un ut no ns \
    mo ul su ai ad id ir ol rs ly ow am im op ap ay pl ab bl cl ct ci ck da ex fi fo ke lo mi na ni pa ri rt sc sp ty up";

/// Whether a text is made of words: most pairs of its letters are common ones.
pub(super) fn is_wordy(text: &[u8]) -> bool {
    let pairs = text.windows(2).filter(|pair| pair.iter().all(u8::is_ascii_alphabetic));
    let common = |pair: &&[u8]| {
        let pair = pair.to_ascii_lowercase();
        PAIRS.as_bytes().chunks(3).any(|known| known.get(..2) == Some(pair.as_slice()))
    };
    let all = pairs.clone().count();
    let known = pairs.filter(common).count();
    all >= 4 && known * 100 >= all * if all < 12 { 60 } else { 45 }
}

/// Whether a text is made by a hand and not by chance: few different characters, one run of keys or of the alphabet, or
/// one piece again and again.
pub(super) fn is_patterned(text: &[u8]) -> bool {
    let length = text.len();
    if length < 8 {
        return distinct(text) <= 2;
    }
    let steps = text.windows(2).filter(|pair| match pair {
        [first, second] => {
            let (first, second) = (first.to_ascii_lowercase(), second.to_ascii_lowercase());
            // The next letter or digit, the same one again, or the turn from 9 to 0 or a.
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

/// Whether the text is a piece of at most half its length, repeated.
fn repeats(text: &[u8]) -> bool {
    (1..=text.len() / 2).any(|period| {
        let pairs = text.iter().zip(text.iter().skip(period));
        pairs.clone().count() >= 8 && pairs.clone().all(|(first, second)| first == second)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
