//! Assignments in every language: values that are found, and values that are clean.

use proptest::prelude::*;

use super::*;

/// A value that looks random, assembled here.
fn random() -> String {
    ["kD93mPq0Lx7R", "vT2bQ8wZ4sYc", "J6nH"].concat()
}

/// Returns the value that is found in a text, by the first word that finds one.
fn found(text: &str) -> Option<&str> {
    (0..text.len())
        .flat_map(|at| WORDS.iter().map(move |word| (at, word)))
        .filter(|(at, word)| text.as_bytes().get(*at..).is_some_and(|rest| rest.starts_with(word.as_bytes())))
        .find_map(|(at, word)| secret_at(text.as_bytes(), at..at + word.len()))
        .and_then(|value| text.get(value))
}

/// Texts with a secret; `~` stands for the value.
const ASSIGNED: [&str; 92] = [
    // Python
    "db_password = \"~\"",
    "db_password: str = '~'",
    "PASSWORD: Final[str] = \"~\"",
    "token: str | None = \"~\"",
    "SECRET_KEY = os.environ.get(\"SECRET_KEY\", \"~\")",
    "SECRET_KEY = os.getenv('SECRET_KEY') or '~'",
    "connect(host=\"db\", password=\"~\", port=1)",
    "config = {\"api_key\": \"~\", \"x\": 1}",
    "config[\"api_key\"] = \"~\"",
    "os.environ[\"API_TOKEN\"] = \"~\"",
    "SECRET_KEY = b\"~\"",
    "SECRET_KEY = (\n    \"~\"\n)",
    "api_key=SecretStr(\"~\")",
    "    self._client_secret = '''~'''",
    // JavaScript and TypeScript
    "const apiKey = \"~\";",
    "export const API_KEY: string = '~';",
    "  clientSecret: '~',",
    "  apiKey: process.env.API_KEY || '~',",
    "  apiKey: process.env.API_KEY ?? \"~\",",
    "const token =\n  \"~\";",
    "process.env.JWT_SECRET ||= '~'",
    "let secretKey: string | undefined = `~`;",
    "private readonly accessToken?: string = '~';",
    "module.exports={db:{user:\"a\",password:\"~\"},b:1}",
    "new Client({accessKeyId:\"x\",secretAccessKey:\"~\"})",
    // Go
    "password := \"~\"",
    "const apiKey = `~`",
    "var authToken string = \"~\"",
    "\tClientSecret: \"~\",",
    "\tAPIKey:       \"~\",",
    "os.Setenv(\"API_TOKEN\", \"~\")",
    "jwtSecret := []byte(\"~\")",
    // Rust
    "const API_KEY: &str = \"~\";",
    "static TOKEN: &'static str = \"~\";",
    "let password = \"~\".to_owned();",
    "let password: String = String::from(\"~\");",
    "    client_secret: Some(\"~\".into()),",
    "let api_key = SecretString::new(\"~\".into());",
    // Java, Kotlin, C#, PHP, Ruby, C
    "private static final String API_KEY = \"~\";",
    "String password =\n        \"~\";",
    "props.setProperty(\"password\", \"~\");",
    "val clientSecret: String = \"~\"",
    "new SecretKeySpec(secretKey = \"~\")",
    "public string Password = @\"~\";",
    "define('AUTH_KEY', '~');",
    "'password' => '~',",
    "$db_password = '~';",
    ":password => \"~\",",
    "#define API_TOKEN \"~\"",
    "static const char password[] = \"~\";",
    // Shell, and what reads like it
    "export PGPASSWORD=\"~\"",
    "export PGPASSWORD='~'",
    "PGPASSWORD=~ psql -h db",
    "set API_TOKEN=~",
    "setx API_TOKEN \"~\"",
    "setenv API_TOKEN ~",
    "$env:API_TOKEN = \"~\"",
    "docker run -e DB_PASSWORD=~ app",
    "helm install --set db.password=~ .",
    "curl \"https://a.example/?x=1&api_token=~&y=2\"",
    ": \"${DB_PASSWORD:=~}\"",
    "echo DB_PASSWORD=~ >> x",
    // Settings
    "REGISTRY_PASSWORD=~",
    "sasl_password = ~",
    "sasl.password=~ ; comment",
    "password: ~",
    "password: ~  # comment",
    "password: '~'",
    "  - POSTGRES_PASSWORD=~",
    "  POSTGRES_PASSWORD: ~",
    "{\"auth\":{\"token\":\"~\"}}",
    "\"body\": \"{\\\"api_key\\\": \\\"~\\\"}\"",
    "api_token: >-\n  ~\n",
    "- name: DB_PASSWORD\n  value: ~\n",
    "- name: DB_PASSWORD\n  value: \"~\"\n",
    "{\"name\": \"DB_PASSWORD\", \"value\": \"~\"}",
    "<add key=\"Password\" value=\"~\" />",
    "<string name=\"api_key\">~</string>",
    "<apiKey>~</apiKey>",
    "client_secret = \"~\"",
    "masterauth x\nrequirepass_token ~",
    "rabbit_password ~",
    // SQL
    "CREATE USER app WITH PASSWORD '~';",
    "ALTER ROLE app ENCRYPTED PASSWORD '~'",
    "CREATE USER 'app'@'%' IDENTIFIED BY '~';",
    "create user app identified by \"~\"",
    "ALTER USER a IDENTIFIED WITH mysql_native_password BY '~'",
    "CREATE LOGIN app WITH PASSWORD = '~'",
    // Dockerfiles that are called something else
    "ENV DB_PASSWORD=~",
    "ENV DB_PASSWORD ~",
    "ARG NPM_TOKEN=~",
    "# export API_TOKEN=~",
];

#[test]
fn a_generated_value_is_found_in_every_language() {
    let value = random();
    let missed: Vec<&str> =
        ASSIGNED.into_iter().filter(|template| found(&template.replace('~', &value)) != Some(value.as_str())).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn the_value_has_its_own_quotes_and_escapes_only() {
    let value = random();
    assert_eq!(found(&format!("PASSWORD={value}\nOTHER=1")), Some(value.as_str()));
    let slashes = format!("{value}/x+Z{value}");
    assert_eq!(found(&format!("DB_PASSWORD={slashes}\n")), Some(slashes.as_str()));
    let signs = format!("{value}$d(k9;7}}#");
    assert_eq!(found(&format!("DB_PASSWORD={signs}\n")), Some(signs.as_str()));
}

const CLEAN: [&str; 84] = [
    "password = os.environ[\"PASSWORD\"]",
    "password = os.environ[\"DB_9kXq2Zr8Kb3x9LmT4v_PASSWORD\"]",
    "password=os.getenv(\"PASSWORD\")",
    "const apiKey = process.env.API_KEY;",
    "apiKey: process.env.API_KEY!,",
    "password=None",
    "password = null",
    "password: Optional[str] = None",
    "password: str",
    "token: X25519StaticSecret2",
    "private_key: Ed25519PrivateKey2",
    "password=self.password",
    "password=get_password(user)",
    "connect(password=settings.DB_PASSWORD)",
    "password = config.auth2.Kx9Token",
    "password = decrypt(\"~\")",
    "token = load_token(\"~\")",
    "if password == \"~\":",
    "if token != \"~\" {",
    "assert token === \"~\"",
    "password =~ /~/",
    "PASSWORD=$1",
    "password=\"$2\"",
    "PASSWORD=$(pass show db)",
    "password=${PGPASSWORD:?}",
    "TOKEN=`cat /run/secrets/token`",
    "PASSWORD=",
    "PASSWORD=\nOTHER=~",
    "password:\nhost: ~",
    "password =\nhost = \"~\"",
    "read -rs PASSWORD",
    ": \"${DB_PASSWORD:=}\"",
    "password = %(db_password)s",
    "token = @TOKEN@",
    "secret = <your-secret>",
    "password: {{ .Values.db.password }}",
    "api_key: \"{{ vault_api_key_2026 }}\"",
    "password: \"${DB_PASSWORD_2026_EU1}\"",
    "password: !vault |",
    "passwordRef: ~",
    "password_file: ~",
    "secretName: ~",
    "tokenId: ~",
    "key_id = \"~\"",
    "public_key = \"~\"",
    "cacheKey: \"~\"",
    "cache_key=~",
    "nextPageToken: \"~\"",
    "next_token = \"~\"",
    "\"password\": \"Passwort\"",
    "\"apiKey\": \"Clé d’API\"",
    "\"token\": \"The token that was sent to you\"",
    "msgid \"password\"\nmsgstr \"Wachtwoord\"",
    "password: 'hunter2'",
    "token=\"correct-horse-battery-staple\"",
    "secret: 'changeme-changeme-1'",
    "token: '0123456789abcdef0123456789abcdef'",
    "const TOKEN_REGEX = '^[a-z0-9]{32}$'",
    "password: \"^(?=.*[0-9])[A-Za-z0-9]{8,}$\"",
    "compass = \"~\"",
    "monkey = \"~\"",
    "tokenize(\"~\")",
    "secretary: \"~\"",
    "password_hash: \"~\"",
    "\"password\": \"$2b$12$~~\"",
    "The password, \"~\" is no value",
    // Lists of names, of files, and of kinds of tokens
    "[\"old_password\", \"~\", \"new_password\"]",
    "(\"password\", \"~\")",
    "names = [\"x-amz-security-token\", \"~\"]",
    "f(\"password\", name=\"~\")",
    "\"tests/org_secret.json\": \"~\"",
    "\"private-key.pem\": \"~\"",
    "\"keys/server.key\": \"~\"",
    "SyntaxKind[SyntaxKind[\"EqualsEqualsToken\"] = 35] = \"EqualsEqualsEqualsToken\"",
    "{\"token\":\"multipleItemHeightLG\",\"type\":\"number\"}",
    "cryptoKey?: Schema$GooglePrivacyDlpV2CryptoKey;",
    "const SERVICE_KEY: D3DDDI_QUERYREGISTRY_TYPE = 0i32;",
    "AuthPlugin::Sha256Password => \"caching_sha256_password\",",
    // Sentences
    "Re-pass `focusVisible2` in the same call",
    "the OS's own, pass `~` to it",
    // What answers and requests name by chance
    "\"clientRequestToken\": \"~\"",
    "\"LifecycleActionToken\": \"~\"",
    "X-Amz-Credential=~&x=1",
    "token = \"badz.eyJhdWQiOlsianNvbndlYnRva2VudGVzdCJd\"",
];

#[test]
fn references_calls_and_types_stay_clean() {
    let value = random();
    let wrong: Vec<&str> =
        CLEAN.into_iter().filter(|template| found(&template.replace('~', &value)).is_some()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer_within_them(text in proptest::collection::vec(any::<u8>(), 0..400), at in 0..400_usize) {
        let at = at.min(text.len());
        let text = [&text[..at], b"password", &text[at..]].concat();
        if let Some(value) = secret_at(&text, at..at + 8) {
            prop_assert!(value.start >= at + 8 && value.end <= text.len());
        }
    }

    #[test]
    fn any_line_of_a_program_has_an_answer(parts in proptest::collection::vec(
        prop_oneof!["=", ":", " ", "\"", "'", "\\\\", "\\(", "\\)", "\n", "\\[", "\\]", ",", "\\|\\|", "value", "str", "`", "<", ">", "a1"], 0..30,
    )) {
        let text = format!("token{}", parts.concat());
        prop_assert_eq!(secret_at(text.as_bytes(), 1..5), None);
    }
}
