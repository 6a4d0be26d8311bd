//! Masks the known secrets of this machine, and those that the search finds, in text.

use std::sync::Arc;

use process::Masking;

use secretscan::{KnownValue, Scanner};

/// Masks the known values, in every form in which they are searched for.
pub fn of_known(known: &[KnownValue]) -> Masking {
    Masking::of_values(known.iter().flat_map(KnownValue::forms))
}

/// Masks everything that this scanner reports as a secret.
pub fn of_found(scanner: &Arc<Scanner>) -> Masking {
    let scanner = Arc::clone(scanner);
    Masking::of_found(move |text| scanner.shown(text))
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn known_values_are_taken_out_whole_and_line_by_line() {
        let key = format!("-----BEGIN KEY-----\n{}\n{}\n", "kD93mPq0Lx7R".repeat(30), "zX81nWv5Tg2B".repeat(5));
        let known = KnownValue::new("DEPLOY_KEY", &key).unwrap();
        let masking = of_known(&[known]);
        let shown = masking.apply(&key).into_owned();
        assert_eq!(shown.trim(), "***");
        for line in key.lines() {
            assert_eq!(masking.apply(&format!("#5 0.1 {line}")), "#5 0.1 ***");
        }
    }
}
