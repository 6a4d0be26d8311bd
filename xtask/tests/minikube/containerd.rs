//! containerd as the runtime of a node: Debian's, with its plugin for kubelets, behind the fake client.

use std::process::Command;

use crate::fake::{Fake, NodeKind};
use crate::world::{Engine, Repository, fact};

fn names(address: &str) -> String {
    let ls = ["--address", address, "--namespace", "k8s.io", "images", "ls"];
    String::from_utf8(Command::new("ctr").args(ls).output().unwrap().stdout).unwrap()
}

fn forget(address: &str, project: &str) {
    for line in names(address).lines().filter(|line| line.contains(project)) {
        let name = line.split_whitespace().next().unwrap();
        let rm = ["--address", address, "--namespace", "k8s.io", "images", "rm", "--sync", name];
        assert!(Command::new("ctr").args(rm).output().unwrap().status.success());
    }
}

fn loads_and_proves(test: &str, host: &Engine) {
    let Some(address) = fact(test, "containerd-node", "address") else { return };
    let repository = Repository::new(&["app", "other"]);
    repository.build(host);
    let fake = Fake::new(&repository, &[("minikube", NodeKind::Containerd(address.clone()))]).with_host(host);
    let first = fake.load("", &[]).code(0);
    for component in ["app", "other"] {
        assert_eq!(first.how(component), "full");
        let reference = format!("docker.io/library/{}", repository.reference(component));
        assert!(names(&address).contains(&reference), "{}", names(&address));
        // The runtime keeps a name that is the config digest; it is what pods are started by.
        assert!(names(&address).lines().any(|line| line.starts_with(&first.proven(component))));
    }
    assert_eq!(fake.load("", &[]).code(0).how("app"), "present");
    repository.change("app", "second");
    repository.build(host);
    let changed = fake.load("", &[]).code(0);
    assert_eq!((changed.how("app"), changed.how("other")), ("full", "present"));
    assert_ne!(changed.proven("app"), first.proven("app"));
    assert!(fake.files("minikube").is_empty());
    let cut = {
        repository.change("app", "third");
        repository.build(host);
        fake.load("cut", &[]).code(1)
    };
    cut.says("did not take effect").says("another image").says("the runtime of node `minikube` said: ctr:");
    forget(&address, &repository.project);
    repository.forget(&[host]);
}

#[test]
fn from_an_engine_with_the_classic_store() {
    loads_and_proves("from_an_engine_with_the_classic_store", &Engine::own());
}

#[test]
fn from_an_engine_with_the_containerd_store() {
    let test = "from_an_engine_with_the_containerd_store";
    let (Some(host), Some(config)) =
        (fact(test, "engine-current", "docker_host"), fact(test, "engine-current", "docker_config"))
    else {
        return;
    };
    loads_and_proves(test, &Engine::at(&host, Some(&config)));
}
