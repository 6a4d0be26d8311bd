//! What is run on nodes.

use snapbox::str;
use xtask::domain::image::ImageReference;
use xtask::domain::minikube::profile::Runtime;
use xtask::domain::minikube::script::{ask, load, remove_and_ask, wait_and_ask};

use crate::harness::run::compare;

fn images() -> [(ImageReference, String); 1] {
    [(ImageReference { repository: "app".parse().unwrap(), tag: "1.0.0".parse().unwrap() }, "sha256:aa".to_owned())]
}

#[test]
fn a_node_with_an_engine() {
    compare(
        &ask(Runtime::Docker),
        str![[
            r#"t() { echo "@taskflow $1"; }; t lines; docker images --no-trunc --format '{{.|json}}'; t layers; docker images --quiet --no-trunc | sort -u | xargs -r docker image inspect --format '{{.Id}}={{.RootFS.Layers|json}}'; t holders; docker ps --quiet | xargs -r docker inspect --format '{{.Image}}={{.Name}}'; t architecture; uname -m; t files; df -kP /var/lib/minikube | tail -n 1; t store; df -kP "$(docker info --format '{{.DockerRootDir}}')" | tail -n 1; t end"#
        ]],
    );
    compare(
        &remove_and_ask(Runtime::Docker, "x.tar"),
        str![[
            r#"t() { echo "@taskflow $1"; }; sudo rm -f /var/lib/minikube/images/x.tar; [ -e /var/lib/minikube/images/x.tar ] && t kept || t removed; t lines; docker images --no-trunc --format '{{.|json}}'; t layers; docker images --quiet --no-trunc | sort -u | xargs -r docker image inspect --format '{{.Id}}={{.RootFS.Layers|json}}'; t holders; docker ps --quiet | xargs -r docker inspect --format '{{.Image}}={{.Name}}'; t architecture; uname -m; t files; df -kP /var/lib/minikube | tail -n 1; t store; df -kP "$(docker info --format '{{.DockerRootDir}}')" | tail -n 1; t end"#
        ]],
    );
    compare(
        &wait_and_ask(Runtime::Docker, "x.tar", &images(), 60, Some("/data")),
        str![[
            r#"t() { echo "@taskflow $1"; }; trap "sudo rm -f /var/lib/minikube/images/x.tar; exit 1" HUP INT TERM; n=0; until { [ -e /var/lib/minikube/images/x.tar ] && [ "$(docker images --no-trunc --format '{{.Repository}}:{{.Tag}}={{.ID}}' | grep -cxF -e app:1.0.0=sha256:aa)" -ge 1 ]; } || [ $n -ge 300 ]; do n=$((n+1)); sleep 0.2; done; sudo rm -f /var/lib/minikube/images/x.tar; [ -e /var/lib/minikube/images/x.tar ] && t kept || t removed; t lines; docker images --no-trunc --format '{{.|json}}'; t architecture; uname -m; t files; df -kP /var/lib/minikube | tail -n 1; t store; df -kP /data | tail -n 1; t end"#
        ]],
    );
    compare(&load(Runtime::Docker, "x.tar"), str!["docker load --input /var/lib/minikube/images/x.tar"]);
}

#[test]
fn a_node_with_containerd() {
    compare(
        &ask(Runtime::Containerd),
        str![[
            r#"t() { echo "@taskflow $1"; }; t list; sudo crictl images --output json; t architecture; uname -m; t files; df -kP /var/lib/minikube | tail -n 1; t store; df -kP /var/lib/containerd | tail -n 1; t end"#
        ]],
    );
    compare(
        &wait_and_ask(Runtime::Containerd, "x.tar", &images(), 60, None),
        str![[
            r#"t() { echo "@taskflow $1"; }; trap "sudo rm -f /var/lib/minikube/images/x.tar; exit 1" HUP INT TERM; n=0; until { [ -e /var/lib/minikube/images/x.tar ] && [ "$(sudo crictl images --no-trunc | tr -s ' ' | cut -d ' ' -f 1-3 | grep -cxF -e 'docker.io/library/app 1.0.0 sha256:aa')" -ge 1 ]; } || [ $n -ge 300 ]; do n=$((n+1)); sleep 0.2; done; sudo rm -f /var/lib/minikube/images/x.tar; [ -e /var/lib/minikube/images/x.tar ] && t kept || t removed; t list; sudo crictl images --output json; t architecture; uname -m; t files; df -kP /var/lib/minikube | tail -n 1; t end"#
        ]],
    );
    compare(
        &load(Runtime::Containerd, "x.tar"),
        str!["sudo ctr --namespace k8s.io images import /var/lib/minikube/images/x.tar"],
    );
}

#[test]
fn a_node_with_cri_o() {
    compare(
        &ask(Runtime::CriO),
        str![[
            r#"t() { echo "@taskflow $1"; }; t list; sudo crictl images --output json; t architecture; uname -m; t files; df -kP /var/lib/minikube | tail -n 1; t store; df -kP /var/lib/containers | tail -n 1; t end"#
        ]],
    );
    compare(
        &wait_and_ask(Runtime::CriO, "x.tar", &images(), 60, None),
        str![[
            r#"t() { echo "@taskflow $1"; }; trap "sudo rm -f /var/lib/minikube/images/x.tar; exit 1" HUP INT TERM; n=0; until { [ -e /var/lib/minikube/images/x.tar ] && [ "$(sudo crictl images --no-trunc | tr -s ' ' | cut -d ' ' -f 1-3 | grep -cxF -e 'docker.io/library/app 1.0.0 aa')" -ge 1 ]; } || [ $n -ge 300 ]; do n=$((n+1)); sleep 0.2; done; sudo rm -f /var/lib/minikube/images/x.tar; [ -e /var/lib/minikube/images/x.tar ] && t kept || t removed; t list; sudo crictl images --output json; t architecture; uname -m; t files; df -kP /var/lib/minikube | tail -n 1; t end"#
        ]],
    );
    compare(&load(Runtime::CriO, "x.tar"), str!["sudo podman load --input /var/lib/minikube/images/x.tar"]);
}

#[test]
fn scripts_are_shell_that_every_shell_reads() {
    for runtime in [Runtime::Docker, Runtime::Containerd, Runtime::CriO] {
        for script in
            [ask(runtime), remove_and_ask(runtime, "it's.tar"), wait_and_ask(runtime, "x", &images(), 1, None)]
        {
            let checked = std::process::Command::new("sh").args(["-n", "-c", &script]).output().unwrap();
            assert!(checked.status.success(), "{script}: {}", String::from_utf8_lossy(&checked.stderr));
        }
    }
}
