//! The keys of `[component.NAME.contract]`.

use super::forms::{ANY_TEXT, VARIABLE};
use super::key::{Form, FormRule, Key, Kind, Named, Table};
use crate::domain::contract::declared::{Protocol, VariableSource};

const REFERENCE: Form = Form {
    words: "an image reference with a tag",
    rule: FormRule::Pattern("^[a-z0-9][a-z0-9._/:-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*(@sha256:[0-9a-f]{64})?$"),
};

const STAGE: Form = Form {
    words: "a lower-case letter, then letters, digits, `.`, `_`, and `-`",
    rule: FormRule::Pattern("^[a-z][a-z0-9._-]*$"),
};

const NOT_EMPTY: Form = Form { words: "not empty", rule: FormRule::Pattern(r"\S") };

const ABSOLUTE: Form = Form { words: "an absolute path", rule: FormRule::Pattern("^/") };

const USER: Form = Form { words: "a name of a user other than root", rule: FormRule::Pattern("^[a-z_][a-z0-9_-]*$") };

const PROTOCOL: Form = Form { words: "the protocol of a port", rule: FormRule::OneOf(|| Protocol::NAMES.to_vec()) };

const SIGNAL: Form =
    Form { words: "the name of a signal", rule: FormRule::Pattern("^SIG(HUP|INT|QUIT|KILL|USR1|USR2|TERM)$") };

const SOURCE: Form = Form { words: "the source of a value", rule: FormRule::OneOf(|| VariableSource::NAMES.to_vec()) };

const METHOD: Form = Form { words: "a method of HTTP", rule: FormRule::Pattern("^[A-Z]+$") };

const DATABASE_ENGINE: Form = Form { words: "the kind of database", rule: FormRule::OneOf(|| vec!["postgresql"]) };

/// The largest number of seconds, megabytes, and the like that makes sense.
const MOST: i64 = 1_000_000;

/// The keys of a contract.
pub(super) static CONTRACT: Table = Table {
    keys: &[
        Key::new(
            "base-images",
            Kind::Texts(REFERENCE),
            "The images that a stage may begin from. A digest behind the tag is allowed in the Dockerfile, a digest \
             without the tag is not.",
        )
        .otherwise("any image with a tag other than `latest`")
        .example("[\"node:20-alpine\"]")
        .contract("Base Image"),
        Key::new(
            "stages",
            Kind::Texts(STAGE),
            "The stages that the Dockerfile must have, in this order. The last one becomes the image.",
        )
        .otherwise("any stages")
        .example("[\"builder\", \"runner\"]")
        .contract("Multi-Stage Build Structure"),
        Key::new("port", Kind::Integer(1, 65535), "The only port that the image exposes.")
            .otherwise("any ports")
            .example("3000")
            .contract("Exposed Port"),
        Key::new("protocol", Kind::Text(PROTOCOL), "The protocol of the port. HTTP uses TCP.")
            .default("\"http\"")
            .example("\"tcp\"")
            .contract("Exposed Port"),
        Key::new("command", Kind::Texts(ANY_TEXT), "The words of `CMD` in exec form.")
            .otherwise("any command in exec form")
            .example("[\"node\", \"server.js\"]")
            .contract("Entry Command"),
        Key::new("workdir", Kind::Text(ABSOLUTE), "The working directory of the container.")
            .otherwise("any directory")
            .example("\"/app\"")
            .contract("Entry Command"),
        Key::new("user", Kind::Text(USER), "The name of the user that the container runs as.")
            .otherwise("any user other than root")
            .example("\"nextjs\"")
            .contract("Non-Root User"),
        Key::new("uid", Kind::Integer(1, 4_294_967_294), "The user ID of `user`.")
            .otherwise("any ID other than 0")
            .example("1001")
            .contract("Non-Root User"),
        Key::new(
            "max-size-mb",
            Kind::Integer(1, MOST),
            "The size that the image must stay below, in MB (10^6 bytes): the bytes of all layers without compression.",
        )
        .otherwise("no limit")
        .example("200")
        .contract("Size Target"),
        Key::new(
            "max-context-mb",
            Kind::Integer(1, MOST),
            "The size that the files sent to the builder must stay below, in MB (10^6 bytes).",
        )
        .otherwise("no limit")
        .example("20")
        .contract("Build Context"),
        Key::new(
            "ignore",
            Kind::Texts(NOT_EMPTY),
            "What the ignore file must exclude from the build context, as patterns of an ignore file. The effect \
             counts, not the text of the ignore file.",
        )
        .otherwise("nothing")
        .example("[\"node_modules\", \".env*\"]")
        .contract(".dockerignore Requirements"),
        Key::new(
            "startup-seconds",
            Kind::Integer(1, MOST),
            "The time in which a started container must answer, in seconds.",
        )
        .otherwise("no limit")
        .example("15")
        .contract("Startup Time"),
        Key::new("stop-signal", Kind::Text(SIGNAL), "The signal that ends the container.")
            .otherwise("any signal other than SIGKILL")
            .example("\"SIGTERM\"")
            .contract("Graceful Shutdown"),
        Key::new(
            "stop-grace-seconds",
            Kind::Integer(1, MOST),
            "The time in which the container must end after the signal, in seconds.",
        )
        .otherwise("no limit")
        .example("30")
        .contract("Graceful Shutdown"),
        Key::new(
            "read-only-root",
            Kind::Boolean,
            "Whether the container must run with a read-only root file system, with a writable `/tmp` in memory.",
        )
        .default("false")
        .example("true")
        .contract("Read-Only Filesystem"),
        Key::new("env", Kind::Named(&RUNTIME_VARIABLE), "The variables of the container's environment.")
            .otherwise("none")
            .contract("Environment Variables"),
        Key::new("health", Kind::Table(&HEALTH), "The health check over HTTP.")
            .otherwise("every answer of the port counts")
            .contract("Health Check Endpoint"),
        Key::new(
            "drain-request",
            Kind::Table(&DRAIN_REQUEST),
            "A request that the application answers only when it has read the body. `verify` sends the body slowly, so \
             that the request is in flight while the container ends.",
        )
        .otherwise("the end with a request in flight is not verified")
        .contract("Graceful Shutdown"),
        Key::new("database", Kind::Table(&DATABASE), "The database that the component needs.").otherwise("none"),
        Key::new("resources", Kind::Table(&RESOURCES), "Limits on CPU and memory.")
            .otherwise("no limits")
            .contract("Resource Usage Expectations"),
    ],
    hidden: false,
};

static RUNTIME_VARIABLE: Named = Named {
    what: "variable",
    placeholder: "VARIABLE",
    form: VARIABLE,
    example: "BACKEND_URL",
    table: Table {
        keys: &[
            Key::new(
                "from",
                Kind::Text(SOURCE),
                "Where the value comes from: a ConfigMap or a Secret of Kubernetes, or `ENV` in the Dockerfile (`image`).",
            )
            .required("add where the value comes from, as in `from = \"config-map\"`")
            .example("\"config-map\"")
            .contract("Environment Variables"),
            Key::new("required", Kind::Boolean, "Whether the container needs the variable.")
                .default("true")
                .example("false"),
            Key::new(
                "default",
                Kind::Text(ANY_TEXT),
                "The value that the image sets with `ENV`. A variable without it must not be set in the image.",
            )
            .otherwise("the image does not set the variable")
            .example("\"production\""),
            Key::new("allowed", Kind::Texts(ANY_TEXT), "The values that are valid.")
                .otherwise("any value")
                .example("[\"production\", \"development\"]"),
            Key::new("example", Kind::Text(ANY_TEXT), "The value in containers that `verify` starts.")
                .otherwise("the default, the first allowed value, or a random one for a secret")
                .example("\"http://127.0.0.1:8000\""),
        ],
        hidden: true,
    },
};

static HEALTH: Table = Table {
    keys: &[
        Key::new("path", Kind::Text(ABSOLUTE), "The path of the request.")
            .required("add the path of the health check, as in `path = \"/health\"`")
            .example("\"/health\""),
        Key::new("method", Kind::Text(METHOD), "The method of the request.").default("\"GET\"").example("\"HEAD\""),
        Key::new("healthy-status", Kind::Integer(100, 599), "The status of the answer of a healthy container.")
            .default("200")
            .example("204"),
        Key::new(
            "healthy-body",
            Kind::Text(ANY_TEXT),
            "The body of the answer of a healthy container. Bodies that are JSON are compared as JSON.",
        )
        .otherwise("any body")
        .example("'{\"status\": \"healthy\"}'"),
        Key::new(
            "unhealthy-status",
            Kind::Integer(100, 599),
            "The status of the answer of a container that cannot reach its database.",
        )
        .otherwise("the answer is not verified")
        .example("503"),
        Key::new("unhealthy-body", Kind::Text(ANY_TEXT), "The body of that answer.")
            .otherwise("any body")
            .example("'{\"status\": \"unhealthy\"}'"),
    ],
    hidden: false,
};

static DRAIN_REQUEST: Table = Table {
    keys: &[
        Key::new("path", Kind::Text(ABSOLUTE), "The path of the request.")
            .required("add the path of the request, as in `path = \"/tasks\"`")
            .example("\"/tasks\""),
        Key::new("method", Kind::Text(METHOD), "The method of the request.").default("\"POST\"").example("\"PUT\""),
        Key::new("content-type", Kind::Text(NOT_EMPTY), "The type of the body.")
            .default("\"application/json\"")
            .example("\"text/plain\""),
        Key::new("body", Kind::Text(ANY_TEXT), "The body.").default("\"{}\"").example("\"title=a\""),
    ],
    hidden: false,
};

static DATABASE: Table = Table {
    keys: &[
        Key::new("engine", Kind::Text(DATABASE_ENGINE), "The kind of the database.")
            .required("add the kind of the database: `engine = \"postgresql\"`")
            .example("\"postgresql\""),
        Key::new("variable", Kind::Text(VARIABLE), "The variable that has the address of the database.")
            .required("add the variable with the address, as in `variable = \"DATABASE_URL\"`")
            .example("\"DATABASE_URL\""),
    ],
    hidden: false,
};

static RESOURCES: Table = Table {
    keys: &[
        Key::new("idle-cpu-millicores", Kind::Integer(1, MOST), "CPU at idle, in thousandths of a core.")
            .otherwise("no limit")
            .example("100"),
        Key::new("idle-memory-mib", Kind::Integer(1, MOST), "Memory at idle, in MiB.")
            .otherwise("no limit")
            .example("128"),
        Key::new("load-cpu-millicores", Kind::Integer(1, MOST), "CPU under load, in thousandths of a core.")
            .otherwise("no limit")
            .example("250"),
        Key::new("load-memory-mib", Kind::Integer(1, MOST), "Memory under load, in MiB.")
            .otherwise("no limit")
            .example("256"),
        Key::new("load-path", Kind::Text(ABSOLUTE), "The path of the GET requests of the load.")
            .otherwise("the path of the health check, or `/`")
            .example("\"/sign-in\""),
    ],
    hidden: false,
};
