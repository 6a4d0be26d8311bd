//! Help texts and the version.

use snapbox::str;

use crate::harness::sandbox::Sandbox;

#[test]
fn help_of_every_command() {
    let sandbox = Sandbox::empty();
    sandbox.xtask(&["--help"]).code(0).stderr("").stdout(str![[r#"
Build, check and load the images of this repository

Usage: cargo xtask [OPTIONS] <COMMAND>

Commands:
  build          Build the image of each component, with tags from the state of git
  check          Check Dockerfiles, ignore files and build contexts against the contract, without an
                 engine
  verify         Verify the built images and running containers against the contract
  release        Release a version: commit, build, verify, tag, and push it, all or nothing
  contract       List the rules of the contract, compare it with a release, or write it for another
                 tool
  tags           Show the tags that the state of git gives each component, with the reasons
  bootstrap      Install what building needs: an engine, a builder and the base images
  minikube-load  Load the images into Minikube, only the missing layers, and verify that they are
                 there
  secrets        Search for secrets, or list the rules of the search
  schema         Print the JSON Schema of taskflow.toml, for editors, or its reference
  test           Run the tests of the repository
  help           Print this message or the help of the given subcommand(s)

Options:
      --config <FILE>  Use this file instead of the nearest taskflow.toml
      --json           Print one JSON document on standard output
      --color <WHEN>   When to use colours [default: auto] [possible values: auto, always, never]
  -v, --verbose        Show the output of the tools that are run
  -q, --quiet          Show only warnings and errors
  -h, --help           Print help
  -V, --version        Print version

"#]]);
    sandbox.xtask(&["build", "--help"]).code(0).stderr("").stdout(str![[r#"
Build the image of each component, with tags from the state of git

Usage: cargo xtask build [OPTIONS] [COMPONENT]...

Arguments:
  [COMPONENT]...  Components to build; all by default

Options:
      --build-arg <NAME[=VALUE]>  Set a declared build arg; without a value, the value comes from
                                  the environment
      --config <FILE>             Use this file instead of the nearest taskflow.toml
      --json                      Print one JSON document on standard output
      --version <X.Y.Z>           Tag the images X.Y.Z, overriding the state of git
      --color <WHEN>              When to use colours [default: auto] [possible values: auto,
                                  always, never]
      --tag <TAG>                 Tag the images TAG, overriding the state of git
      --latest                    Add the tag `latest`, for local use
  -v, --verbose                   Show the output of the tools that are run
      --no-cache                  Ignore the layer cache
  -q, --quiet                     Show only warnings and errors
  -j, --jobs <N>                  Build at most this many components at the same time; all by
                                  default
      --keep-going                Start waiting components even after one has failed
      --bootstrap                 Run `bootstrap` first
      --no-check                  Build although the contract is broken; secrets are refused in any
                                  case
  -n, --dry-run                   Print the commands without running them
  -h, --help                      Print help

"#]]);
    sandbox.xtask(&["verify", "--help"]).code(0).stderr("").stdout(str![[r#"
Verify the built images and running containers against the contract

Usage: cargo xtask verify [OPTIONS] [COMPONENT]...

Arguments:
  [COMPONENT]...  Components to verify; all by default

Options:
      --config <FILE>    Use this file instead of the nearest taskflow.toml
      --tag <TAG>        Verify the images with this tag, in place of the one that git gives
      --json             Print one JSON document on standard output
      --no-cache         Measure everything anew, even for an image that was verified before
      --color <WHEN>     When to use colours [default: auto] [possible values: auto, always, never]
      --strict           Fail if a box is not decided
      --report <FILE>    Also write the boxes, the figures, and the sizes of the layers to a page of
                         HTML
  -v, --verbose          Show the output of the tools that are run
      --format <FORMAT>  Output format for findings [default: human] [possible values: human, sarif,
                         github, junit]
  -q, --quiet            Show only warnings and errors
  -h, --help             Print help

"#]]);
    sandbox.xtask(&["tags", "--help"]).code(0).stderr("").stdout(str![[r#"
Show the tags that the state of git gives each component, with the reasons

Usage: cargo xtask tags [OPTIONS] [COMPONENT]...

Arguments:
  [COMPONENT]...  Components to show; all by default

Options:
      --branch <NAME>  Show the tags that this branch would get
      --config <FILE>  Use this file instead of the nearest taskflow.toml
      --json           Print one JSON document on standard output
      --color <WHEN>   When to use colours [default: auto] [possible values: auto, always, never]
  -v, --verbose        Show the output of the tools that are run
  -q, --quiet          Show only warnings and errors
  -h, --help           Print help

"#]]);
    sandbox.xtask(&["bootstrap", "--help"]).code(0).stderr("").stdout(str![[r#"
Install what building needs: an engine, a builder and the base images

Usage: cargo xtask bootstrap [OPTIONS]

Options:
      --config <FILE>  Use this file instead of the nearest taskflow.toml
  -n, --dry-run        Print the steps without running them
      --json           Print one JSON document on standard output
      --color <WHEN>   When to use colours [default: auto] [possible values: auto, always, never]
  -v, --verbose        Show the output of the tools that are run
  -q, --quiet          Show only warnings and errors
  -h, --help           Print help

"#]]);
    sandbox.xtask(&["test", "--help"]).code(0).stderr("").stdout(str![[r#"
Run the tests of the repository

Usage: cargo xtask test [OPTIONS] [SUITE]...

Arguments:
  [SUITE]...  Suites to run; all by default [possible values: rust, frontend, backend, images,
              browser, minikube]

Options:
      --config <FILE>  Use this file instead of the nearest taskflow.toml
      --rig            Also run the suites that need the rig's node and engines
      --bootstrap      First provide what the tests need: an engine, base images, a database, a
                       browser
      --json           Print one JSON document on standard output
      --color <WHEN>   When to use colours [default: auto] [possible values: auto, always, never]
  -n, --dry-run        Print the commands without running them
  -v, --verbose        Show the output of the tools that are run
  -q, --quiet          Show only warnings and errors
  -h, --help           Print help

"#]]);
    let short = sandbox.xtask(&["-h"]).code(0);
    short.stdout(sandbox.xtask(&["--help"]).stdout);
}

#[test]
fn version_is_that_of_the_package() {
    let version = format!("xtask {}\n", env!("CARGO_PKG_VERSION"));
    Sandbox::empty().xtask(&["--version"]).code(0).stdout(version).stderr("");
}
