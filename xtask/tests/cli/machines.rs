//! What `bootstrap` decides for every kind of machine.

use snapbox::{IntoData, str};
use xtask::domain::bootstrap::{MachineFacts, engine_step};

use crate::harness::run::{compare, rendered};

fn bare() -> MachineFacts {
    MachineFacts {
        engine: Err("dial unix /var/run/docker.sock: connect: no such file or directory".to_owned()),
        dockerd: false,
        buildkit: false,
        chosen_endpoint: None,
        root: false,
        systemd: false,
        systems: Vec::new(),
    }
}

fn on_system(name: &str) -> MachineFacts {
    MachineFacts { systems: vec![name.to_owned()], ..bare() }
}

#[track_caller]
fn decides(facts: &MachineFacts, expected: impl IntoData) {
    let text = match engine_step(facts) {
        Ok(None) => "nothing to do\n".to_owned(),
        Ok(Some(step)) => format!("`{}`: {}\n", step.invocation, step.what),
        Err(problem) => rendered(&problem),
    };
    compare(&text, expected);
}

#[test]
fn an_engine_that_answers() {
    let answers = MachineFacts { engine: Ok("26.1.5".to_owned()), ..on_system("debian") };
    decides(
        &answers,
        str![[r#"
nothing to do

"#]],
    );
    decides(
        &MachineFacts { root: true, ..answers.clone() },
        str![[r#"
`cargo rig up engine`: getting the buildx plugin for the docker client

"#]],
    );
    decides(
        &MachineFacts { root: true, buildkit: true, ..answers },
        str![[r#"
nothing to do

"#]],
    );
}

#[test]
fn steps_of_root() {
    let debian = MachineFacts { root: true, ..on_system("debian") };
    decides(
        &debian,
        str![[r#"
`cargo rig up engine`: installing the engine from the distribution's packages and starting it

"#]],
    );
    decides(
        &MachineFacts { dockerd: true, ..debian.clone() },
        str![[r#"
`cargo rig up engine`: starting the installed engine by hand, as no init system does it here

"#]],
    );
    decides(
        &MachineFacts { dockerd: true, systemd: true, ..debian },
        str![[r#"
`systemctl start docker`: starting the installed engine

"#]],
    );
}

#[test]
fn steps_by_hand() {
    decides(
        &on_system("debian"),
        str![[r#"
error: no Docker engine answers
caused by: dial unix /var/run/docker.sock: connect: no such file or directory
hint: run `sudo apt-get install docker.io && sudo systemctl start docker`
hint: or run the command again as root

"#]],
    );
    decides(
        &on_system("fedora"),
        str![[r#"
error: no Docker engine answers
caused by: dial unix /var/run/docker.sock: connect: no such file or directory
hint: run `sudo dnf install moby-engine docker-cli docker-buildx && sudo systemctl start docker`

"#]],
    );
    decides(
        &on_system("arch"),
        str![[r#"
error: no Docker engine answers
caused by: dial unix /var/run/docker.sock: connect: no such file or directory
hint: run `sudo pacman -S docker docker-buildx && sudo systemctl start docker`

"#]],
    );
    decides(
        &on_system("alpine"),
        str![[r#"
error: no Docker engine answers
caused by: dial unix /var/run/docker.sock: connect: no such file or directory
hint: run `apk add docker docker-cli-buildx && rc-service docker start` as root

"#]],
    );
    decides(
        &on_system("suse"),
        str![[r#"
error: no Docker engine answers
caused by: dial unix /var/run/docker.sock: connect: no such file or directory
hint: run `sudo zypper install docker docker-buildx && sudo systemctl start docker`

"#]],
    );
    decides(
        &on_system("macos"),
        str![[r#"
error: no Docker engine answers
caused by: dial unix /var/run/docker.sock: connect: no such file or directory
hint: install and start Docker Desktop, or run `brew install colima docker docker-buildx && colima start`

"#]],
    );
    decides(
        &bare(),
        str![[r#"
error: no Docker engine answers
caused by: dial unix /var/run/docker.sock: connect: no such file or directory
hint: install the Docker engine for this system and start it; `docker version` must show a server

"#]],
    );
    decides(
        &MachineFacts { dockerd: true, ..bare() },
        str![[r#"
error: no Docker engine answers
caused by: dial unix /var/run/docker.sock: connect: no such file or directory
hint: run `sudo dockerd` in another terminal

"#]],
    );
    decides(
        &MachineFacts { dockerd: true, systemd: true, ..bare() },
        str![[r#"
error: no Docker engine answers
caused by: dial unix /var/run/docker.sock: connect: no such file or directory
hint: run `sudo systemctl start docker`

"#]],
    );
}

#[test]
fn an_engine_that_this_user_may_not_use() {
    let reason = "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock";
    decides(
        &MachineFacts { engine: Err(reason.to_owned()), dockerd: true, ..on_system("debian") },
        str![[r#"
error: no Docker engine answers
caused by: permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock
note: an engine is running, but this user may not use it
hint: run `sudo usermod -aG docker "$USER"`, log in again, then run the command again

"#]],
    );
}

#[test]
fn a_client_that_is_missing_has_no_words() {
    decides(
        &MachineFacts { engine: Err(String::new()), ..on_system("debian") },
        str![[r#"
error: no Docker engine answers
hint: run `sudo apt-get install docker.io && sudo systemctl start docker`
hint: or run the command again as root

"#]],
    );
}
