//! What libraries, lock files, and documentation hold and what is no secret, beside secrets that look like it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use secretscan::Origin;
use secretscan::search;
use sha2::Sha256;

use crate::rules::detector;
use crate::samples::{Chance, expand};

/// The rules that find something in a file.
fn rules(name: &str, text: &str) -> Vec<&'static str> {
    let searched = search(&detector(), |feeder| feeder.file(Origin::of_file(name), &mut text.as_bytes()));
    searched.result.unwrap();
    searched.found.iter().map(|found| found.verdict.rule).collect()
}

/// A token that is signed with this key.
fn signed(header: &str, payload: &str, key: &str) -> String {
    let text = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[test]
fn a_token_that_everybody_can_sign_or_see_opens_nothing() {
    let demo = ["super-secret-jwt-token-", "with-at-least-32-characters-long"].concat();
    let random = expand("{w40}", 7);
    let service =
        "{\"iss\":\"supabase\",\"ref\":\"abcdefghijklmnopqrst\",\"role\":\"service_role\",\"exp\":2015576000}";
    let anon = service.replace("service_role", "anon");
    for header in ["{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "{\"typ\": \"JWT\", \"alg\": \"HS256\"}"] {
        for (token, expected) in [
            (signed(header, "{\"iss\":\"supabase-demo\",\"role\":\"service_role\",\"exp\":1983812996}", &demo), None),
            (signed(header, "{\"sub\":\"1234567890\"}", &["your-256-bit-", "secret"].concat()), None),
            (signed(header, &anon, &random), None),
            (signed(header, service, &random), Some("jwt")),
            (signed(header, "{\"iss\":\"supabase-demo\",\"role\":\"service_role\"}", &random), Some("jwt")),
            (signed(&header.replace("HS256", "HS512"), service, &demo), Some("jwt")),
        ] {
            let text = format!("export const supabase = createClient(url, '{token}')\n");
            assert_eq!(rules("a.ts", &text).first().copied(), expected, "{token}");
            let verdict = detector().judge("NEXT_PUBLIC_SUPABASE_ANON_KEY", Some(&token));
            assert_eq!(verdict.map(|verdict| verdict.rule), expected, "{token}");
        }
    }
}

#[test]
fn documentation_of_addresses_and_logins_is_clean() {
    for clean in [
        "const options = new URL('http://{a}@example.com');",
        " * // Prints https://{b}@example.com/?abc#123",
        ">>> make_url(\"postgresql://{c}@localhost:5432/test\")",
        "# mysql://{d}@host/db",
        "url.parse(\"https://{e}@developer.mozilla.org/en-US/docs/Web/API/URL/password\");",
        "sqlalchemy.url = driver://{f}@localhost/dbname",
        "Authorization: Basic {g}",
        "Authorization: Basic {h}",
        "//registry.example.org/:_authToken={i}",
        "//somewhere-else.com/another/:_authToken={i}2",
        "; a setting of all: _authToken={i}",
    ] {
        let text = clean
            .replace("{a}", &["abc", "xyz"].join(":"))
            .replace("{b}", &["123", "xyz"].join(":"))
            .replace("{c}", &["scott", "tiger"].join(":"))
            .replace("{d}", &["username", "password"].join(":"))
            .replace("{e}", &["anonymous", "flabada"].join(":"))
            .replace("{f}", &["user", "pass"].join(":"))
            .replace("{g}", &STANDARD.encode(["s6BhdRkqt3", "gX1fBat3bV"].join(":")))
            .replace("{h}", &STANDARD.encode(["Aladdin", "open sesame"].join(":")))
            .replace("{i}", "MYTOKEN");
        for name in ["a.md", "a.d.ts", "a.ini"] {
            assert_eq!(rules(name, &text), Vec::<&str>::new(), "{text}");
        }
    }
    for (secret, rule) in [
        ("http://app:{w16}@db.example.com/app", "url-password"),
        ("http://app:{w5}9@example.com", "url-password"),
        ("Authorization: Basic {basic}", "basic-credentials"),
        ("//registry.example.org/:_authToken={w36}", "npm-auth"),
    ] {
        assert_eq!(rules("a.md", &expand(secret, 4)), [rule], "{secret}");
    }
}

#[test]
fn lock_files_and_minified_code_are_clean() {
    let marks = ["aWs", "AKIA", "sk+", "eyJ", "npm+", "ghp+", "AIza", "xoxb"];
    let mut chance = Chance::new(27);
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut lock = String::from("{\n  \"packages\": {\n");
    for at in 0..2000 {
        let mut hash = chance.text(letters, 86);
        if at % 40 == 0 {
            let mark = marks[at / 40 % marks.len()];
            hash.replace_range(20..20 + mark.len(), mark);
        }
        let version = format!("\"version\": \"1.{at}.0\", \"integrity\": \"sha512-{hash}==\"");
        writeln!(lock, "    \"node_modules/p{at}\": {{ {version} }},").unwrap();
    }
    assert_eq!(rules("package-lock.json", &lock), Vec::<&str>::new());
    let minified = "this.vocab={unk_token:\"<unk>\",pad_token:\"<pad>\",eos_token:\"</s>\",bos_token:\"[CLS]\"};\
        var n={tokenType:\"identifier\",secretKey:void 0,password:\"\"};r.token=e.nextToken();a.apiKey=t.apiKey||o;";
    assert_eq!(rules("bundle.min.js", minified), Vec::<&str>::new());
}

#[test]
fn the_frame_of_a_key_without_a_key_is_clean() {
    let (begin, end) = (["-----BEGIN", "PRIVATE KEY-----"], ["-----END", "PRIVATE KEY-----"]);
    for kind in ["", "RSA ", "OPENSSH ", "EC ", "ENCRYPTED "] {
        let [begin, end] = [begin, end].map(|[mark, key]| format!("{mark} {kind}{key}"));
        for clean in [
            format!("_MARKER = (\"{begin}\", \"{end}\")\n"),
            format!("_MARKER = (\"{begin}\",\n    \"{end}\")\n"),
            format!("PEM = re.compile(r\"{begin}[\\s\\S]+?{end}\")\n"),
            format!("if text.startswith(\"{begin}\"): pass\n"),
            format!("raise ValueError(\"expected {begin}, then base64, then {end}\")\n"),
            format!("{begin}\n...\n{end}\n"),
        ] {
            assert_eq!(rules("a.py", &clean), Vec::<&str>::new(), "{clean}");
        }
        let body = expand("{b64}", 9);
        for secret in [format!("{begin}\n{body}\n{body}\n{end}\n"), format!("KEY = \"\"\"{begin}\n{body}\n\"\"\"\n")] {
            assert_eq!(rules("a.py", &secret), ["private-key"], "{secret}");
        }
    }
}
