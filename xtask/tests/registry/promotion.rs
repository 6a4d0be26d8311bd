//! Another tag for the manifest of a candidate.

use xtask::domain::registry::{Candidate, RegistryFailure};
use xtask::domain::registry_words::Cause;

use crate::front::{Fault, Words};
use crate::world::{World, failure, with_each_kind};

with_each_kind!(
    a_promotion_writes_the_tag_and_nothing_else,
    a_tag_with_another_image_is_not_touched,
    a_tag_that_comes_meanwhile_is_compared,
    a_refused_tag_stays_away,
    a_connection_that_is_lost_is_decided_by_the_registry,
    a_registry_that_stays_silent_leaves_it_open,
    an_image_here_keeps_its_name,
    a_candidate_that_is_not_here_is_copied_or_refused,
);

fn a_promotion_writes_the_tag_and_nothing_else(world: &World) {
    let candidate = world.pushed("g-1", "a_promotion");
    let expected = candidate.digest.to_string();
    world.front.set([]);
    assert_eq!(world.promote(&candidate, "1.0.0").unwrap(), (expected.clone(), false));
    assert_eq!(world.front.written(), ["1.0.0"]);
    let uploads = world.front.requests().iter().filter(|request| request.starts_with("PATCH ")).count();
    assert_eq!(uploads, 0, "{:?}", world.front.requests());
    assert_eq!((world.digest("1.0.0"), world.digest("g-1")), (Some(expected.clone()), Some(expected.clone())));
    assert_eq!(world.engine.id(&world.reference("1.0.0").to_string()), None, "the engine has no name more");
    world.front.set([]);
    assert_eq!(world.promote(&candidate, "1.0.0").unwrap(), (expected, true));
    assert!(world.front.written().is_empty());
}

fn a_tag_with_another_image_is_not_touched(world: &World) {
    let first = world.pushed("g-1", "first");
    let second = world.pushed("g-2", "second");
    world.promote(&first, "1.0.0").unwrap();
    world.front.set([]);
    let reference = Box::new(world.reference("1.0.0"));
    let expected = RegistryFailure::OtherImage {
        reference,
        found: first.digest.clone(),
        expected: Some(second.digest.clone()),
        immutable: false,
    };
    assert_eq!(failure(world.promote(&second, "1.0.0")), expected);
    assert!(world.front.written().is_empty());
    assert_eq!(world.digest("1.0.0"), Some(first.digest.to_string()));
}

fn a_tag_that_comes_meanwhile_is_compared(world: &World) {
    let first = world.pushed("g-1", "first");
    let second = world.pushed("g-2", "second");
    for (words, tag) in [(Words::Amazon, "1.0.0"), (Words::Harbor, "1.0.1"), (Words::Google, "1.0.2")] {
        let overtaken = |by: &str, tag: &str| Fault::Overtaken { tag: tag.to_owned(), by: by.to_owned(), words };
        let same = world.during(overtaken("g-1", tag), || world.promote(&first, tag)).unwrap();
        assert_eq!(same.0, first.digest.to_string());
        let tag = format!("{tag}-other");
        let failed = world.during(overtaken("g-1", &tag), || failure(world.promote(&second, &tag)));
        let RegistryFailure::OtherImage { found, expected, immutable: true, .. } = failed else { panic!("{failed:?}") };
        assert_eq!((found, expected), (first.digest.clone(), Some(second.digest.clone())));
    }
}

fn a_refused_tag_stays_away(world: &World) {
    let candidate = world.pushed("g-1", "a_refused_tag");
    let refused = Fault::Refused { repository: world.repository.clone(), tag: Some("1.0.0".to_owned()) };
    let failed = world.during(refused, || failure(world.promote(&candidate, "1.0.0")));
    assert_eq!((failed.cause(), world.digest("1.0.0")), (Some(Cause::Denied), None), "{failed:?}");
}

fn a_connection_that_is_lost_is_decided_by_the_registry(world: &World) {
    let candidate = world.pushed("g-1", "a_connection");
    for (tag, taken) in [("1.0.0", true), ("1.0.1", false)] {
        let cut = Fault::CutManifest { tag: tag.to_owned(), taken, for_good: false };
        let promoted = world.during(cut, || world.promote(&candidate, tag));
        // buildx may repeat what was not taken.
        if let Some(digest) = world.digest(tag) {
            assert_eq!(promoted.unwrap(), (digest, false));
        } else {
            assert!(!taken);
            assert_eq!(failure(promoted).cause(), Some(Cause::NoAnswer));
        }
        assert_eq!(world.promote(&candidate, tag).unwrap().0, candidate.digest.to_string());
    }
}

fn a_registry_that_stays_silent_leaves_it_open(world: &World) {
    let candidate = world.pushed("g-1", "stays_silent");
    for (tag, taken) in [("1.0.0", true), ("1.0.1", false)] {
        let cut = Fault::CutManifest { tag: tag.to_owned(), taken, for_good: true };
        let failed = world.during(cut, || failure(world.promote(&candidate, tag)));
        assert!(failed.is_undecided(), "{failed:?}");
        assert_eq!(world.digest(tag).is_some(), taken);
        let again = world.promote(&candidate, tag).unwrap();
        assert_eq!(again, (candidate.digest.to_string(), taken));
    }
    // A registry that does not answer the first question was not told to change anything.
    let failed = world.during(Fault::CutAfter(0), || failure(world.promote(&candidate, "1.0.2")));
    assert_eq!((failed.cause(), failed.is_undecided()), (Some(Cause::NoAnswer), false), "{failed:?}");
    assert_eq!(world.digest("1.0.2"), None);
}

fn an_image_here_keeps_its_name(world: &World) {
    let candidate = world.pushed("g-1", "candidate");
    let other = world.build("1.0.0", "another image with the name");
    let name = world.reference("1.0.0").to_string();
    world.promote(&candidate, "1.0.0").unwrap();
    assert_eq!(world.digest("1.0.0"), Some(candidate.digest.to_string()));
    assert_eq!(world.engine.id(&name), Some(other.clone()));
    let refused = Fault::Refused { repository: world.repository.clone(), tag: Some("1.0.1".to_owned()) };
    let name = world.reference("1.0.1").to_string();
    world.engine.docker(&["tag", &other, &name]);
    world.during(refused, || failure(world.promote(&candidate, "1.0.1")));
    assert_eq!(world.engine.id(&name), Some(other));
}

fn a_candidate_that_is_not_here_is_copied_or_refused(world: &World) {
    let candidate = world.pushed("g-1", "a_candidate");
    let name = candidate.reference.to_string();
    world.engine.forget(&[&name]);
    let not_here =
        |reference, digest| RegistryFailure::NotHere { reference: Box::new(reference), expected: Some(digest) };
    if world.tools.copies {
        assert_eq!(world.promote(&candidate, "1.0.0").unwrap().0, candidate.digest.to_string());
    } else {
        let expected = not_here(candidate.reference.clone(), candidate.digest.clone());
        assert_eq!(failure(world.promote(&candidate, "1.0.0")), expected);
    }
    // Another image under the candidate's name is never pushed in its place.
    world.build("g-1", "another image");
    let Candidate { reference, digest } = candidate.clone();
    if !world.tools.copies {
        assert_eq!(failure(world.promote(&candidate, "1.0.1")), not_here(reference, digest));
        assert_eq!(world.digest("1.0.1"), None);
    }
}
