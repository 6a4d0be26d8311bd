//! The mounts of steps: `RUN --mount=…`.

use dockerfile::Instruction;

/// A mount of a step, as far as rules need it.
#[derive(Debug)]
pub(super) struct Mount<'a> {
    /// The type; `bind` without one.
    pub(super) kind: &'a str,
    /// The stage or image that it comes from; none for the build context.
    pub(super) from: Option<&'a str>,
    /// The path there; none for all of it.
    pub(super) source: Option<&'a str>,
    /// The path in the step.
    pub(super) target: Option<&'a str>,
    /// The ID, of secrets and caches.
    pub(super) id: Option<&'a str>,
}

impl Mount<'_> {
    /// Whether the mount is a folder of the build context, a stage, or an image.
    pub(super) fn is_bind(&self) -> bool {
        self.kind == "bind"
    }
}

/// Returns the mounts of a step.
pub(super) fn mounts(instruction: &Instruction) -> Vec<Mount<'_>> {
    let flags = instruction.flags.iter().filter(|flag| flag.name == "mount");
    flags.filter_map(|flag| flag.value.as_deref()).map(mount).collect()
}

fn mount(text: &str) -> Mount<'_> {
    let mut mount = Mount { kind: "bind", from: None, source: None, target: None, id: None };
    for (key, value) in text.split(',').filter_map(|field| field.split_once('=')) {
        match key.trim().to_ascii_lowercase().as_str() {
            "type" => mount.kind = value,
            "from" => mount.from = Some(value),
            "source" | "src" => mount.source = Some(value),
            "target" | "dst" | "destination" => mount.target = Some(value),
            "id" => mount.id = Some(value),
            _ => {}
        }
    }
    mount
}
