//! The document of `bootstrap`.

use serde::Serialize;

use crate::workflows::bootstrap::Machine;

/// The state of the machine, and the steps that changed it.
#[derive(Serialize)]
pub(crate) struct BootstrapDocument {
    dry_run: bool,
    engine: Option<String>,
    steps: Vec<String>,
    base_images: Vec<BaseImage>,
    /// What was not looked for.
    left_out: Vec<&'static str>,
}

#[derive(Serialize)]
struct BaseImage {
    name: String,
    stand_in: bool,
}

impl BootstrapDocument {
    /// Makes the document of a machine after these steps.
    pub(crate) fn new(machine: Machine, steps: Vec<String>, dry_run: bool, left_out: Vec<&'static str>) -> Self {
        let base_image =
            |base: crate::workflows::bootstrap::BaseState| BaseImage { name: base.name, stand_in: base.stand_in };
        let base_images = machine.base_images.into_iter().map(base_image).collect();
        Self { dry_run, engine: machine.engine, steps, base_images, left_out }
    }
}
