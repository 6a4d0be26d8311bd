//! Message catalogues: files whose names are those of fields, such as `login.password`, and whose values are the labels
//! of these fields, in any language.

/// Whether a value in a properties file is a label and not a password: words of a language, without digits. For a
/// single lower-case word, the name of the file decides.
pub(crate) fn is_label(path: &str, value: &str) -> bool {
    if !path.to_ascii_lowercase().ends_with(".properties") {
        return false;
    }
    let text = unescaped(value);
    let words = text.chars().all(|letter| {
        letter.is_alphabetic() || is_mark(letter) || letter == ' ' || ",.:;!?'’\"()/&-…*".contains(letter)
    });
    let letters = text.chars().any(char::is_alphabetic);
    let written = text.chars().next().is_some_and(char::is_uppercase)
        || text.trim().contains(' ')
        || text.chars().any(|letter| letter.is_alphabetic() && !letter.is_ascii());
    words && letters && (written || is_catalogue(path))
}

/// Whether a character is an accent that follows its letter.
fn is_mark(letter: char) -> bool {
    !letter.is_ascii() && !letter.is_alphanumeric() && !letter.is_control() && !letter.is_whitespace()
}

/// Whether a path is that of a catalogue: `messages_fr.properties`, `strings.properties`, `i18n/login.properties`.
fn is_catalogue(path: &str) -> bool {
    const NAMES: [&str; 10] =
        ["messages", "message", "labels", "strings", "translations", "i18n", "l10n", "locale", "locales", "lang"];
    let lower = path.to_ascii_lowercase();
    let stem = lower.strip_suffix(".properties").unwrap_or(&lower);
    let (folder, base) = stem.rsplit_once('/').unwrap_or(("", stem));
    let mut parts = base.split('_');
    let first = parts.next().unwrap_or_default();
    // A language, and perhaps a country or a script behind it.
    let is_code = |part: &str| (2..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let of_language = parts.next().is_some_and(|part| part.len() == 2 && is_code(part)) && parts.all(is_code);
    let in_folder = folder.split('/').any(|part| NAMES.contains(&part));
    in_folder || NAMES.iter().any(|name| first.ends_with(name)) || of_language
}

/// Decodes `\u00fc`.
fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("\\u") {
        text.push_str(before);
        let letter = after.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        if let Some(letter) = letter {
            text.push(letter);
            rest = after.get(4..).unwrap_or_default();
        } else {
            text.push_str("\\u");
            rest = after;
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_every_language_are_no_passwords() {
        for value in
            ["Passwort", "Mot de passe", "API-Schl\\u00fcssel", "パスワード", "contraseña", "Пароль:", "Şifre", "암호"]
        {
            assert!(is_label("app/forms.properties", value), "{value}");
        }
        for (path, value) in [
            ("messages_fi.properties", "salasana"),
            ("i18n/login.properties", "password"),
            ("Strings_pt_BR.properties", "senha"),
            ("src/ValidationMessages.properties", "parola"),
        ] {
            assert!(is_label(path, value), "{path} {value}");
        }
    }

    #[test]
    fn passwords_in_properties_stay_passwords() {
        for value in ["hunter", "hunter2", "Tr0ub4dor&3", "S3cr3t!", "\\u00zz9", ""] {
            assert!(!is_label("config/application.properties", value), "{value}");
        }
        assert!(!is_label(".env", "Passwort"));
        assert!(!is_label("messages_fr.properties", "Winter2026"));
        assert!(!is_label("application-dev.properties", "postgresadmin"));
    }
}
