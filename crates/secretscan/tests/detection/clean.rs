//! What looks like a secret and is none: labels of forms, hashes that are called keys, names of variables.

use std::sync::Arc;

use secretscan::{Origin, scan_text};

use crate::hashes::named_values;
use crate::rules::detector;

/// The rules of the findings in a file.
fn rules_in(path: &str, text: &str) -> Vec<&'static str> {
    let origin = Arc::new(Origin::of_file(path));
    let found = scan_text(&detector(), &origin, text.as_bytes(), 0..text.len(), 0);
    found.into_iter().map(|found| found.verdict.rule).collect()
}

#[test]
fn labels_in_catalogues_of_messages_are_no_passwords() {
    for (path, text) in [
        (
            "en.json",
            r#"{"password":"Password","confirm_password":"Confirm password","apiKey":"API key","token":"Token"}"#,
        ),
        (
            "fr.json",
            r#"{"password":"Mot de passe","apiKey":"Clé d’API","token":"Jeton","passwordHint":"Au moins 8 caractères"}"#,
        ),
        ("ja.json", r#"{"password":"パスワード","confirm_password":"パスワードを再入力","apiKey":"APIキー"}"#),
        ("ru.arb", r#"{"password":"Пароль","@password":{"description":"2 words"},"accessToken":"Токен доступа"}"#),
        ("es.ts", "export default {\n  password: 'Contraseña',\n  apiKey: 'Clave de API',\n}\n"),
        ("tr.php", "<?php return ['password' => 'Şifre', 'token' => 'Bu sıfırlama kodu geçersiz.'];\n"),
        ("nl.po", "msgid \"password\"\nmsgstr \"Wachtwoord\"\n"),
        ("pl.xlf", "<source>password</source><target>Hasło</target>"),
        ("Localizable.strings", "\"password\" = \"Lösenord\";\n"),
        ("strings.xml", "<string name=\"password\">Adgangskode</string>\n"),
        ("sv.yml", "password: Lösenord\nconfirm_password: Bekräfta lösenordet\n"),
        ("fi.toml", "password = \"Salasana\"\ntoken = \"Tunniste\"\n"),
        ("messages_fr.properties", "login.password=Mot de passe\nlogin.password.hint=8 caractères\n"),
        ("messages_it.properties", "reset.token=Gettone\nchange.password=Cambia\nlogin.password=Parola\n"),
        (
            "messages_de.properties",
            "login.password=Passwort\napi.key=API-Schl\\u00fcssel\nreset.token=R\\u00fccksetzcode\n",
        ),
        ("messages_fi.properties", "login.password=salasana\n"),
        ("i18n/app.properties", "login.password=wachtwoord\n"),
    ] {
        assert_eq!(rules_in(path, text), Vec::<&str>::new(), "{path}");
    }
    for (path, text) in [
        ("application.properties", "spring.datasource.password=hunter2\n"),
        ("application.properties", "spring.datasource.password=hunterhunter\n"),
        ("messages_de.properties", "mail.password=Winter2026\n"),
    ] {
        assert_eq!(rules_in(path, text), ["secret-name"], "{path}");
    }
}

#[test]
fn the_name_tells_a_hash_from_a_key() {
    let detector = detector();
    for (name, template, value, is_key) in named_values() {
        let assigned = format!("{} = \"{value}\"\n", name.to_lowercase());
        assert_eq!(detector.judge(name, Some(&value)).is_some(), is_key, "{name} {template}");
        assert_eq!(!rules_in("a.py", &assigned).is_empty(), is_key, "{name} {template} in a text");
    }
}

#[test]
fn names_of_variables_and_shortcuts_are_no_secrets() {
    let detector = detector();
    for (name, value) in [
        ("LLM_API_KEY_ENV", "PROD_EU1_MISTRAL_KEY"),
        ("VAULT_TOKEN_VAR", "CI_VAULT_TOKEN_2026"),
        ("DB_PASSWORD_ENV_VAR", "PG_PW_EU1_2026"),
        ("DB_PASSWORD_KEY_NAME", "prod-db-password-eu1"),
        ("SECRET_NAME", "taskflow-db-credentials-2026"),
        ("SMTP_PASSWORD_VARIABLE", "MAIL_PW_9X2"),
    ] {
        assert_eq!(detector.judge(name, Some(value)), None, "{name}");
        assert_eq!(rules_in("x.properties", &format!("{name}={value}\n")), Vec::<&str>::new(), "{name}");
    }
    for (path, text) in [
        (".env.sample", "QUIZ_DB_PASSWORD=\nQUIZ_DB_ENABLED=1\nQUIZ_DB_NAME=quizzes_production_7\n"),
        ("deploy.conf", "QUIZ_DB_PASSWORD=\nQUIZ_DB_ENABLED=1\nQUIZ_DB_NAME=quizzes_production_7\n"),
        ("app.yml", "password:\nuser_token:\nhost: db-7f3a91c2.example.org\n"),
        ("app.properties", "db.password=\r\ndb.pool.name=Hikari-7f3a91c2\r\n"),
        ("keybindings.json", r#"[{"key":"ctrl+shift+down","command":"x"},{"key":"cmd+k cmd+s","command":"z"}]"#),
    ] {
        assert_eq!(rules_in(path, text), Vec::<&str>::new(), "{path}");
    }
}
