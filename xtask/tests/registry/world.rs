//! Engines and clients of all kinds, a repository of a test's own, and images to push.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use process::Runner;
use xtask::domain::image::Reference;
use xtask::domain::registry::{Candidate, RegistryFailure, RegistryTools};
use xtask::effects::docker;
use xtask::effects::registry::{self as subject, RegistryError};

use crate::front::{Fault, Front};
use crate::parts::{root, scratch};
use crate::registry::digest;
use crate::rig::{Engine, fact};

/// An engine and a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The machine's own engine, with the classic store, and its own client.
    Own,
    /// The same, as if the client had no buildx.
    WithoutBuildx,
    /// The machine's own engine, and a client with a current buildx.
    CurrentBuildx,
    /// An engine with the containerd store, and a client with a current buildx.
    Containerd,
    /// The machine's own engine, and a client with settings of the test's own, in `DOCKER_CONFIG`.
    OwnSettings,
}

/// Tests with each kind of engine and client.
macro_rules! with_each_kind {
    ($($test:ident),+ $(,)?) => {
        $crate::world::with_kind!(own, Own, $($test),+);
        $crate::world::with_kind!(without_buildx, WithoutBuildx, $($test),+);
        $crate::world::with_kind!(current_buildx, CurrentBuildx, $($test),+);
        $crate::world::with_kind!(containerd_store, Containerd, $($test),+);
    };
}
pub(crate) use with_each_kind;

/// Tests with one kind of engine and client.
macro_rules! with_kind {
    ($module:ident, $kind:ident, $($test:ident),+) => {
        mod $module {
            $(
                #[test]
                fn $test() {
                    let path = concat!(module_path!(), "::", stringify!($test));
                    $crate::world::World::with($crate::world::Kind::$kind, path, super::$test);
                }
            )+
        }
    };
}
pub(crate) use with_kind;

/// Names the test that runs in a process of its own.
const ALONE: &str = "TASKFLOW_REGISTRY_TEST";

/// What a test has.
pub(crate) struct World {
    /// The address of the registry.
    pub(crate) registry: String,
    /// A front before it.
    pub(crate) front: Front,
    pub(crate) runner: Runner,
    pub(crate) tools: RegistryTools,
    /// A repository that no other test has.
    pub(crate) repository: String,
    pub(crate) engine: Engine,
}

impl World {
    /// Runs a test. The client finds its engine by its environment, so that a test with another engine runs in a
    /// process of its own.
    pub(crate) fn with(kind: Kind, path: &str, test: fn(&World)) {
        let Some(registry) = fact(path, "registry", "address") else { return };
        let current = |name: &str| fact(path, "engine-current", name);
        let mut settings = None;
        let env = match kind {
            Kind::Own | Kind::WithoutBuildx => Vec::new(),
            Kind::OwnSettings => {
                let folder = settings.get_or_insert_with(scratch).path();
                // The plugins of the user's own client.
                let own = std::env::var_os("HOME").map(|home| Path::new(&home).join(".docker/cli-plugins"));
                if let Some(own) = own.filter(|own| own.is_dir()) {
                    std::os::unix::fs::symlink(own, folder.join("cli-plugins")).unwrap();
                }
                vec![("DOCKER_CONFIG".to_owned(), folder.to_string_lossy().into_owned())]
            }
            Kind::CurrentBuildx => {
                let Some(config) = current("docker_config") else { return };
                vec![("DOCKER_CONFIG".to_owned(), config)]
            }
            Kind::Containerd => {
                let (Some(host), Some(config)) = (current("docker_host"), current("docker_config")) else { return };
                Engine::at(&host, Some(&config)).env
            }
        };
        if !crate::parts::engine(path) {
            return;
        }
        if !env.is_empty() && std::env::var(ALONE).as_deref() != Ok(path) {
            let (_, name) = path.split_once("::").unwrap();
            let mut alone = Command::new(std::env::current_exe().unwrap());
            alone.args(["--exact", name, "--nocapture"]).env(ALONE, path).envs(env);
            let output = alone.output().unwrap();
            let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
            assert!(output.status.success() && said.contains("1 passed"), "{said}");
            return;
        }
        test(&Self::new(kind, registry));
    }

    fn new(kind: Kind, registry: String) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let runner = Runner::new(root());
        let tools = match kind {
            Kind::WithoutBuildx => RegistryTools { inspects: false, copies: false },
            _ => RegistryTools::of(&docker::engine_facts(&runner).unwrap().builder),
        };
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        // The registry keeps what earlier runs have pushed, and IDs of processes come again.
        let moment = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let repository = format!("tf-registry/{moment}-{number}");
        let front = Front::before(&registry);
        Self { registry, front, runner, tools, repository, engine: Engine::own() }
    }

    /// The reference of a tag, by way of the front.
    pub(crate) fn reference(&self, tag: &str) -> Reference {
        format!("{}/{}:{tag}", self.front.address(), self.repository).parse().unwrap()
    }

    /// Builds an image with this content under a tag; returns its ID.
    pub(crate) fn build(&self, tag: &str, content: &str) -> String {
        let folder = scratch();
        let dockerfile = format!("FROM scratch\nCOPY content /content\nLABEL repository={}\n", self.repository);
        fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
        fs::write(folder.path().join("content"), content).unwrap();
        let name = self.reference(tag).to_string();
        let path = folder.path().to_string_lossy();
        let plain = ["buildx", "build", "--quiet", "--load", "--provenance=false", "--sbom=false", "--tag"];
        self.engine.docker(&[&plain[..], &[&name, &path]].concat());
        self.engine.id(&name).unwrap()
    }

    /// The digest that the registry has under a tag, by its own word.
    pub(crate) fn digest(&self, tag: &str) -> Option<String> {
        digest(&self.registry, &self.repository, tag)
    }

    /// Pushes an image through the code under test.
    pub(crate) fn push(&self, tag: &str) -> Result<String, RegistryError> {
        subject::push(&self.runner, self.tools, &self.reference(tag), &mut |_| ()).map(|digest| digest.to_string())
    }

    /// Builds and pushes an image under a tag.
    pub(crate) fn pushed(&self, tag: &str, content: &str) -> Candidate {
        self.build(tag, content);
        let digest = self.push(tag).unwrap();
        assert_eq!(self.digest(tag), Some(digest.clone()));
        Candidate { reference: self.reference(tag), digest: digest.parse().unwrap() }
    }

    /// Asks the code under test for a digest.
    pub(crate) fn ask(&self, tag: &str) -> Result<Option<String>, RegistryError> {
        let digest = subject::digest_of(&self.runner, self.tools, &self.reference(tag));
        digest.map(|digest| digest.map(|digest| digest.to_string()))
    }

    /// Gives a candidate another tag through the code under test.
    pub(crate) fn promote(&self, candidate: &Candidate, tag: &str) -> Result<(String, bool), RegistryError> {
        let to = self.reference(tag);
        let promoted = subject::promote(&self.runner, self.tools, candidate, &to, &mut |_| ());
        promoted.map(|promoted| (promoted.digest.to_string(), promoted.was_there))
    }

    /// Sets one fault, does something, and ends the fault. A fault of a manifest must have been met.
    #[track_caller]
    pub(crate) fn during<T>(&self, fault: Fault, what: impl FnOnce() -> T) -> T {
        self.front.set([fault]);
        let done = what();
        assert!(!self.front.waits(), "{:?}", self.front.requests());
        self.front.set([]);
        done
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let name = format!("{}/{}", self.front.address(), self.repository);
        // The images of a test have a label of its own, so no other test has them.
        let listed = self.engine.docker(&["image", "ls", "--no-trunc", "--quiet", &name]);
        self.engine.forget(&listed.lines().collect::<Vec<_>>());
    }
}

/// The failure of a registry.
#[track_caller]
pub(crate) fn failure<T: std::fmt::Debug>(result: Result<T, RegistryError>) -> RegistryFailure {
    match result {
        Err(RegistryError::Registry(failure)) => failure,
        other => panic!("no failure of a registry: {other:?}"),
    }
}
