//! Shows a load to people: its progress and result, the plan of a dry run, and pods that are not up to date.

use std::time::Duration;

use super::Ui;
use super::transfer::Transfer;
use crate::domain::events::Events;
use crate::domain::image::short_id;
use crate::domain::minikube::events::{LoadEvent, LoadEvents, TransferKind, TransferProgress};
use crate::domain::minikube::images::ExpectedImage;
use crate::domain::minikube::plan::{Delivery, LoadPlan};
use crate::domain::minikube::pods::Pods;
use crate::domain::minikube::transfer_stats::{ImageTransfer, TransferStats};
use crate::domain::text::{count, duration, megabytes, ticked_list};

impl LoadEvents for Ui {
    fn event(&self, event: LoadEvent<'_>) {
        match event {
            LoadEvent::ClientLine(line) if self.verbose => self.tool_line(line),
            LoadEvent::ClientLine(_) => {}
            LoadEvent::Loading { images, target, nodes } => {
                let names: Vec<String> = images.iter().map(|image| image.reference().to_string()).collect();
                let (profile, runtime, nodes) = (&target.profile, target.runtime.name(), count(nodes, "node"));
                self.status(
                    "Loading",
                    &format!("{} into profile `{profile}` ({runtime}, {nodes})", ticked_list(&names)),
                );
            }
            LoadEvent::RemovingArchives => {
                self.status("Removing", "the archive from the nodes; interrupt again to leave it there");
            }
            LoadEvent::Finished { images, nodes, stats, load, run } => {
                for image in images {
                    self.arrived(image, images, stats, load);
                }
                let bytes = match stats.bytes {
                    0 => "nothing to send".to_owned(),
                    bytes => format!("{} sent", megabytes(bytes)),
                };
                let (images, nodes) = (count(images.len(), "image"), count(nodes, "node"));
                self.status("Finished", &format!("{images} on {nodes} in {}, {bytes}", duration(run)));
            }
            LoadEvent::Restarted { namespace, owner } => {
                self.status("Restarted", &format!("{} in namespace `{namespace}`", owner.argument()));
            }
        }
    }

    fn transfer(&self, kind: TransferKind) -> Box<dyn TransferProgress> {
        Box::new(Transfer::new(*self, &kind.what, kind.then, kind.total))
    }
}

impl TransferProgress for Transfer {
    fn advance(&mut self, bytes: u64, time: Duration) {
        self.show(bytes, time);
    }
}

impl Ui {
    /// Prints an image that every node has now.
    fn arrived(self, image: &ExpectedImage, all: &[ExpectedImage], stats: &TransferStats, load: Duration) {
        let width = all.iter().map(|image| image.reference().to_string().len()).max().unwrap_or_default();
        let (reference, id) = (image.reference().to_string(), short_id(&image.digest));
        match stats.of_image(image.reference()) {
            Some(ImageTransfer { delivery, bytes, whole, .. }) => {
                let (sent, saved) = (megabytes(bytes), megabytes(whole.saturating_sub(bytes)));
                let (how, time) = (delivery.name(), duration(load));
                self.status("Loaded", &format!("{reference:width$}  {id}  {how}  {sent} sent, {saved} saved  {time}"));
            }
            None => self.status("Present", &format!("{reference:width$}  {id}")),
        }
    }

    /// Prints what a plan would do with each image; its commands go to standard output.
    pub fn load_plan(&self, plan: &LoadPlan, images: &[ExpectedImage]) {
        let line = |image: &ExpectedImage| format!("{}  {}", image.reference(), short_id(&image.digest));
        let (present, sent): (Vec<_>, Vec<_>) =
            images.iter().partition(|image| plan.delivery(image) == Delivery::Present);
        for image in sent {
            let what = match plan.delivery(image) {
                Delivery::Thin => "only the layers that are missing",
                Delivery::Present | Delivery::Full => "the whole image",
            };
            self.status("Would load", &format!("{}  {what}", line(image)));
        }
        for image in present {
            self.status("Present", &line(image));
        }
        if !self.json {
            plan.commands().iter().for_each(|command| self.result(command));
        }
    }

    /// Prints the pods that run another image than the loaded one, with a command for each.
    pub fn stale_pods(&self, profile: &str, pods: &Pods) {
        if let Some(reason) = &pods.unknown {
            self.note(&format!("which pods run another image is not known: {reason}"));
        }
        let problems = pods.problems(profile);
        if !problems.is_empty() {
            self.warnings(&problems);
        }
    }
}
