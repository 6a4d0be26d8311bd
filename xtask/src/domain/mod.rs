//! The pure layer: it computes values from values.
//!
//! Nothing here reads a file, the environment, a clock, a process or a terminal, and nothing here depends on `effects`,
//! `ui` or `commands`. `tests/tidy` and the list of methods in `clippy.toml` enforce this.

pub mod bootstrap;
pub mod build_arg;
pub mod build_log;
pub mod builder_words;
pub mod config;
pub mod contract;
pub mod docker_argv;
pub mod docker_problems;
pub mod docker_words;
pub mod dockerfile_problem;
pub mod encoding;
pub mod engine;
pub mod events;
pub mod finding;
pub mod git_answers;
pub mod git_argv;
pub mod git_doubt;
pub mod git_name;
pub mod image;
pub mod image_archive;
pub mod labels;
pub mod lenient;
pub mod manifests;
pub mod masking;
pub mod minikube;
pub mod name;
pub mod paths;
pub mod plan;
pub mod problem;
pub mod registry;
pub mod registry_words;
pub mod release;
pub mod replaced_image;
pub mod repository_state;
pub mod rules;
pub mod secrets;
pub mod suites;
pub mod tagging;
pub mod text;
pub mod version;
