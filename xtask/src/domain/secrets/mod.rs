//! The search for secrets in everything that belongs to a build, and the reports of what it finds (contract: Build
//! Arguments, No Secrets in Image Layers). `secretscan` decides what a secret is.

mod before;
mod dockerfile;
mod groups;
mod image;
mod layers;
mod packages;
mod report;
mod rules;

pub use before::{build_arg_findings, call_findings, context_findings, declared_arg_findings, proxy_findings};
pub use dockerfile::dockerfile_findings;
pub use groups::merged;
pub use image::{ImageFacts, image_findings, inherited_history, without_numbers};
pub use layers::{InLayer, LayerReport, common_layers, layer_findings};
pub use report::{is_not_searched, secret};
pub use rules::FAMILY;
