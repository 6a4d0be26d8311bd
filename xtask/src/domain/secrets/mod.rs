//! The search for secrets in everything that belongs to a build, and the reports of what it finds (contract: Build
//! Arguments, No Secrets in Image Layers). `secretscan` decides what a secret is.

mod build_inputs;
mod dockerfile;
mod groups;
mod image;
mod layers;
mod packages;
mod report;
mod rules;

pub use build_inputs::{build_arg_findings, call_findings, context_findings, declared_arg_findings, proxy_findings};
pub use dockerfile::{dockerfile_findings, read_dockerfile_findings};
pub use groups::merged;
pub use image::{DescribedImage, image_findings, inherited_history, without_numbers};
pub use layers::{InLayer, LayerReport, base_layers_of, layer_findings};
pub use report::{is_not_searched, secret, secret_count};
pub use rules::FAMILY;
