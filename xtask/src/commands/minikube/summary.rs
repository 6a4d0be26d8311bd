//! What is told to people: what goes where, and how it ended.

use std::collections::BTreeSet;

use super::images::Expected;
use super::nodes::Node;
use super::proof::Proof;
use super::sent::{Sent, Went};
use super::{Session, Times};
use crate::domain::events::Events;
use crate::domain::image::short_id;
use crate::domain::minikube::plan::Way;
use crate::domain::text::{count, duration, megabytes, ticked_list};

/// The images that go, and where they go.
pub(super) fn begin(session: &Session<'_>, wanted: &[&Expected], nodes: &[Node]) {
    let names: Vec<String> = wanted.iter().map(|image| image.wanted.reference.to_string()).collect();
    let (profile, runtime) = (&session.profile, session.runtime.name());
    let nodes = count(nodes.len(), "node");
    session
        .project
        .ui
        .status("Loading", &format!("{} into profile `{profile}` ({runtime}, {nodes})", ticked_list(&names)));
}

/// One image that needs nothing.
pub(super) fn present(session: &Session<'_>, image: &Expected) {
    let id = short_id(&image.digest);
    session.project.ui.status("Present", &format!("{}  {id}", image.wanted.reference));
}

/// One image of a dry run.
pub(super) fn would_load(session: &Session<'_>, image: &Expected, way: Way) {
    let what = match way {
        Way::Thin => "only the layers that are missing",
        Way::Present | Way::Full => "the whole image",
    };
    session
        .project
        .ui
        .status("Would load", &format!("{}  {}  {what}", image.wanted.reference, short_id(&image.digest)));
}

/// One line for each image, then the sum; references on standard output.
pub(super) fn show(session: &Session<'_>, expected: &[Expected], proofs: &[Proof], sent: &Sent, times: Times) {
    let ui = session.project.ui;
    let width = expected.iter().map(|image| image.wanted.reference.to_string().len()).max().unwrap_or_default();
    for image in expected {
        let reference = image.wanted.reference.to_string();
        let id = short_id(&image.digest);
        match sent.of_image(&image.wanted.reference) {
            Some(Went { way, bytes, whole, .. }) => {
                let (bytes, saved) = (megabytes(bytes), megabytes(whole.saturating_sub(bytes)));
                let (way, time) = (way.name(), duration(times.load));
                ui.status("Loaded", &format!("{reference:width$}  {id}  {way}  {bytes} sent, {saved} saved  {time}"));
            }
            None => ui.status("Present", &format!("{reference:width$}  {id}")),
        }
        if !ui.json {
            ui.result(&reference);
        }
    }
    let nodes: BTreeSet<&str> = proofs.iter().map(|proof| proof.node.as_str()).collect();
    let (images, nodes) = (count(expected.len(), "image"), count(nodes.len(), "node"));
    let bytes = match sent.bytes {
        0 => "nothing to send".to_owned(),
        bytes => format!("{} sent", megabytes(bytes)),
    };
    ui.status("Finished", &format!("{images} on {nodes} in {}, {bytes}", duration(times.all)));
}
