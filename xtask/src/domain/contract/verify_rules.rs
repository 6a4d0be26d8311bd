//! The rules that `verify` judges, in the order of the contract's validation checklist, then of its other sections.

use super::rule::{JudgedBy, RuleText, Scope};
use crate::domain::finding::Severity;

/// The version of these rules. A remembered verdict counts only for the version that it was made with: a change of what
/// a rule measures needs a new number.
pub const VERSION: u32 = 1;

macro_rules! rules {
    ($($name:ident = $id:literal { what: $what:literal, section: $section:literal, scope: $scope:expr, why: $why:literal,
        good: $good:literal, bad: $bad:literal, remedy: $remedy:literal, })+) => {
        $(
            #[doc = concat!("`", $id, "`: ", $what, ".")]
            pub const $name: RuleText = RuleText {
                id: $id,
                severity: Severity::Error,
                what: $what,
                section: $section,
                scope: $scope,
                command: JudgedBy::Verify,
                why: $why,
                good: $good,
                bad: $bad,
                remedy: $remedy,
                page: concat!("docs/contract/", $id, ".md"),
            };
        )+
        /// The rules.
        pub const RULES: &[RuleText] = &[$($name),+];
    };
}

rules! {
    IMAGE_BUILT = "image-built" {
        what: "the build of the image completes, and the image has content",
        section: "Validation Checklist, \"Docker build completes without errors\"",
        scope: Scope::General,
        why: "Everything else is judged on the built image. An image without a layer contains no program.",
        good: "FROM node:20-alpine\nCOPY server.js ./",
        bad: "FROM scratch\nCMD [\"/server\"]",
        remedy: "Build the image with `cargo xtask build`, and copy what it runs into its last stage.",
    }
    IMAGE_SIZE = "image-size" {
        what: "the image is smaller than the limit",
        section: "Size Target, \"Maximum\"",
        scope: Scope::Declared("max-size-mb"),
        why: "A large image takes long to load into a cluster, and contains what nobody needs. The size is the sum of \
            the bytes in all layers without compression; MB are 10^6 bytes. An image with exactly the size of the limit \
            breaks the rule.",
        good: "134.4 MB with `max-size-mb = 200`",
        bad: "200.0 MB with `max-size-mb = 200`",
        remedy: "Copy only what the container needs into the last stage; a file that a later layer deletes still counts.",
    }
    IMAGE_STARTS = "image-starts" {
        what: "a container of the image runs with `docker run --publish` and answers on its port",
        section: "Validation Checklist, \"Image runs successfully with docker run -p\"",
        scope: Scope::Declared("port"),
        why: "An image can be built without errors and fail at its start. A server that listens on the loopback of its \
            container only cannot be reached from outside.",
        good: "CMD [\"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]",
        bad: "CMD [\"uvicorn\", \"main:app\", \"--host\", \"127.0.0.1\", \"--port\", \"8000\"]",
        remedy: "Find the cause in the output of the container; listen on `0.0.0.0` and on the declared port.",
    }
    IMAGE_HEALTH = "image-health" {
        what: "the health check gives the declared answer of a healthy container",
        section: "Health Check Endpoint, \"Success Response\"",
        scope: Scope::Declared("health"),
        why: "A cluster restarts containers whose health check fails. Components that declare a database get one for \
            this check. A body that is JSON is compared as JSON.",
        good: "200 {\"status\": \"healthy\"}",
        bad: "200 OK",
        remedy: "Give the declared status and body, or correct `health` in the contract.",
    }
    IMAGE_HEALTH_WITHOUT_DATABASE = "image-health-without-database" {
        what: "without its database, the health check gives the declared answer of an unhealthy container",
        section: "Health Check Endpoint, \"Failure Response\"",
        scope: Scope::Declared("health.unhealthy-status"),
        why: "A container that cannot reach its database must run and say so, so that a cluster sends it no requests \
            and does not restart it for ever.",
        good: "503 {\"status\": \"unhealthy\"}",
        bad: "200 {\"status\": \"healthy\"}, or a container that ends",
        remedy: "Ask the database in the health check, with a short limit, and answer with the declared status.",
    }
    IMAGE_SECRETS = "image-secrets" {
        what: "no layer, no line of the history, and no part of the configuration contains a secret",
        section: "Validation Checklist, \"No secrets in image layers\"",
        scope: Scope::General,
        why: "Everybody who can pull an image can read all of its layers, also files that a later layer deletes. \
            docs/secrets.md explains the search and its rules.",
        good: "RUN --mount=type=secret,id=npm-token npm ci",
        bad: "ENV DATABASE_URL=postgresql://…",
        remedy: "Remove the secret from the build, build again, and replace the secret: it counts as known.",
    }
    IMAGE_IGNORED_FILES = "image-ignored-files" {
        what: "no file that the ignore file must exclude has got into the image",
        section: "Validation Checklist, \".dockerignore excludes unnecessary files\"",
        scope: Scope::Declared("ignore"),
        why: "Excluded files are local: settings with secrets, tests, notes, dependencies of another platform. The \
            layers above the base image are searched below the working directory. Folders that a build makes anew, such \
            as `node_modules`, break the rule only if a file in them has the time and the size of the file in the \
            build context.",
        good: "/app/server.js",
        bad: "/app/.env.local",
        remedy: "Add the entry to the ignore file, and build the image again.",
    }
    IMAGE_USER = "image-user" {
        what: "the container does not run as root, but as the declared user",
        section: "Validation Checklist, \"Container runs as non-root user\"",
        scope: Scope::General,
        why: "A process that breaks out of a container as root is root on the node. `whoami` and `id -u` are run in a \
            container; for an image without these programs, the configuration and /etc/passwd decide.",
        good: "USER nextjs",
        bad: "USER root",
        remedy: "Create the user in the last stage, and name it in the last `USER`.",
    }
    IMAGE_BASE = "image-base" {
        what: "the lowest layers are those of a declared base image",
        section: "Base Image, \"Required\"",
        scope: Scope::Declared("base-images"),
        why: "A Dockerfile can name the right base image while the built image stands on an older one: the base image \
            has moved since the build. The layers are compared with those of the base image on the engine. Without the \
            base image there, the rule is not decided.",
        good: "the layers of node:20-alpine, then those of the application",
        bad: "the layers of node:20-alpine of last month",
        remedy: "Build the image again, or correct `FROM` in the last stage.",
    }
    IMAGE_PORT = "image-port" {
        what: "the image exposes the declared port and no other one",
        section: "Exposed Port",
        scope: Scope::Declared("port"),
        why: "Tools read the ports of a container from the configuration of its image. Ports of the base image count, too.",
        good: "EXPOSE 3000",
        bad: "EXPOSE 3000/udp",
        remedy: "Set `EXPOSE` in the last stage to the declared port and protocol.",
    }
    IMAGE_COMMAND = "image-command" {
        what: "the command is the declared one, word for word",
        section: "Entry Command",
        scope: Scope::Declared("command"),
        why: "In shell form, a shell gets the signals in place of the application, which then does not end. An entry \
            point that the base image does not have runs in place of the command.",
        good: "CMD [\"node\", \"server.js\"]",
        bad: "CMD node server.js",
        remedy: "Set the last `CMD` to the declared words in exec form, and remove `ENTRYPOINT`.",
    }
    IMAGE_WORKDIR = "image-workdir" {
        what: "the working directory is the declared one",
        section: "Entry Command, \"Working Directory\"",
        scope: Scope::Declared("workdir"),
        why: "The command and the paths of the application are relative to it.",
        good: "WORKDIR /app",
        bad: "WORKDIR /srv",
        remedy: "Set the last `WORKDIR` of the last stage to the declared path.",
    }
    IMAGE_STOP_SIGNAL = "image-stop-signal" {
        what: "the stop signal is the declared one",
        section: "Graceful Shutdown, \"Signal\"",
        scope: Scope::Declared("stop-signal"),
        why: "The engine and the kubelet send the signal in the configuration of the image. Without one, it is SIGTERM.",
        good: "STOPSIGNAL SIGTERM",
        bad: "STOPSIGNAL SIGKILL",
        remedy: "Remove `STOPSIGNAL` from the last stage, or set it to the declared signal.",
    }
    IMAGE_ENVIRONMENT = "image-environment" {
        what: "the variables of the image have their declared values, and none comes from a Secret",
        section: "Environment Variables",
        scope: Scope::Declared("env"),
        why: "Variables from a ConfigMap or a Secret are set at run time. A value in the image hides that one is \
            missing, and the value of a Secret is readable for everybody.",
        good: "ENV PORT=3000",
        bad: "ENV BETTER_AUTH_SECRET=…",
        remedy: "Set `ENV` to the declared defaults, and remove the variables that come from outside.",
    }
    CONTAINER_STARTUP_TIME = "container-startup-time" {
        what: "the first answer comes within the limit",
        section: "Startup Time",
        scope: Scope::Declared("startup-seconds"),
        why: "A rollout waits for each new container. The time counts from the start of `docker run` to the first answer \
            of the application, of any status.",
        good: "1.6 s with `startup-seconds = 15`",
        bad: "16.2 s with `startup-seconds = 15`",
        remedy: "Do work such as compilation during the build, and connect to other services in the background.",
    }
    CONTAINER_DRAINS = "container-drains" {
        what: "a request that runs when the stop signal comes gets its complete answer",
        section: "Graceful Shutdown, \"Behavior\"",
        scope: Scope::Declared("stop-grace-seconds"),
        why: "Each rollout ends containers that are at work. The declared `drain-request` is sent up to the middle of its \
            body, then comes the signal, then the rest. The answer must be complete, with a status below 500.",
        good: "401 after the signal",
        bad: "the connection ends without an answer",
        remedy: "Handle the stop signal: accept no new requests, finish the running ones, then exit.",
    }
    CONTAINER_STOPS = "container-stops" {
        what: "after the stop signal, the container ends in time and in order",
        section: "Graceful Shutdown, \"Timeout\"",
        scope: Scope::Declared("stop-grace-seconds"),
        why: "What still runs after the grace period is killed. The exit code must be 0, or 128 and the number of the \
            signal.",
        good: "exit code 0 after 1.0 s",
        bad: "exit code 1, or no end at all",
        remedy: "Run the application itself as the first process, in exec form, and let it exit after the signal.",
    }
    CONTAINER_GRACE = "container-grace" {
        what: "a request that takes longer than the grace period does not keep the container",
        section: "Graceful Shutdown, \"Timeout\"",
        scope: Scope::Declared("stop-grace-seconds"),
        why: "Many servers wait for running requests without a limit. They are then killed before they have closed \
            their connections to others. The declared `drain-request` is sent without the end of its body.",
        good: "exit after 25.6 s with `stop-grace-seconds = 30`",
        bad: "still running after 30 s",
        remedy: "Set a limit for running requests that is shorter than the grace period, such as \
            `UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN`.",
    }
    CONTAINER_IDLE_CPU = "container-idle-cpu" {
        what: "an idle container uses less CPU than the limit",
        section: "Resource Usage Expectations, \"CPU\"",
        scope: Scope::Declared("resources.idle-cpu-millicores"),
        why: "Clusters reserve CPU for each container. It is measured some seconds after the first answer.",
        good: "2 millicores of 250",
        bad: "980 millicores of 250: a loop without a pause",
        remedy: "Look for loops and timers that run without requests.",
    }
    CONTAINER_IDLE_MEMORY = "container-idle-memory" {
        what: "an idle container uses less memory than the limit",
        section: "Resource Usage Expectations, \"Memory\"",
        scope: Scope::Declared("resources.idle-memory-mib"),
        why: "Clusters reserve memory for each container. It is measured some seconds after the first answer, without \
            caches of files.",
        good: "76 MiB of 256",
        bad: "300 MiB of 256",
        remedy: "Start fewer processes, and load large data only when it is needed.",
    }
    CONTAINER_LOAD_CPU = "container-load-cpu" {
        what: "a container with the CPU of the limit answers all requests of a short load",
        section: "Resource Usage Expectations, \"CPU\"",
        scope: Scope::Declared("resources.load-cpu-millicores"),
        why: "Without a limit, every server uses as much CPU as it gets. So the container gets the CPU of the limit, as \
            in a cluster, and four clients at a time send requests for some seconds. Each must get an answer with a \
            status below 500 within five seconds.",
        good: "96 answers in 4 s, the slowest after 0.3 s",
        bad: "a request without an answer within 5 s",
        remedy: "Make the work for one request smaller, or declare a higher limit.",
    }
    CONTAINER_LOAD_MEMORY = "container-load-memory" {
        what: "under a short load, a container uses less memory than the limit",
        section: "Resource Usage Expectations, \"Memory\"",
        scope: Scope::Declared("resources.load-memory-mib"),
        why: "A cluster kills a container that needs more memory than its limit. The container runs with this limit \
            under the same load as for `container-load-cpu`.",
        good: "84 MiB of 256",
        bad: "killed, because it needs more than 256 MiB",
        remedy: "Limit caches and the number of requests that are handled at the same time.",
    }
    CONTAINER_READ_ONLY = "container-read-only" {
        what: "the container works with a read-only root file system and without capabilities",
        section: "Read-Only Filesystem",
        scope: Scope::Declared("read-only-root"),
        why: "An attacker cannot change the program then. The container gets a tmpfs on /tmp, no capability, and no new \
            privileges, and must answer as without these options.",
        good: "writes to /tmp only",
        bad: "writes its cache to /app",
        remedy: "Write temporary files to /tmp, and everything else to other services.",
    }
    CONTAINER_ANY_USER = "container-any-user" {
        what: "the container works under any user ID",
        section: "Security Contracts, \"Non-Root User\"",
        scope: Scope::Declared("uid"),
        why: "Some clusters give each namespace user IDs of its own. The container runs as user and group 12345, which \
            no file belongs to, and must answer as before.",
        good: "chmod -R u=rwX,go=rX /app",
        bad: "chmod -R go= /app",
        remedy: "Make the files of the application readable for all users.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_all_its_texts_and_an_id_of_its_own() {
        let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RULES.len());
        for rule in RULES {
            assert!(rule.id.starts_with("image-") || rule.id.starts_with("container-"), "{}", rule.id);
            assert!(!rule.what.ends_with('.') && rule.why.ends_with('.') && rule.remedy.ends_with('.'), "{}", rule.id);
            assert!(!rule.good.is_empty() && !rule.bad.is_empty() && rule.good != rule.bad, "{}", rule.id);
        }
    }
}
