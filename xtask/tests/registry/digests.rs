//! The digest that a registry has under a tag.

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use xtask::domain::registry::RegistryFailure;
use xtask::domain::registry_words::Cause;

use crate::front::Fault;
use crate::registry::put_index;
use crate::world::{World, failure, with_each_kind, with_kind};

with_each_kind!(
    a_tag_has_the_digest_that_a_pull_reports,
    an_index_has_its_own_digest,
    what_is_not_there_is_no_error,
    no_answer_is_not_taken_for_nothing,
);

with_kind!(own_settings, OwnSettings, the_credentials_of_the_client_are_used);

/// The digests that the engine has recorded for a tag.
fn recorded(world: &World, tag: &str) -> String {
    let name = world.reference(tag).to_string();
    world.engine.forget(&[&name]);
    world.engine.docker(&["pull", "--quiet", &name]);
    world.engine.docker(&["image", "inspect", "--format", "{{json .RepoDigests}}", &name])
}

fn a_tag_has_the_digest_that_a_pull_reports(world: &World) {
    world.build("1", "a_tag");
    world.engine.docker(&["push", "--quiet", &world.reference("1").to_string()]);
    let digest = world.ask("1").unwrap();
    assert_eq!(digest, world.digest("1"));
    assert!(recorded(world, "1").contains(&digest.unwrap()));
}

fn an_index_has_its_own_digest(world: &World) {
    world.pushed("1", "an_index");
    put_index(&world.registry, &world.repository, "1", "index");
    let truth = world.digest("index").unwrap();
    assert_ne!(Some(truth.clone()), world.digest("1"));
    if world.tools.inspects {
        assert_eq!(world.ask("index").unwrap(), Some(truth.clone()));
        assert!(recorded(world, "index").contains(&truth));
    } else {
        let reference = Box::new(world.reference("index"));
        assert_eq!(failure(world.ask("index")), RegistryFailure::Index { reference });
    }
}

fn what_is_not_there_is_no_error(world: &World) {
    assert_eq!(world.ask("1").unwrap(), None, "{} does not exist", world.repository);
    world.pushed("1", "what_is_not_there");
    assert_eq!(world.ask("2").unwrap(), None);
}

fn no_answer_is_not_taken_for_nothing(world: &World) {
    let asked = || failure(world.ask("1"));
    for (fault, cause) in
        [(Fault::CutAfter(0), Cause::NoAnswer), (Fault::Login("somebody:else".to_owned()), Cause::Login)]
    {
        let failed = world.during(fault, asked);
        assert_eq!(failed.cause(), Some(cause), "{failed:?}");
    }
}

fn the_credentials_of_the_client_are_used(world: &World) {
    let user = ["robot", "planted"].join(":");
    let folder = PathBuf::from(std::env::var_os("DOCKER_CONFIG").unwrap());
    let log_in = |user: &str| {
        let auths = json!({ world.front.address(): { "auth": STANDARD.encode(user) } });
        fs::write(folder.join("config.json"), json!({ "auths": auths }).to_string()).unwrap();
    };
    world.build("1", "the_credentials");
    let denied = world.during(Fault::Login(user.clone()), || {
        log_in("robot:wrong");
        failure(world.ask("1"))
    });
    assert_eq!(denied.cause(), Some(Cause::Login), "{denied:?}");
    let pushed = world.during(Fault::Login(user.clone()), || {
        log_in(&user);
        (world.push("1").unwrap(), world.ask("1").unwrap())
    });
    assert_eq!((Some(pushed.0), pushed.1), (world.digest("1"), world.digest("1")));
}
