//! The table of changes.

use super::row::{ChangeRow, ChangeSource, FoundIn, Needs};

/// Makes the constants of the rows and their list. The words behind `why` are optional.
macro_rules! rows {
    ($($name:ident = $id:literal $needs:ident $source:ident $found:ident {
        $what:literal, $why:literal $(, warning: $warning:literal)? $(; $accept:ident)?
    })+) => {
        $(
            #[doc = concat!("`", $id, "`: ", $what, ".")]
            pub const $name: ChangeRow = ChangeRow {
                id: $id,
                what: $what,
                needs: rows!(@needs $needs),
                can_be_accepted: rows!(@accept $($accept)?),
                source: ChangeSource::$source,
                why: $why,
                found_in: FoundIn::$found,
                warning: rows!(@warning $($warning)?),
            };
        )+
        /// The rows, in the order of the documentation.
        pub const ROWS: &[ChangeRow] = &[$($name),+];
    };
    (@needs Refused) => { Needs::Refused };
    (@needs $needs:ident) => { Needs::$needs };
    (@accept acceptable) => { true };
    (@accept) => { false };
    (@warning $warning:literal) => { Some($warning) };
    (@warning) => { None };
}

rows! {
    COMPONENT_ADDED = "component.added" MINOR Derived Declared {
        "a further component", "Nothing that runs today uses it."
    }
    COMPONENT_REMOVED = "component.removed" MAJOR Derived Declared {
        "a component is gone", "Its image has no further version, and manifests name it."
    }
    REPOSITORY_RENAMED = "repository.renamed" MAJOR Derived Declared {
        "the repository of the image", "Every manifest names the repository."
    }
    PORT_CHANGED = "port.changed" MAJOR Contract Declared {
        "port number or protocol", "Services, probes, and other containers connect to the port."
    }
    PORT_REMOVED = "port.removed" MAJOR Derived Declared {
        "no port is promised any more", "Services, probes, and other containers connect to the port."
    }
    PORT_ADDED = "port.added" MINOR Derived Declared {
        "a port where none was promised", "Nothing that runs today connects to it."
    }
    CMD_CHANGED = "cmd.changed" MAJOR Contract Declared {
        "a word of the command", "Manifests and scripts that pass arguments rely on the command."
    }
    ENTRYPOINT_CHANGED = "entrypoint.changed" MAJOR Contract Images {
        "a word of the entry point", "Manifests that set `args` rely on the entry point."
    }
    CMD_FORM = "cmd.form" MAJOR Contract Images {
        "shell form in place of exec form, or the reverse",
        "A shell as the first process does not pass the stop signal on, and arguments mean something else."
    }
    WORKDIR_CHANGED = "workdir.changed" MAJOR Derived Declared {
        "the working directory", "Mounts and relative paths of manifests rely on it."
    }
    USER_UID = "user.uid" MAJOR Derived Declared {
        "the user ID", "The owner of files in volumes and `runAsUser` in manifests rely on it."; acceptable
    }
    USER_NAME = "user.name" MINOR Derived Declared {
        "the name of the user", "Only commands that name the user rely on it."
    }
    USER_ROOT_TO_NON_ROOT = "user.root-to-non-root" MAJOR Derived Images {
        "root becomes another user", "Files that root has written to volumes cannot be changed any more."; acceptable
    }
    USER_RESTORED = "user.restored" PATCH Derived Images {
        "root becomes the user that the release already declared", "It fixes an image that broke its contract."
    }
    USER_NON_ROOT_TO_ROOT = "user.non-root-to-root" Refused Contract Images {
        "another user becomes root", "The container must run as a user other than root."
    }
    ENV_ADDED_OPTIONAL = "env.added-optional" MINOR Contract Declared {
        "a further variable that need not be set", "Deployments work without it."
    }
    ENV_ADDED_REQUIRED = "env.added-required" MINOR Contract Declared {
        "a further variable that must be set",
        "The contract counts a new variable as additive.",
        warning: "a deployment that does not set the variable fails"
    }
    ENV_NOW_REQUIRED = "env.now-required" MAJOR Derived Declared {
        "a variable must be set that could be left out", "A deployment that does not set the variable fails."; acceptable
    }
    ENV_NOW_OPTIONAL = "env.now-optional" MINOR Derived Declared {
        "a variable can be left out that had to be set", "Deployments that set it work as before."
    }
    ENV_REMOVED = "env.removed" MAJOR Derived Declared {
        "a variable is not read any more", "What a deployment sets has no effect."; acceptable
    }
    ENV_DEFAULT_CHANGED = "env.default-changed" MAJOR Derived Declared {
        "the default of a variable", "A deployment that does not set the variable behaves differently."; acceptable
    }
    ENV_VALUES_NARROWED = "env.values-narrowed" MAJOR Derived Declared {
        "a value of a variable is not valid any more", "A deployment may set this value."; acceptable
    }
    ENV_VALUES_WIDENED = "env.values-widened" MINOR Derived Declared {
        "a further value of a variable is valid", "Values of today stay valid."
    }
    ENV_SECRET = "env.secret" MINOR Derived Declared {
        "a plain variable becomes a secret, or the reverse", "The value moves between a ConfigMap and a Secret."
    }
    ENV_SOURCE = "env.source" MINOR Derived Declared {
        "a value comes from the image in place of a ConfigMap, or the reverse",
        "The value can still be set from outside."
    }
    BASE_DIGEST = "base.digest" PATCH Derived Declared {
        "another digest under the same tag of the base image", "The contract does not promise the files of the base image."
    }
    BASE_VERSION = "base.version" MINOR Derived Declared {
        "another version of the base image", "The runtime is another one, and the interface of the image is the same."; acceptable
    }
    BASE_FAMILY = "base.family" MAJOR Derived Declared {
        "alpine in place of slim, or the reverse", "Probes and commands rely on the C library, the shell, and paths."; acceptable
    }
    BASE_ADDED = "base.added" MAJOR Derived Declared {
        "a base image that was not declared", "Probes and commands rely on the C library, the shell, and paths."; acceptable
    }
    BASE_REMOVED = "base.removed" PATCH Derived Declared {
        "a declared base image is not used any more", "The other declared base images stay as they are."
    }
    BASE_OTHER = "base.other" Refused Contract Declared {
        "a base image that is no alpine or slim variant", "Only alpine and slim variants are allowed."
    }
    SIZE_LIMIT_RAISED = "size.limit-raised" MINOR Derived Declared {
        "the image may be larger", "It is a weaker promise."
    }
    SIZE_LIMIT_LOWERED = "size.limit-lowered" PATCH Derived Declared {
        "the image must be smaller", "It is a stronger promise."
    }
    SIZE_EXCEEDED = "size.exceeded" Refused Contract Image {
        "the image is larger than its limit", "The image must stay below the limit of its contract."
    }
    HEALTH_CHANGED = "health.changed" MAJOR Derived Declared {
        "path, method, status, or body of the health check", "Probes rely on them."
    }
    HEALTH_REMOVED = "health.removed" MAJOR Derived Declared {
        "no health check is promised any more", "Probes fail."
    }
    HEALTH_ADDED = "health.added" MINOR Derived Declared {
        "a health check where none was promised", "Nothing that runs today calls it."
    }
    HEALTH_BODY_EXTENDED = "health.body-extended" MINOR Derived Declared {
        "further fields in the body of the health check", "The fields of today stay as they are."
    }
    STARTUP_SLOWER = "startup.slower" MINOR Derived Declared {
        "the container may take longer to start", "It is a weaker promise.",
        warning: "compare it with the startup and liveness probes of the deployments"
    }
    STARTUP_FASTER = "startup.faster" PATCH Derived Declared {
        "the container must start faster", "It is a stronger promise."
    }
    SHUTDOWN_LONGER = "shutdown.longer" MINOR Derived Declared {
        "the container may take longer to end", "It is a weaker promise.",
        warning: "compare it with `terminationGracePeriodSeconds` of the deployments"
    }
    SHUTDOWN_SHORTER = "shutdown.shorter" PATCH Derived Declared {
        "the container must end faster", "It is a stronger promise."
    }
    RESOURCES_HIGHER = "resources.higher" MINOR Derived Declared {
        "the container may use more CPU or memory", "It is a weaker promise.",
        warning: "compare it with the limits and requests of the deployments"
    }
    RESOURCES_LOWER = "resources.lower" PATCH Derived Declared {
        "the container must use less CPU or memory", "It is a stronger promise."
    }
    STOP_SIGNAL_CHANGED = "stopsignal.changed" MAJOR Derived Declared {
        "the stop signal", "The engine and scripts send the signal of today."
    }
    ROOT_READ_ONLY = "root.read-only" PATCH Derived Declared {
        "the container also runs with a read-only root file system", "It is a stronger promise."
    }
    ROOT_WRITABLE = "root.writable" MAJOR Derived Declared {
        "the container does not run with a read-only root file system any more",
        "Deployments with `readOnlyRootFilesystem` fail."; acceptable
    }
    DATABASE_ADDED = "database.added" MAJOR Derived Declared {
        "the component needs a database", "A deployment without a database fails."; acceptable
    }
    DATABASE_REMOVED = "database.removed" MINOR Derived Declared {
        "the component does not need a database any more", "Deployments with a database work as before."
    }
    VOLUME_ADDED = "volume.added" MINOR Derived Images {
        "a further volume", "The engine makes an anonymous volume where none is mounted."
    }
    VOLUME_REMOVED = "volume.removed" MAJOR Derived Images {
        "a volume is gone, or has another path", "Data in the volume is not found any more."
    }
    BUILD_ARG_REQUIRED = "build-arg.required" MINOR Derived Declared {
        "a further build arg without a default in taskflow.toml", "Those who build the image may have to set it."
    }
    BUILD_ARG_OPTIONAL = "build-arg.optional" PATCH Derived Declared {
        "a further build arg with a default, or another default", "The image can be built as before."
    }
    BUILD_ARG_REMOVED = "build-arg.removed" MINOR Derived Declared {
        "a build arg is not declared any more", "A build that sets it is refused."
    }
    BUILD_SECRET_ADDED = "build-secret.added" MINOR Derived Declared {
        "a further secret of the build", "Those who build the image may have to set its variable."
    }
    BUILD_CHANGED = "build.changed" PATCH Derived Declared {
        "stages, ignored files, or the limit of the build context", "They cannot be seen at run time."
    }
    PROMISE_ADDED = "promise.added" PATCH Derived Declared {
        "a key of the contract is declared that was not declared", "It is a stronger promise."
    }
    PROMISE_REMOVED = "promise.removed" MAJOR Derived Declared {
        "a key of the contract is not declared any more", "Nothing holds it any more, and deployments may rely on it."; acceptable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_distinct_and_texts_are_complete() {
        let ids: BTreeSet<&str> = ROWS.iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), ROWS.len());
        for row in ROWS {
            assert!(!row.what.ends_with('.') && row.why.ends_with('.'), "{}", row.id);
            assert!(row.id.bytes().all(|byte| byte.is_ascii_lowercase() || b".-".contains(&byte)), "{}", row.id);
        }
    }

    #[test]
    fn the_words_of_the_contract_cannot_be_overridden() {
        let kept = ROWS.iter().filter(|row| row.needs == Needs::Refused || row.source == ChangeSource::Contract);
        let lowered: Vec<&str> = kept.filter(|row| row.can_be_accepted).map(|row| row.id).collect();
        assert_eq!(lowered, [] as [&str; 0]);
    }
}
