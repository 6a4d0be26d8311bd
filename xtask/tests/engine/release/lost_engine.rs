//! An engine that is gone in the middle of a release: what is left is said, and `--abort` or `--resume` ends it later.

use std::fs;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::parts::{engine, scratch};
use crate::releases::{PLAIN, World, assert_same};
use crate::rig::Engine;

/// A socket before the machine's own engine, which the test can close.
struct Door {
    folder: tempfile::TempDir,
    connections: Arc<Mutex<Vec<UnixStream>>>,
}

impl Door {
    /// Opens a door.
    fn open() -> Self {
        let door = Self { folder: scratch(), connections: Arc::default() };
        door.open_again();
        door
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("docker.sock")
    }

    /// Sends the releases of a repository through the door.
    fn before(&self, world: &mut World) {
        world.env.push(("DOCKER_HOST".to_owned(), format!("unix://{}", self.path().display())));
    }

    fn open_again(&self) {
        let listener = UnixListener::bind(self.path()).unwrap();
        let connections = Arc::clone(&self.connections);
        let path = self.path();
        std::thread::spawn(move || {
            for inside in listener.incoming().filter_map(Result::ok) {
                let Ok(outside) = UnixStream::connect("/var/run/docker.sock") else { continue };
                let both = [inside.try_clone().unwrap(), outside.try_clone().unwrap()];
                let mut open = connections.lock().unwrap_or_else(PoisonError::into_inner);
                // A door that was closed meanwhile lets nobody in.
                if path.exists() {
                    open.extend(both);
                    forward(inside.try_clone().unwrap(), outside.try_clone().unwrap());
                    forward(outside, inside);
                }
            }
        });
    }

    /// Closes all connections, and takes no more.
    fn close(&self) {
        let mut open = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        fs::remove_file(self.path()).unwrap();
        for connection in open.drain(..) {
            drop(connection.shutdown(Shutdown::Both));
        }
    }
}

fn forward(mut from: UnixStream, mut to: UnixStream) {
    std::thread::spawn(move || {
        drop(io::copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Write));
    });
}

#[test]
fn an_engine_that_is_gone_leaves_what_abort_undoes() {
    if !engine("an_engine_that_is_gone_leaves_what_abort_undoes") {
        return;
    }
    let door = Door::open();
    let mut world = World::plain(&Engine::own());
    door.before(&mut world);
    let old = world.other_image(&world.reference("a", "1.0.0"));
    let before = world.picture();
    for (step, pattern) in [
        ("build", "docker *build*-b:*"),
        ("verify", "docker history*"),
        ("publish", "docker tag *-b:1.0.0"),
        ("record", "docker image rm *-b:*"),
    ] {
        let held = world.held("1.0.0", &[], step, pattern);
        door.close();
        let run = held.goes_on().ends(1, "unfinished").says("Cannot connect to the Docker daemon").says("--abort");
        let run = run.says(&format!("release 1.0.0 stopped in step `{step}`, and not all was undone"));
        let left = if ["build", "verify"].contains(&step) { "-b:1.0.0-g" } else { "-b:1.0.0`" };
        run.says("may still have").says(left);
        // Still gone: the second attempt says so, too.
        world.release("1.0.0", &["--abort"]).ends(1, "unfinished").says("may still have").says(left);
        door.open_again();
        world.release("1.0.0", &["--abort"]).ends(0, "undone");
        assert_same(&before, &world.picture(), step);
    }
    assert_eq!(world.id("a", "1.0.0"), Some(old));
    let held = world.held("1.0.0", &[], "publish", "docker tag *-b:1.0.0");
    door.close();
    held.goes_on().ends(1, "unfinished");
    door.open_again();
    let run = world.release("1.0.0", &["--resume"]).ends(0, "released");
    world.is_released("1.0.0", &run.ids());
}

#[test]
fn an_engine_that_goes_away_during_a_step_of_a_build_is_named() {
    if !engine("an_engine_that_goes_away_during_a_step_of_a_build_is_named") {
        return;
    }
    let door = Door::open();
    let slow = "FROM python:3.13-slim\nRUN sleep 30\nUSER 1000\nCMD [\"python\"]\n";
    let mut world = World::new(&Engine::own(), &[("a", PLAIN), ("b", slow)], "");
    door.before(&mut world);
    let before = world.picture();
    let held = world.held("1.0.0", &["--allow-stand-in"], "build", "docker *build*-b:*");
    let run = held.goes_on_during(std::time::Duration::from_secs(2), || door.close());
    run.ends(1, "unfinished").says("and not all was undone").says("--abort");
    door.open_again();
    world.release("1.0.0", &["--abort"]).ends(0, "undone");
    assert_same(&before, &world.picture(), "at the end");
}
