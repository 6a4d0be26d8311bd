//! Pushes of an engine's images.

use xtask::domain::registry::RegistryFailure;
use xtask::domain::registry_words::Cause;
use xtask::effects::registry::push;

use crate::front::{Fault, Words};
use crate::world::{World, failure, with_each_kind, with_kind};

with_each_kind!(
    a_push_returns_the_digest_of_the_registry,
    an_image_that_is_not_here_is_not_pushed,
    a_refusal_has_its_cause,
    a_lost_connection_is_tried_again,
    a_registry_that_stays_silent_leaves_it_open,
    a_tag_that_cannot_be_overwritten_is_compared,
);

// The classic store tries a refused layer again and again, for most of a minute.
with_kind!(refusing, Containerd, a_repository_that_is_refused);

fn a_push_returns_the_digest_of_the_registry(world: &World) {
    world.build("1", "a_push");
    let mut lines = Vec::new();
    let digest = push(&world.runner, world.tools, &world.reference("1"), &mut |line| lines.push(line.to_owned()));
    let digest = digest.unwrap().to_string();
    assert_eq!(Some(digest.clone()), world.digest("1"));
    assert!(lines.iter().any(|line| line.contains("digest: sha256:")), "{lines:?}");
    assert_eq!(world.push("1").unwrap(), digest, "a second push changes nothing");
    world.build("1", "another image");
    let other = world.push("1").unwrap();
    assert_eq!(Some(other.clone()), world.digest("1"));
    assert_ne!(other, digest);
}

fn an_image_that_is_not_here_is_not_pushed(world: &World) {
    let reference = Box::new(world.reference("none"));
    assert_eq!(failure(world.push("none")), RegistryFailure::NotHere { reference, expected: None });
}

fn a_refusal_has_its_cause(world: &World) {
    world.build("1", "a_refusal");
    let refused = Fault::Refused { repository: world.repository.clone(), tag: Some("1".to_owned()) };
    for (fault, cause) in [(refused, Cause::Denied), (Fault::Login("a:b".to_owned()), Cause::Login)] {
        let failed = world.during(fault, || failure(world.push("1")));
        assert_eq!(failed.cause(), Some(cause), "{failed:?}");
        assert_eq!(world.digest("1"), None);
    }
}

fn a_repository_that_is_refused(world: &World) {
    world.build("1", "a_repository");
    let refused = Fault::Refused { repository: world.repository.clone(), tag: None };
    let failed = world.during(refused, || failure(world.push("1")));
    assert_eq!((failed.cause(), world.digest("1")), (Some(Cause::Denied), None), "{failed:?}");
}

fn a_lost_connection_is_tried_again(world: &World) {
    for (tag, taken) in [("1", false), ("2", true)] {
        world.build(tag, &format!("a_lost_connection {tag}"));
        let cut = Fault::CutManifest { tag: tag.to_owned(), taken, for_good: false };
        let digest = world.during(cut, || world.push(tag)).unwrap();
        assert_eq!(Some(digest), world.digest(tag));
    }
}

fn a_registry_that_stays_silent_leaves_it_open(world: &World) {
    for (tag, taken) in [("1", false), ("2", true)] {
        world.build(tag, &format!("stays_silent {tag}"));
        let cut = Fault::CutManifest { tag: tag.to_owned(), taken, for_good: true };
        let failed = world.during(cut, || failure(world.push(tag)));
        assert!(failed.is_undecided(), "{failed:?}");
        assert_eq!(world.digest(tag).is_some(), taken);
        // It is asked again, and knows.
        assert_eq!(Some(world.push(tag).unwrap()), world.digest(tag));
    }
}

fn a_tag_that_cannot_be_overwritten_is_compared(world: &World) {
    let first = world.pushed("1", "cannot be overwritten");
    for words in [Words::Amazon, Words::Harbor, Words::Google] {
        assert_eq!(world.during(Fault::Immutable(words), || world.push("1")).unwrap(), first.digest.to_string());
    }
    world.build("1", "another image");
    for words in [Words::Amazon, Words::Harbor, Words::Google] {
        let failed = world.during(Fault::Immutable(words), || failure(world.push("1")));
        let RegistryFailure::OtherImage { found, immutable: true, .. } = failed else { panic!("{failed:?}") };
        assert_eq!(found, first.digest);
        assert_eq!(world.digest("1"), Some(first.digest.to_string()));
    }
}
