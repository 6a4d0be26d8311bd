//! Stand-ins for the application's base images, made of packages, for machines without an image registry.
//!
//! A real image that already has the official name is never replaced.

use anyhow::{Context as _, Result};

use crate::apt::debian13::Debian13;
use crate::apt::{self, Need, need};
use crate::cache::Cache;
use crate::part::names::{self, BASES as NAME};
use crate::part::{Part, Status};
use crate::report::State;
use crate::{docker, host, ui};

mod build;
mod image;
mod ingredients;
mod recipe;

use image::Images;
use recipe::{BASES, Base};

/// The names that Dockerfiles use.
pub const OFFICIAL: [&str; 2] = [BASES[0].official, BASES[1].official];
const TOOLS: [Need; 11] = [
    need("mmdebstrap", "mmdebstrap"),
    need("gcc", "gcc"),
    need("/usr/include/stdio.h", "libc6-dev"),
    need("/usr/include/linux/types.h", "linux-libc-dev"),
    need("make", "make"),
    need("strip", "binutils"),
    need("bzip2", "bzip2"),
    need("xz", "xz-utils"),
    need("python3", "python3"),
    need("/etc/ssl/certs/ca-certificates.crt", "ca-certificates"),
    need("gpgv", "gpgv"),
];

/// The part `bases`.
#[derive(Debug)]
pub struct Bases;

impl Part for Bases {
    fn name(&self) -> &'static str {
        NAME
    }

    fn needs(&self) -> &'static [&'static str] {
        &[names::ENGINE]
    }

    fn up(&self, cache: &Cache) -> Result<()> {
        let images = Images::look();
        let wanted: Vec<&Base> = BASES.iter().filter(|base| !base.is_up(&images)).collect();
        if wanted.is_empty() {
            ui::note(NAME, &format!("up ({})", status(&images).detail));
            return Ok(());
        }
        provide(cache, &wanted)?;
        ui::note(NAME, &format!("up ({})", self.status(cache).detail));
        Ok(())
    }

    fn down(&self, _: &Cache) -> Result<()> {
        if docker::engine().is_none() {
            ui::note(NAME, "no engine, so no images to remove");
            return Ok(());
        }
        let images = Images::look();
        for base in &BASES {
            for name in [base.official, base.own] {
                if images.get(name).is_some_and(|found| found.stand_in) {
                    ui::note(NAME, &format!("remove the image {name}"));
                    if docker::ask(["image", "rm", name]).is_none() {
                        ui::note(NAME, &format!("{name} is kept: a container uses it"));
                    }
                }
            }
        }
        Ok(())
    }

    fn status(&self, _: &Cache) -> Status {
        if docker::engine().is_none() {
            return Status::new(State::Down, "no engine");
        }
        status(&Images::look())
    }
}

fn status(images: &Images) -> Status {
    let up = BASES.iter().filter(|base| base.is_up(images)).count();
    let state = match up {
        0 if images.is_empty() => State::Down,
        _ if up == BASES.len() => State::Up,
        _ => State::Partial,
    };
    let details: Vec<String> =
        BASES.iter().map(|base| format!("{}: {}", base.official, base.describe(images))).collect();
    BASES.iter().fold(Status::new(state, details.join(", ")), |status, base| match images.get(base.official) {
        Some(found) => status.fact(base.official, &found.id),
        None => status,
    })
}

fn provide(cache: &Cache, wanted: &[&Base]) -> Result<()> {
    let stale: Vec<&Base> = wanted.iter().copied().filter(|base| !build::is_built(cache, base)).collect();
    if !stale.is_empty() {
        host::require_x86_64("make the stand-in images")?;
        let by_hand = ["where an image registry is in reach: docker pull node:20-alpine; docker pull python:3.13-slim"];
        host::require_apt("make the stand-in images", &by_hand)?;
        let debian = Debian13::new(cache)?;
        apt::ensure(cache, NAME, &TOOLS)?;
        ingredients::require_pip(cache)?;
        let ingredients = ingredients::fetch(cache, debian)?;
        std::thread::scope(|scope| {
            let builds: Vec<_> =
                stale.iter().map(|base| scope.spawn(|| build::build(cache, base, &ingredients))).collect();
            // Waits for all builds before the first failure is reported.
            let results: Vec<Result<()>> =
                builds.into_iter().map(|build| build.join().ok().context("a build panicked").flatten()).collect();
            results.into_iter().collect::<Result<()>>()
        })?;
    }
    for base in wanted {
        ui::step(NAME, &format!("load {} and check it", base.own), || image::load(cache, base))?;
    }
    Ok(())
}
