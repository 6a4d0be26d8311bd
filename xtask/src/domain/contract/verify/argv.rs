//! The calls of docker for containers. Nothing here starts a process.

use process::{HiddenValue, Invocation};

use super::run_label::{LABEL, RunLabel};

/// A container to start.
#[derive(Clone, Debug)]
pub struct ContainerRequest {
    /// Its name.
    pub name: String,
    /// The engine's ID of its image.
    pub image: String,
    /// The run that starts it.
    pub run: RunLabel,
    /// The port to publish on the loopback, as `3000/tcp`; none for a container that nobody asks.
    pub port: Option<String>,
    /// Variables whose values may be shown.
    pub plain: Vec<(String, String)>,
    /// Variables whose values are secret.
    pub secret: Vec<(String, HiddenValue)>,
    /// What is mounted, as `--volume` takes it.
    pub volumes: Vec<String>,
    /// More options.
    pub options: Vec<String>,
    /// The words of the command; the image's own if there are none.
    pub command: Vec<String>,
}

/// Returns the call that starts a container in the background. Secret values are only in the environment of the client.
pub fn run(request: &ContainerRequest) -> Invocation {
    let ContainerRequest { name, image, run, port, plain, secret, volumes, options, command } = request;
    let mut args = ["run", "--detach", "--pull", "never", "--name", name].map(str::to_owned).to_vec();
    args.extend(["--label".to_owned(), format!("{LABEL}={run}")]);
    args.extend(port.iter().flat_map(|port| ["--publish".to_owned(), format!("127.0.0.1::{port}")]));
    args.extend(volumes.iter().flat_map(|volume| ["--volume".to_owned(), volume.clone()]));
    args.extend(plain.iter().flat_map(|(name, value)| ["--env".to_owned(), format!("{name}={value}")]));
    args.extend(secret.iter().flat_map(|(name, _)| ["--env".to_owned(), name.clone()]));
    args.extend(options.iter().cloned());
    args.push(image.clone());
    args.extend(command.iter().cloned());
    let call = Invocation::new("docker", args);
    secret.iter().fold(call, |call, (name, value)| call.hidden_env(name, value.clone()))
}

/// Returns the call that prints the address of the engine that the client uses.
pub fn endpoint() -> Invocation {
    Invocation::new("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"])
}

/// Whether an engine at this address runs on this machine, so that its loopback and its files are those of xtask. An
/// address that is not known counts as one of this machine: then the containers are started, and tell.
pub fn is_local(endpoint: &str) -> bool {
    let Some((scheme, rest)) = endpoint.trim().split_once("://") else { return true };
    let is_loopback = ["127.", "localhost", "[::1]"].iter().any(|host| rest.starts_with(host));
    !["tcp", "http", "https", "ssh"].contains(&scheme) || is_loopback && scheme != "ssh"
}

/// Returns the call that describes a container.
pub fn inspect(name: &str) -> Invocation {
    Invocation::new("docker", ["container", "inspect", name])
}

/// Returns the call that prints the last lines of a container's output.
pub fn logs(name: &str) -> Invocation {
    Invocation::new("docker", ["logs", "--tail", "20", name])
}

/// Returns the call that prints what a container uses.
pub fn stats(name: &str) -> Invocation {
    Invocation::new("docker", ["stats", "--no-stream", "--format", "{{json .}}", name])
}

/// Returns the call of a program in a container.
pub fn exec(name: &str, words: &[&str]) -> Invocation {
    Invocation::new("docker", ["exec", name]).args(words.iter().copied())
}

/// Returns the call that sends a signal to a container.
pub fn signal(name: &str, signal: &str) -> Invocation {
    Invocation::new("docker", ["kill", "--signal", signal, name])
}

/// Returns the call that removes containers and their volumes, even while they run.
pub fn remove(names: &[String]) -> Invocation {
    Invocation::new("docker", ["rm", "--force", "--volumes"]).args(names.iter().cloned())
}

/// Returns the call that lists the containers of all runs, each with its label.
pub fn list_containers() -> Invocation {
    let format = format!("{{{{.ID}}}}\t{{{{.Label \"{LABEL}\"}}}}");
    let args = ["ps", "--all", "--no-trunc", "--filter", &format!("label={LABEL}"), "--format", &format];
    Invocation::new("docker", args.map(str::to_owned))
}

/// Returns the call that lists the volumes of all runs, each with its label.
pub fn list_volumes() -> Invocation {
    let format = format!("{{{{.Name}}}}\t{{{{.Label \"{LABEL}\"}}}}");
    let args = ["volume", "ls", "--filter", &format!("label={LABEL}"), "--format", &format];
    Invocation::new("docker", args.map(str::to_owned))
}

/// Returns the call that makes a volume.
pub fn create_volume(name: &str, run: &RunLabel) -> Invocation {
    Invocation::new("docker", ["volume", "create", "--label", &format!("{LABEL}={run}"), name].map(str::to_owned))
}

/// Returns the call that removes volumes.
pub fn remove_volumes(names: &[String]) -> Invocation {
    Invocation::new("docker", ["volume", "rm", "--force"]).args(names.iter().cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_elsewhere_is_known_by_its_address() {
        for local in ["unix:///var/run/docker.sock", "npipe:////./pipe/docker", "tcp://127.0.0.1:2375\n", "", "what"] {
            assert!(is_local(local), "{local}");
        }
        for elsewhere in ["ssh://user@build.example.org", "tcp://10.0.0.5:2376", "ssh://localhost"] {
            assert!(!is_local(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_secret_is_in_no_argument_and_a_port_on_the_loopback_only() {
        let request = ContainerRequest {
            name: "taskflow-verify-1-backend".to_owned(),
            image: "sha256:0123".to_owned(),
            run: "ab-1-2-3".parse().unwrap(),
            port: Some("8000/tcp".to_owned()),
            plain: vec![("FRONTEND_URL".to_owned(), "http://127.0.0.1:3000".to_owned())],
            secret: vec![("DATABASE_URL".to_owned(), HiddenValue::new("planted"))],
            volumes: vec!["/run/a:/run/b".to_owned()],
            options: vec!["--read-only".to_owned()],
            command: Vec::new(),
        };
        assert_eq!(
            run(&request).to_string(),
            "DATABASE_URL=*** docker run --detach --pull never --name taskflow-verify-1-backend \
             --label dev.taskflow.verify=ab-1-2-3 --publish 127.0.0.1::8000/tcp --volume /run/a:/run/b \
             --env FRONTEND_URL=http://127.0.0.1:3000 --env DATABASE_URL --read-only sha256:0123"
        );
    }
}
