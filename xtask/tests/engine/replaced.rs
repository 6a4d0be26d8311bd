//! A release tag that is built again, on the machine's own engine.

use crate::parts::engine;
use crate::release_tags::a_release_tag_never_changes_in_silence;

#[test]
fn a_release_tag_that_is_built_again() {
    if engine("a_release_tag_that_is_built_again") {
        a_release_tag_never_changes_in_silence("classic", &[]);
    }
}
