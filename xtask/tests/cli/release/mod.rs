//! `release` on the command line, with a real git and an engine that keeps what it is told.

mod again;
mod attested;
mod confirmation;
mod documents;
mod dry_run;
mod edited;
mod failing;
mod interrupted;
mod journal;
mod loaded;
mod made;
mod meanwhile;
mod places;
mod preflight;
mod pushed;
mod versions;
mod world;
