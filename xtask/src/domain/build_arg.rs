//! Build args and the ban on secrets in them (contract: Build Arguments).
//!
//! A value is passed only to the environment of a child: it has no `Display`, and its `Debug` does not print it.

use std::ffi::OsStr;

use process::HiddenValue;

use super::name::{NameError, VariableName};
use super::problem::{Place, Problem};
use super::text::{nearest, ticked_list};

/// A build arg as it was given: `NAME=VALUE`, or `NAME` to take the value from the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildArg {
    /// The name.
    pub name: VariableName,
    /// The value. `None` means the environment variable with that name, until `filled_build_args` has read it.
    pub value: Option<HiddenValue>,
}

impl BuildArg {
    /// Parses an argument of the command line.
    ///
    /// # Errors
    ///
    /// An argument without a name, or with a value that is not UTF-8.
    pub fn read(argument: &OsStr) -> Result<Self, Problem> {
        let invalid = |error: NameError| {
            Problem::new(format!("invalid `--build-arg`: {error}"))
                .hint("the form is `--build-arg NAME=VALUE` or `--build-arg NAME`")
        };
        if let Some(text) = argument.to_str() {
            return Self::parse(text).map_err(invalid);
        }
        let name = argument.as_encoded_bytes().split(|byte| *byte == b'=').next().unwrap_or_default();
        let name = std::str::from_utf8(name).map_err(|_| NameError::Hidden).and_then(str::parse);
        Err(name.map_or_else(invalid, |name| not_utf8(&name)))
    }

    fn parse(text: &str) -> Result<Self, NameError> {
        match text.split_once('=') {
            // The text ends as base64 does: this `=` separates nothing.
            Some((_, "=")) => Err(NameError::Hidden),
            Some((name, value)) => Ok(Self { name: name.parse()?, value: Some(HiddenValue::new(value)) }),
            None => Ok(Self { name: text.parse()?, value: None }),
        }
    }

    /// Returns the problem of a value that docker would not pass on unchanged.
    pub fn foreign_value(&self) -> Option<Problem> {
        self.value.as_ref().filter(|value| value.text().is_none()).map(|_| not_utf8(&self.name))
    }
}

fn not_utf8(name: &VariableName) -> Problem {
    Problem::new(format!("build arg `{name}` has a value that is not in UTF-8; it is not shown here"))
        .note("docker passes build args as text in UTF-8, and would replace bytes of the value")
        .hint(format!("pass `--build-arg {name}=VALUE` with the value in UTF-8"))
}

/// A build arg that taskflow.toml declares for a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredBuildArg {
    /// The name.
    pub name: VariableName,
    /// The value to pass if the command line gives none; none for the Dockerfile's own default.
    pub default: Option<HiddenValue>,
    /// The place of the declaration in taskflow.toml; its line is not shown.
    pub written: Place,
}

/// Whether the docker client itself reads a variable: a build arg with that name would change the client.
fn is_read_by_the_client(name: &str) -> bool {
    const EXACT: [&str; 16] = [
        "PATH",
        "HOME",
        "USER",
        "SHELL",
        "TMPDIR",
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "SSH_AUTH_SOCK",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "NO_COLOR",
        "GODEBUG",
        "GOGC",
        "GOMAXPROCS",
        "GOMEMLIMIT",
        "TERM",
    ];
    const PREFIXES: [&str; 6] = ["DOCKER_", "BUILDX_", "BUILDKIT_", "COMPOSE_", "XDG_", "OTEL_"];
    const PROXIES: [&str; 4] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];
    EXACT.contains(&name)
        || PROXIES.iter().any(|proxy| proxy.eq_ignore_ascii_case(name))
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a name is one of docker's predefined proxy args: every step can read them, no `ARG` declares them, and they
/// are in no history (<https://docs.docker.com/build/building/variables/#pre-defined-build-arguments>).
pub fn is_proxy(name: &str) -> bool {
    const PROXIES: [&str; 5] = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];
    PROXIES.iter().any(|proxy| *proxy == name || proxy.to_ascii_lowercase() == name)
}

/// Refuses a build arg that a component does not declare. The problem never contains the value.
pub fn refuse_build_arg(arg: &BuildArg, component: &str, declared: &[DeclaredBuildArg]) -> Option<Problem> {
    let name = arg.name.as_str();
    if is_proxy(name) || declared.iter().any(|known| known.name == arg.name) {
        return None;
    }
    let names: Vec<&str> = declared.iter().map(|known| known.name.as_str()).collect();
    let mut problem =
        Problem::new(format!("refusing to build `{component}`: build arg `{name}` is not declared for it"));
    if !names.is_empty() {
        problem = problem.note(format!("declared for `{component}`: {}", ticked_list(&names)));
    }
    if let Some(known) = nearest(name, &names) {
        problem = problem.hint(format!("did you mean `{known}`?"));
    }
    Some(problem.hint(format!("declare it in taskflow.toml: `[component.{component}.build-args.{name}]`")))
}

/// Returns the problem of a declared name that the docker client would read for itself.
pub fn client_variable_problem(name: &str, component: &str) -> Option<Problem> {
    let problem = || {
        Problem::new(format!("build arg `{name}` of component `{component}` would change the docker client itself"))
            .note("values of build args travel in the environment of the docker client, never on its command line")
    };
    match is_read_by_the_client(name) {
        true if is_proxy(name) => Some(problem().hint(format!(
            "remove it from taskflow.toml, and pass `--build-arg {name}`: docker knows it without a declaration"
        ))),
        true => Some(problem().hint("give the build arg another name in the Dockerfile and in taskflow.toml")),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn declared(name: &str) -> DeclaredBuildArg {
        DeclaredBuildArg { name: name.parse().unwrap(), default: None, written: Place::line("taskflow.toml", 1) }
    }

    #[test]
    fn declared_args_pass_and_others_are_refused() {
        let refusal = |arg: &str| {
            let known = [declared("NODE_ENV")];
            refuse_build_arg(&BuildArg::read(OsStr::new(arg)).unwrap(), "frontend", &known)
                .map(|problem| problem.message)
        };
        assert_eq!(refusal("NODE_ENV=production"), None);
        assert_eq!(refusal("NODE_ENV"), None);
        let undeclared = "refusing to build `frontend`: build arg `NODE_ENVV` is not declared for it";
        assert_eq!(refusal("NODE_ENVV=x").unwrap(), undeclared);
    }

    #[test]
    fn names_that_the_docker_client_reads_are_refused() {
        for name in ["DOCKER_HOST", "PATH", "https_proxy", "HTTPS_PROXY", "GODEBUG", "BUILDX_BUILDER"] {
            assert!(client_variable_problem(name, "a").is_some(), "{name}");
        }
        for name in ["NODE_ENV", "GOOGLE_ANALYTICS_ID", "HOMEPAGE", "API_PROXY"] {
            assert!(client_variable_problem(name, "a").is_none(), "{name}");
        }
    }

    #[test]
    fn proxies_are_known_to_docker_in_both_cases() {
        let refusal = |arg: &str| refuse_build_arg(&BuildArg::read(OsStr::new(arg)).unwrap(), "frontend", &[]);
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"] {
            assert_eq!(refusal(&format!("{name}=http://proxy:3128")), None);
            assert_eq!(refusal(&name.to_ascii_lowercase()), None);
        }
        for other in ["Http_Proxy", "SOCKS_PROXY", "PROXY", "HTTP_PROXY_USER"] {
            assert!(refusal(other).is_some(), "{other}");
        }
    }

    #[test]
    fn a_value_given_without_a_name_is_not_repeated() {
        for pasted in
            ["s3cr3t!value", concat!("postgresql://user:", "s3cr3t@host/db?sslmode=require"), "s3cr3taHVudGVyMg=="]
        {
            let error = BuildArg::read(OsStr::new(pasted)).unwrap_err().message;
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_value_is_ever_shown(value in "[!-~]{8,40}") {
            let arg = BuildArg::read(OsStr::new(&format!("NODE_ENV={value}"))).unwrap();
            prop_assert_eq!(arg.value.as_ref().unwrap().text(), Some(value.as_str()));
            let shown = format!("{arg:?}");
            prop_assert!(!shown.contains(&value), "{}", shown);
        }
    }
}
