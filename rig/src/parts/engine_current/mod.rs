//! A current engine beside the machine's own. It keeps images in containerd, as new installations of Docker do, where
//! an image's ID is the digest of its manifest. It has the current buildx and the base images of the machine's own
//! engine.

use anyhow::Result;
use serde_json::json;

use crate::apt::need;
use crate::cache::{Cache, text};
use crate::go::{self, Set};
use crate::part::names::{self, ENGINE_CURRENT as NAME};
use crate::part::{Part, Status};
use crate::report::State;
use crate::separate::{Engine, Setup};
use crate::ui;

mod bases;
mod client;

const ENGINE: Set = Set {
    name: "moby",
    what: "moby v2.0.0-beta.24",
    time: "about 3 minutes on two cores",
    module: include_str!("../../../go/moby/go.mod"),
    sums: include_str!("../../../go/moby/go.sum"),
    packages: &["github.com/moby/moby/v2/cmd/docker-proxy", "github.com/moby/moby/v2/cmd/dockerd"],
    tags: "",
    variables: &[],
    c_code: None,
};

/// Debian 12's runc is too old: it does not support time namespaces.
const RUNC: Set = Set {
    name: "runc",
    what: "runc v1.3.3",
    time: "about 10 seconds",
    module: include_str!("../../../go/runc/go.mod"),
    sums: include_str!("../../../go/runc/go.sum"),
    packages: &["github.com/opencontainers/runc"],
    tags: "seccomp",
    variables: &[],
    c_code: Some(&[need("/usr/include/seccomp.h", "libseccomp-dev")]),
};

const BUILDX: Set = Set {
    name: "buildx",
    what: "buildx v0.29.1",
    time: "about 2 minutes on two cores",
    module: include_str!("../../../go/buildx/go.mod"),
    sums: include_str!("../../../go/buildx/go.sum"),
    packages: &["github.com/docker/buildx/cmd/buildx"],
    tags: "",
    variables: &["github.com/docker/buildx/version.Version=v0.29.1"],
    c_code: None,
};

/// All sets that are built for it.
pub const SETS: [&Set; 3] = [&ENGINE, &RUNC, &BUILDX];

/// The part `engine-current`.
#[derive(Debug)]
pub struct EngineCurrent;

impl Part for EngineCurrent {
    fn name(&self) -> &'static str {
        NAME
    }

    fn needs(&self) -> &'static [&'static str] {
        &[names::ENGINE, names::BASES]
    }

    fn up(&self, cache: &Cache) -> Result<()> {
        let engine = Engine::look(cache, NAME);
        engine.require()?;
        // Requirements are checked first: without Go, nothing is installed.
        go::ensure(cache, NAME, &SETS)?;
        Engine::ensure_packages(cache, NAME)?;
        let program = ENGINE.program(cache, "dockerd");
        let prefer = [ENGINE.bin(cache), RUNC.bin(cache)];
        let settings = json!({});
        let made_of = [ENGINE.key(), RUNC.key()].concat();
        engine.up(&Setup {
            program: &program,
            prefer: &prefer,
            settings: &settings,
            made_of: &made_of,
            outside: true,
        })?;
        client::provide(engine.folder(), &BUILDX.program(cache, "buildx"))?;
        bases::copy(cache, &engine)?;
        ui::note(NAME, &format!("up ({})", self.status(cache).detail));
        Ok(())
    }

    fn down(&self, cache: &Cache) -> Result<()> {
        if !Engine::look(cache, NAME).down()? {
            ui::note(NAME, "was not up");
        }
        Ok(())
    }

    fn status(&self, cache: &Cache) -> Status {
        let engine = Engine::look(cache, NAME);
        let (state, detail) = engine.state(true);
        let Some(version) = engine.version().filter(|_| state == State::Up) else {
            return Status::new(state, detail);
        };
        let buildx = BUILDX.what.trim_start_matches("buildx ");
        if !client::is_provided(engine.folder(), &BUILDX.program(cache, "buildx")) {
            return Status::new(State::Partial, format!("{detail}, but no buildx"));
        }
        Status::new(State::Up, format!("{detail}, which is {}, with {}", ENGINE.what, BUILDX.what))
            .fact("docker_host", engine.host())
            .fact("docker_config", text(&client::settings(engine.folder())))
            .fact("version", version)
            .fact("buildx", buildx)
    }
}
