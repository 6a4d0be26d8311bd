//! `check`: what it prints of findings, exceptions, and other checkers, and what `build` refuses.

mod checkers;
mod exceptions;
mod export;
mod formats;
mod messages;
mod pages;
mod refusals;

use crate::harness::docker;
use crate::harness::sandbox::{CONFIG, Sandbox};

/// The contract of the frontend.
const CONTRACT: &str = "\
[component.frontend.contract]
base-images = [\"node:20-alpine\"]
port = 3000
command = [\"node\", \"server.js\"]
user = \"nextjs\"
uid = 1001
";

/// A Dockerfile that keeps it.
const KEPT: &str = "\
FROM node:20-alpine
RUN adduser -S nextjs -u 1001
USER nextjs
EXPOSE 3000
CMD [\"node\", \"server.js\"]
";

/// A sandbox whose frontend has a contract and this Dockerfile.
fn sandbox(dockerfile: &str) -> Sandbox {
    sandbox_with(dockerfile, "")
}

/// The same, whose taskflow.toml has more.
fn sandbox_with(dockerfile: &str, more: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n{CONTRACT}{more}"));
    sandbox.write("frontend/Dockerfile", dockerfile);
    sandbox.commit();
    sandbox.fake("docker", docker::builds_everything());
    sandbox
}
