//! The digest that a registry has under a tag.

use xtask::domain::registry::RegistryFailure;
use xtask::domain::registry_words::Cause;

use crate::front::Fault;
use crate::registry::put_index;
use crate::world::{World, failure, with_each_kind};

with_each_kind!(
    a_tag_has_the_digest_that_a_pull_reports,
    an_index_has_its_own_digest,
    what_is_not_there_is_no_error,
    no_answer_is_not_taken_for_nothing,
);

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
