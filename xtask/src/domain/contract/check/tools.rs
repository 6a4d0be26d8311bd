//! Build tools in the image.

use super::check_rule::CheckRule;
use super::installs::{Install, install};
use super::subject::Subject;
use crate::domain::contract::rule::{JudgedBy, RuleText, Scope, Verdict};
use crate::domain::finding::{Finding, Severity};
use crate::domain::text::ticked_list;

/// Holds the rule `build-tools`.
pub(super) const BUILD_TOOLS: CheckRule = CheckRule {
    text: RuleText {
        id: "build-tools",
        severity: Severity::Error,
        what: "compiler or other build tool in the image",
        section: "Multi-Stage Build Structure, \"No build tools in final image\"",
        scope: Scope::Declared("stages"),
        command: JudgedBy::Check,
        why: "Compilers and headers are needed only to build. In the image they take space, and they help an attacker. \
              Removing them in a later step does not remove them from their layer.",
        good: "FROM python:3.13-slim AS builder\nRUN apt-get update && apt-get install -y gcc\nFROM python:3.13-slim AS runner\n",
        bad: "FROM python:3.13-slim AS builder\nFROM python:3.13-slim AS runner\nRUN apt-get update && apt-get install -y gcc\n",
        remedy: "Install the tools in the builder stage, and copy what was built with `COPY --from=builder`.",
        page: "docs/contract/build-tools.md",
    },
    applies: |subject| subject.contract.stages.is_some(),
    judge: build_tools,
};

/// Packages of build tools, by the beginnings of their names up to a version.
const TOOLS: [&str; 40] = [
    "alpine-sdk",
    "autoconf",
    "automake",
    "base-devel",
    "bison",
    "build-base",
    "build-essential",
    "bzip2-dev",
    "cargo",
    "clang",
    "cmake",
    "cython",
    "dpkg-dev",
    "flex",
    "g++",
    "gcc",
    "gcc-c++",
    "gdb",
    "git",
    "gfortran",
    "go",
    "golang",
    "libc-dev",
    "libc6-dev",
    "libtool",
    "linux-headers",
    "llvm",
    "m4",
    "make",
    "meson",
    "musl-dev",
    "nasm",
    "ninja",
    "ninja-build",
    "nodejs-dev",
    "patch",
    "pkg-config",
    "pkgconf",
    "rust",
    "rustc",
];

/// Whether a package is a build tool, or the headers of a library.
fn is_tool(package: &str) -> bool {
    let name = package.split(['=', '~', '<', '>', ':', '@', '/']).next().unwrap_or_default();
    let plain = name.trim_start_matches('.');
    let is_version = |rest: &str| {
        rest.is_empty()
            || rest.trim_start_matches('-').starts_with(|first: char| first.is_ascii_digit())
            || rest == "-dev"
            || rest == "-go"
    };
    let is_library = |name: &str| name.ends_with("-dev") || name.ends_with("-devel");
    is_library(plain) || TOOLS.iter().any(|tool| plain.strip_prefix(tool).is_some_and(is_version))
}

fn build_tools(subject: &Subject<'_>) -> Verdict {
    let rule = &BUILD_TOOLS.text;
    let image = match subject.image() {
        Ok(image) => image,
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    for (instruction, shell) in image.runs() {
        for command in instruction.shell_commands(shell).iter() {
            let Some(Install::Packages(packages)) = install(command) else { continue };
            let tools: Vec<&String> = packages.iter().filter(|package| is_tool(package)).collect();
            if !tools.is_empty() {
                let what = format!("the image gets build tools: {}", ticked_list(&tools));
                let finding = subject.at(rule, instruction, command.span.clone(), what);
                let remedy = "install them in a stage that the image does not begin from".to_owned();
                findings.push(Finding { remedies: vec![remedy], ..finding });
            }
        }
    }
    Verdict::of(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_tools_are_known_with_versions_and_headers() {
        for tool in
            ["gcc", "gcc-12", "g++", "build-essential=12.9", "libpq-dev", "python3-dev", "make", "git", "golang-go"]
        {
            assert!(is_tool(tool), "{tool}");
        }
        for other in
            ["libpq5", "ca-certificates", "curl", "makedev", "gitlab-cli", "tini", "gosu", "libstdc++", "libgcc"]
        {
            assert!(!is_tool(other), "{other}");
        }
    }
}
