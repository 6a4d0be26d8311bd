//! `xtask release --push` to a real registry and a bare repository, with each store: what is public is what was
//! verified, and whatever breaks is undone or finished.

use std::path::PathBuf;

use crate::front::{Fault, Front, Words};
use crate::parts::engine;
use crate::registry::{copy_tag, digest, tags};
use crate::releases::{Picture, Run, World, assert_same, references};
use crate::rig::{Engine, fact};

/// A repository to release from, with a remote and a registry behind a front.
pub(crate) struct Public {
    pub(crate) world: World,
    remote: PathBuf,
    pub(crate) registry: String,
    pub(crate) front: Front,
    /// The call that gives the second image the name 1.2.0 in the registry.
    naming: &'static str,
}

impl Public {
    /// With an engine of the classic store or of the containerd store; none if a part is missing.
    fn new(test: &str, containerd: bool) -> Option<Self> {
        let registry = fact(test, "registry", "address")?;
        let engine = if containerd {
            let current = |name: &str| fact(test, "engine-current", name);
            Engine::at(&current("docker_host")?, Some(&current("docker_config")?))
        } else {
            engine(test).then(Engine::own)?
        };
        // The machine's own client does not know which registries speak HTTP, so the engine pushes.
        let naming = if containerd { "docker buildx imagetools create *-b:1.2.0 *" } else { "docker push *-b:1.2.0" };
        Some(Self { naming, ..Self::of(registry, World::plain(&engine), "") })
    }

    /// A repository whose releases go to this registry, with more settings of them.
    pub(crate) fn of(registry: String, world: World, settings: &str) -> Self {
        let front = Front::before(&registry);
        let release = format!("[release]\nregistry = \"{}/tf-releases\"\n{settings}", front.address());
        let path = world.root.join("taskflow.toml");
        let config = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, config + &release).unwrap();
        world.commit("a registry");
        let remote = world.with_remote();
        Self { world, remote, registry, front, naming: "" }
    }

    pub(crate) fn repository(&self, component: &str) -> String {
        format!("tf-releases/{}-{component}", self.world.project)
    }

    /// The registry's digest of a component's image.
    pub(crate) fn digest(&self, component: &str, tag: &str) -> Option<String> {
        digest(&self.registry, &self.repository(component), tag)
    }

    /// Everything that a release may change, except for candidates in the registry.
    pub(crate) fn picture(&self) -> Picture {
        let mut picture = self.world.picture();
        picture.extend(references(&self.remote, "remote"));
        let project = format!("/{}-", self.world.project);
        let public =
            tags(&self.registry).into_iter().filter(|(name, _)| name.contains(&project) && !name.contains("-g"));
        picture.extend(public.map(|(name, digest)| (format!("registry {name}"), digest)));
        picture
    }

    pub(crate) fn release(&self, version: &str, args: &[&str]) -> Run {
        self.world.release(version, args)
    }

    /// Checks that a release is complete here, in the remote, and in the registry.
    #[track_caller]
    fn is_released(&self, version: &str, run: &Run) {
        self.world.is_released(version, &run.ids());
        let tag = format!("refs/tags/v{version}");
        let remote = references(&self.remote, "remote");
        for name in ["refs/heads/main", &tag] {
            assert_eq!(remote.get(&format!("remote {name}")), Some(&self.world.git(&["rev-parse", name])));
        }
        let record = self.world.record(version);
        let digests = self.world.root.join("target/xtask/releases").join(version).join("digests.txt");
        let digests = std::fs::read_to_string(digests).unwrap();
        let candidate = run.document["release"]["candidate_tag"].as_str().unwrap();
        for (component, id) in run.ids() {
            let public = self.digest(component, version).unwrap();
            assert_eq!(Some(&public), self.digest(component, candidate).as_ref());
            let recorded = record["components"].as_array().unwrap().iter().find(|one| one["component"] == component);
            assert_eq!(recorded.unwrap()["digest"], public.as_str());
            let name = format!("{}/{}:{version}", self.front.address(), self.repository(component));
            let line = format!("{}  {name}\n", public.strip_prefix("sha256:").unwrap());
            assert!(digests.contains(&line), "{line} is not in {digests}");
            // What the registry gives to others is the image that was verified.
            assert_eq!(self.world.engine.id(&name), None);
            self.world.engine.docker(&["pull", "--quiet", &name]);
            assert_eq!(self.world.engine.id(&name), Some(id));
            self.world.engine.forget(&[&name]);
        }
    }
}

/// Tests with each store.
macro_rules! with_each_store {
    ($($test:ident),+ $(,)?) => {
        $(
            mod $test {
                #[test]
                fn classic() {
                    if let Some(public) = super::Public::new(concat!(stringify!($test), "::classic"), false) {
                        super::$test(&public);
                    }
                }

                #[test]
                fn containerd() {
                    if let Some(public) = super::Public::new(concat!(stringify!($test), "::containerd"), true) {
                        super::$test(&public);
                    }
                }
            }
        )+
    };
}

with_each_store!(
    what_is_public_is_what_was_verified,
    a_version_that_is_public_already_is_compared,
    a_connection_that_is_cut_is_finished_later,
    a_killed_release_is_resumed_or_undone,
);

fn what_is_public_is_what_was_verified(public: &Public) {
    let before = public.picture();
    let everything = public.world.everything();
    public.release("1.0.0", &["--dry-run", "--push"]).ends(0, "nothing-done");
    assert_same(&everything, &public.world.everything(), "after the dry run");
    assert_same(&before, &public.picture(), "after the dry run");
    assert!(public.front.written().is_empty());
    let run = public.release("1.0.0", &["--yes", "--push"]).ends(0, "released");
    public.is_released("1.0.0", &run);
    let after = public.picture();
    public.world.calls();
    public.front.set([]);
    public.release("1.0.0", &["--yes", "--push"]).ends(0, "already-released").says("nothing to do");
    assert_same(&after, &public.picture(), "after the second run");
    let calls = public.world.calls();
    assert!(calls.len() < 14 && public.front.written().is_empty(), "{calls:?}");
}

fn a_version_that_is_public_already_is_compared(public: &Public) {
    // Somebody has released another image as 1.0.0 of the second component.
    let name = format!("{}/{}:other", public.front.address(), public.repository("b"));
    public.world.other_image(&name);
    public.world.engine.docker(&["push", "--quiet", &name]);
    public.world.engine.forget(&[&name]);
    copy_tag(&public.registry, &public.repository("b"), "other", "1.0.0");
    let other = public.digest("b", "1.0.0").unwrap();
    let before = public.picture();
    let run = public.release("1.0.0", &["--yes", "--push"]).ends(1, "undone").says(&other);
    let candidate = run.document["release"]["candidate_tag"].as_str().unwrap().to_owned();
    let run = run.says(&public.digest("b", &candidate).unwrap());
    run.says("release 1.0.0 stopped in step `upload`; everything was undone");
    assert_same(&before, &public.picture(), "after the refusal");
    // The same digest is there already: nothing is written under the name.
    let held = public.world.held("1.1.0", &["--push"], "publish", "git *update-ref*");
    let candidate = public.world.candidate_tag();
    copy_tag(&public.registry, &public.repository("b"), &candidate, "1.1.0");
    public.front.set([Fault::Immutable(Words::Harbor)]);
    let run = held.goes_on().ends(0, "released").says("Present");
    assert_eq!(public.front.written(), ["1.1.0"]);
    public.is_released("1.1.0", &run);
    // Somebody else is faster by a moment, and the registry does not overwrite names.
    let held = public.world.held("1.2.0", &["--push"], "promote", public.naming);
    copy_tag(&public.registry, &public.repository("b"), "other", "1.2.0");
    let run = held.goes_on().ends(5, "unfinished").says(&other).says("--resume");
    let candidate = run.document["release"]["candidate_tag"].as_str().unwrap().to_owned();
    run.says(&public.digest("b", &candidate).unwrap()).says("does not let its tags be overwritten");
    assert_eq!(public.digest("b", "1.2.0"), Some(other));
}

fn a_connection_that_is_cut_is_finished_later(public: &Public) {
    // The second name of the version: the first one is the other component's.
    let cut = Fault::Refused { repository: public.repository("b"), tag: Some("1.0.0".to_owned()) };
    public.front.set([cut]);
    let run = public.release("1.0.0", &["--yes", "--push"]).ends(5, "unfinished").says("--resume");
    let run = run.says("it is public already, so nothing was undone");
    assert_eq!(public.digest("b", "1.0.0"), None);
    let first = public.digest("a", "1.0.0").unwrap();
    drop(run);
    public.release("1.0.0", &["--abort"]).ends(5, "").says("is public and cannot be undone");
    public.release("1.0.0", &["--yes", "--push"]).ends(3, "").says("--resume");
    // The connection is lost for good while the manifest is written, taken or not.
    for taken in [false, true] {
        public.front.set([Fault::CutManifest { tag: "1.0.0".to_owned(), taken, for_good: true }]);
        public.release("1.0.0", &["--resume"]).ends(5, "unfinished").says("--resume");
        assert_eq!(public.digest("b", "1.0.0").is_some(), taken);
    }
    public.front.set([]);
    let run = public.release("1.0.0", &["--resume"]).ends(0, "released");
    public.is_released("1.0.0", &run);
    assert_eq!(public.digest("a", "1.0.0"), Some(first));
    // Before anything is public, a registry that is gone undoes the release.
    let before = public.picture();
    let held = public.world.held("1.1.0", &["--push"], "upload", "docker push *-b:*");
    public.front.set([Fault::CutAfter(0)]);
    held.goes_on().ends(1, "undone").says("everything was undone");
    public.front.set([]);
    assert_same(&before, &public.picture(), "after the upload");
}

fn a_killed_release_is_resumed_or_undone(public: &Public) {
    let before = public.picture();
    let calls = [("upload", "docker push *-b:*"), ("push", "git *ls-remote*")];
    for (step, pattern) in calls {
        public.world.held("1.0.0", &["--push"], step, pattern).killed(true);
        public.release("1.0.0", &["--abort"]).ends(0, "undone");
        assert_same(&before, &public.picture(), pattern);
    }
    let calls = [("upload", "docker push *-b:*"), ("push", "git *push --atomic*"), ("promote", public.naming)];
    for (number, (step, pattern)) in calls.iter().enumerate() {
        let version = format!("1.{number}.0");
        public.world.held(&version, &["--push"], step, pattern).killed(true);
        if *step != "upload" {
            public.release(&version, &["--abort"]).ends(5, "").says("is public and cannot be undone");
        }
        let run = public.release(&version, &["--resume"]).ends(0, "released");
        public.is_released(&version, &run);
    }
}
