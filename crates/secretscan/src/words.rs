//! The vocabulary for judging names: words that make a name that of a secret, and words that make it something else.
//!
//! Data only. Each group is one text of words, which is easier to read than a list.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// A set of words.
pub(crate) type Words = LazyLock<HashSet<&'static str, BuildHasherDefault<WordHasher>>>;

/// Hashes a short word faster than the standard library does (FNV-1a). Nobody chooses the words of a set, so none can
/// be chosen to collide.
pub(crate) struct WordHasher(u64);

impl Default for WordHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// All words that a name can consist of.
pub(crate) static KNOWN: Words = LazyLock::new(|| {
    [&SECRET, &SECRET_KEY, &SERVICE, &ABOUT, &PART, &PUBLIC].iter().flat_map(|words| words.iter().copied()).collect()
});

macro_rules! words {
    ($($text:literal)+) => {
        LazyLock::new(|| [$($text),+].iter().flat_map(|text| text.split_ascii_whitespace()).collect())
    };
}

/// Words that name a secret in the last position.
pub(crate) static SECRET: Words = words! {
    "ACCESSKEY CRED CREDENTIAL CREDENTIALS CREDS MNEMONIC PASS PASSCODE PASSPHRASE PASSWD PASSWORD PASSWORDS PASSWRD"
    "PAT PEPPER PSK PW PWD SAS SECRET SECRETS TOKEN APIKEY"
};

/// Words that name a secret even if other words are joined to them.
pub(crate) static GLUED: Words = words! {
    "APIKEY CREDENTIAL CREDENTIALS PASSPHRASE PASSWD PASSWORD SECRET TOKEN"
};

/// Words that name a secret only behind another word.
pub(crate) static NEEDS_COMPANY: Words = words! { "PAT PW PWD SAS CRED CREDS" };

/// Words before KEY that make it a secret key.
pub(crate) static SECRET_KEY: Words = words! {
    "ACCESS ACCOUNT ACTIVATION ADMIN AES AGENT AI API APP APPLICATION AUTH AUTHENTICATION AUTHORIZATION BACKEND BOT"
    "CIPHER COOKIE CRYPT CRYPTO CSRF DECRYPT DECRYPTION DEPLOY DEPLOYMENT DES DKIM ECDSA ED25519 ENCRYPT ENCRYPTION"
    "FCM FERNET FUNCTION HMAC IAM IN INGEST INGESTION INTEGRATION JWE JWS JWT LICENCE LICENSE LOGGED MASTER NONCE PEM"
    "PRIV PRIVATE PROVISIONING RECOVERY REGISTRATION ROLE ROOT RSA SA SALT SECRET SECURE SERVER SERVICE SESSION SHARED"
    "SIGN SIGNER SIGNING SSH SSL STORAGE SUBSCRIPTION TLS TOKEN TOTP UNSEAL WALLET WEBHOOK WIREGUARD WRAPPING"
};

/// Services whose KEY is a credential.
pub(crate) static SERVICE: Words = words! {
    "ADYEN AIRTABLE ALGOLIA AMPLITUDE ANTHROPIC ASANA AWS AZURE BITBUCKET BREVO BRAINTREE BUILDKITE BUGSNAG CIRCLECI"
    "CLAUDE CLOUDFLARE CLOUDINARY COHERE COINBASE CONTENTFUL DATABRICKS DATADOG DD DEEPL DEEPSEEK DIGITALOCEAN DISCORD"
    "DOCKER DOCKERHUB DOPPLER DROPBOX ELASTIC ELEVENLABS FASTLY FIGMA FIREBASE FLY GCP GCS GEMINI GH GITHUB GITLAB"
    "GOOGLE GRAFANA GROQ HEROKU HONEYCOMB HUBSPOT HUGGINGFACE INTERCOM JENKINS JIRA KLAVIYO LANGSMITH LAUNCHDARKLY"
    "LINEAR LINODE MAILCHIMP MAILGUN MAILJET MANDRILL MAPBOX MISTRAL MIXPANEL NETLIFY NEWRELIC NGROK NOTION NPM"
    "OPENAI OPENROUTER OPENWEATHER OKTA OPSGENIE PAGERDUTY PAYPAL PAYSTACK PERPLEXITY PINECONE PLAID POSTHOG POSTMARK"
    "PUSHER PYPI QDRANT RAPIDAPI RAZORPAY REPLICATE RESEND ROLLBAR RUBYGEMS S3 SEGMENT SENDGRID SENTRY SHODAN SHOPIFY"
    "SLACK SNYK SONAR SPOTIFY SQUARE STABILITY STRIPE SUPABASE TAVILY TELEGRAM TWILIO TWITCH TWITTER TYPEFORM VAULT"
    "VERCEL VOYAGE WEATHER YOUTUBE ZENDESK"
};

/// Words before KEY that make it something other than a secret.
pub(crate) static PLAIN_KEY: Words = words! {
    "ANON APT ATTRIBUTE BLOCK BUCKET CACHE COMMIT COMPOSITE CONFIG CONTENT DEDUP DEDUPLICATION DICT DIGEST ETAG EVENT"
    "FIELD FILE FOREIGN GPG GROUP HASH HEADER HOT IDEMPOTENCY INDEX ISSUE JSON LABEL LOOKUP MAP META METADATA OBJECT"
    "PARTITION PATH PGP PRIMARY PROJECT PROPERTY PUB PUBLIC PUBLISHABLE QUERY RANGE RECORD REDIRECT RELEASE ROUTING ROW"
    "S3OBJECT SHARD SHORTCUT SITE SORT TABLE TRANSLATION UNIQUE YAML"
};

/// Words that make what follows public, in any position before it.
pub(crate) static PUBLIC: Words = words! { "ANON ANONYMOUS PUB PUBLIC PUBLISHABLE SITE SITEKEY" };

/// Words that stay secret behind a public word: a published secret is the worst case.
pub(crate) static NEVER_PUBLIC: Words = words! { "PASSPHRASE PASSWD PASSWORD PRIV PRIVATE SECRET SECRETS" };

/// Words before TOKEN that give it another meaning: in languages, design or protocols.
pub(crate) static PLAIN_TOKEN: Words = words! {
    "ACTION BEGIN BOS CANCEL CANCELLATION CHANGE CLS COLOR COMPLETION CONTINUATION CSRF DESIGN END EOS INPUT LEX LEXER"
    "LOCK MASK MAX MIN NEXT OUTPUT PAD PAGE PAGINATION PARSER PER PROMPT REQUEST RESUME SEP SPECIAL START STARTING STOP"
    "SYNC SYNTAX THEME UNK UPDATE XSRF"
};

/// Words before TOKENS that make them secrets; other TOKENS are what language models count.
pub(crate) static SECRET_TOKENS: Words = words! { "ACCESS ADMIN API AUTH BEARER BOT DEPLOY REFRESH SERVICE USER" };

/// Words before AUTH that make it a credential and not a switch or a method.
pub(crate) static LOGIN: Words = words! {
    "API ARTIFACTORY BASIC BEARER DOCKER FTP GIT HTTP HTTPS MAIL NEXUS NPM NPMRC PIP PROXY REDIS REGISTRY SMTP YARN"
};

/// First words of names that are switches or counters.
pub(crate) static SWITCH: Words = words! {
    "ALLOW CHECK DISABLE ENABLE ENFORCE FORCE FORGOT GENERATE HAS HIDE IGNORE IS MAX MIN NEED NEEDS NO NUM OPTIONAL"
    "PROMPT RANDOM REQUIRE REQUIRED REQUIRES SHOULD SHOW SKIP SUPPORT SUPPORTS USE USES VALIDATE VERIFY WITH WITHOUT"
};

/// Last words that distinguish variants or encodings, and do not change the meaning.
pub(crate) static ENDING: Words = words! {
    "A ALT B B64 BACKUP BASE64 BETA BLUE CI CURRENT DATA DEFAULT DEMO DEV DEVELOP DEVELOPMENT ENC ENCODED ESCAPED EXTRA"
    "GREEN HEX INTERNAL JSON LIVE LOCAL MAIN NEW NEXT OLD ONE OVERRIDE PEM PLAIN PLAINTEXT PREV PREVIEW PREVIOUS PRIMARY"
    "PROD PRODUCTION QA RAW READONLY REPLICA RO RW SANDBOX SECONDARY STAGE STAGING STR STRING TEST TESTING TEXT TWO TXT"
    "UAT V1 V2 V3 VAL VALUE YAML YML"
};

/// Last words that make a name describe a property of a secret and not the secret.
pub(crate) static ABOUT: Words = words! {
    "AGE ALG ALGO ALGORITHM ALIAS ALLOWED ARN ATTEMPTS AUDIENCE BITS BUCKET BUDGET BYTES CERT CERTIFICATE CHARS CHECK"
    "CHECKSUM CLASS CLIENT CMD COMMAND COMPLEXITY COUNT CURVE DAYS DIGEST DIR DIRECTORY DISABLED DOMAIN DRIVER DURATION"
    "EMAIL ENABLE ENABLED ENDPOINT ENGINE ENV ENVVAR EXPIRATION EXPIRE EXPIRED EXPIRES EXPIRY FIELD FILE FILENAME"
    "FILEPATH FILES FINGERPRINT FOLDER FORMAT GENERATOR GRACE GROUP HASH HASHER HEADER HEADERS HELPER HINT HOST HOURS"
    "ID IDENTIFIER IDLE IDS IMAGE INTERVAL ISSUER ITERATIONS KID KIND LABEL LEN LENGTH LEVEL LIFESPAN LIFETIME LIMIT"
    "LIMITS LOCATION MANAGER MAX MD METHOD MIN MINUTES MODE MODEL MODULE MOUNT MS NAME NAMES NAMESPACE OWNER PAGE PARAM"
    "PARAMETER PATH PATTERN PERIOD POLICY PORT PREFIX PROJECT PROMPT PROPERTY PROVIDER PUB PUBLIC QUERY QUOTA RATE REF"
    "REFERENCE REFRESH REGEX REGEXP REGION REQUIRED RESET RESOURCE RETENTION RETRIES ROLE ROTATION ROUNDS ROUTE SCHEME"
    "SCOPE SCOPES SCRIPT SECONDS SELECTOR SERVICE SHA SIZE SOCK SOCKET SOURCE STATUS STORE STRATEGY STRENGTH SUFFIX"
    "SUPPORT TABLE TEMPLATE THUMBPRINT TIMEOUT TIMES TITLE TTL TXID TYPE TYPES URI URL URLS USER USERNAME UUID VAR"
    "VARIABLE VARNAME VERSION VERSIONS WINDOW YEARS ZONE"
};

/// Further words of which joined names consist.
pub(crate) static PART: Words = words! {
    "AMQP AUTH BEARER CLIENT CONN CONNECTION DATABASE DB FTP GIT ID KEY KEYS LDAP MAIL MARIADB MONGO MONGODB MQTT MY"
    "MYSQL OAUTH ORACLE PG POSTGRES POSTGRESQL RABBITMQ REDIS REFRESH REGISTRY SMTP SQL USER WIFI"
};

/// Words for the owner of a secret, behind its own word: `TOKEN_GITHUB`.
pub(crate) static HOLDER: Words = words! {
    "ADMIN API APP AUTH BOT CLIENT DATABASE DB DEPLOY FTP GIT JWT LDAP MAIL MARIADB MONGO MONGODB MYSQL PG POSTGRES"
    "POSTGRESQL REDIS REGISTRY ROOT SERVICE SESSION SMTP SSH SUDO USER WEBHOOK WIFI"
};

/// Values that switch something on or off, or select an option.
pub(crate) static CHOICE: Words = words! {
    "true false yes no y n t f on off 0 1 enable enabled disable disabled none null nil auto default required optional"
    "always never random generate generated prompt ask env environment file vault keychain keyring header cookie query"
    "body bearer basic digest jwt opaque oauth oauth2 oidc saml ldap local session stateless plain plaintext anonymous"
    "strict lax high medium low standard all any manual dynamic static inherit internal external"
};

/// Values that are placeholders as a whole.
pub(crate) static PLACEHOLDER: Words = words! {
    "changeme changeit replaceme replace passphrase placeholder example sample dummy fake mock stub todo tbd fixme"
    "undefined unset empty na n/a notset xxx redacted hidden masked secret secretkey password passwd pass pwd token"
    "apikey key value string text yoursecret yourpassword yourtoken yourkey yourapikey mysecret mypassword mytoken"
    "mykey myapikey mysecretpw mysecretpassword mysecretkey test testing foo bar baz foobar qux invalid insecure unsafe"
    "admin root user username guest postgres mysql mariadb development dev ci build asecret"
};

/// Parts that occur only in placeholders.
pub(crate) static PLACEHOLDER_PART: Words = words! {
    "changeme change-me change_me changethis change-this change_this change-it change_it replaceme replace-me replace_me"
    "replace-with replace_with replace-this replace_this placeholder example redacted goes-here goes_here goeshere"
    "not-a-real not_a_real notareal fill-me fill_me fillme insert- insert_ put-your put_your xxxx **** ...."
};

/// Parts that occur only in placeholders, if they are words of their own.
pub(crate) static PLACEHOLDER_WORD: Words = words! {
    "your yours dummy fake mock stub todo tbd fixme sample placeholders notreal fixture insert here xxx nosecret"
    "notsecret unused"
};

/// Prefixes of secret managers and tools for values that are stored elsewhere.
pub(crate) static MANAGER: Words = words! {
    "op:// vault: ref+ arn:aws sm:// gcp-sm:// gcpsm:// awssm:// aws-sm: ssm: keyvault: akv:// @microsoft.keyvault("
    "secretref: secret:// secretkeyref doppler:// infisical:// bws:// enc[ file: env: keyring: sops:"
};

/// Expressions of several languages that read a variable.
pub(crate) static READS_VARIABLE: Words = words! {
    "process.env. os.environ os.getenv( env. secrets. vars. getenv( import.meta.env."
};

/// Prefixes of public keys, certificates, digests, and publishable keys.
pub(crate) static PUBLIC_START: Words = words! {
    "ssh-rsa ssh-ed25519 ssh-dss ecdsa-sha2- sk-ssh-ed25519 sk-ecdsa-sha2 PUBLIC CERTIFICATE pk_live_"
    "pk_test_ phc_ age1 npub1 MFkwEwYHKoZIzj0 MIIBIjANBgkqhkiG9w0BAQEF MCowBQYDK2Vw sha256: sha512: sha1: sha256- sha384-"
    "sha512-"
};

/// Extensions of files that hold keys and settings.
pub(crate) static KEY_FILE: Words = words! { "pem key crt cer json txt yaml yml env p12 pfx jks conf" };

/// Words for Kubernetes objects that hold secrets.
pub(crate) static SECRET_OBJECT: Words = words! { "SECRET SECRETS" };

/// Words before SECRET that make a name refer to a Kubernetes object: `IMAGE_PULL_SECRET=regcred`.
pub(crate) static OBJECT_OWNER: Words = words! { "EXISTING PULL TLS" };
