//! Tokens in the addresses of remotes, which checkouts of CI leave there: they reach no label, command, message, or log.

use std::fs;

use crate::harness::docker;
use crate::harness::planted::{password, shows_nothing};
use crate::harness::sandbox::Sandbox;

/// Nothing shows the planted password, and the build goes on.
#[track_caller]
fn is_quiet(case: &str, prepare: impl Fn(&Sandbox)) {
    let sandbox = docker::sandbox();
    prepare(&sandbox);
    let calls: [&[&str]; 4] =
        [&["build", "--dry-run", "--json"], &["build", "--dry-run"], &["-v", "tags"], &["build", "--json"]];
    for args in calls {
        let run = sandbox.xtask(args).code(0);
        assert!(!run.stdout.contains(&password()) && !run.stderr.contains(&password()), "{case}, {args:?}");
    }
    shows_nothing(&sandbox.transcript());
    for component in ["frontend", "backend"] {
        shows_nothing(&fs::read_to_string(sandbox.root.join(format!("target/xtask/logs/{component}.log"))).unwrap());
    }
}

#[test]
fn a_token_in_the_address_of_a_remote_is_seen_nowhere() {
    let secret = password();
    let path = "git.example.org/o/r.git";
    let addresses = [
        ("user and password", format!("https://robot:{secret}@{path}")),
        ("token as user", format!("https://{secret}@{path}")),
        ("oauth2", format!("https://oauth2:{secret}@{path}")),
        ("percent", format!("https://robot:%41{secret}%21@{path}")),
        ("query", format!("https://{path}?private_token={secret}")),
        ("query and fragment", format!("https://{path}?access_token={secret}#x")),
        ("fragment", format!("https://{path}#{secret}")),
        ("ssh", format!("ssh://git:{secret}@{path}")),
        ("scp", format!("robot:{secret}@git.example.org:o/r.git")),
        ("scp with two signs", format!("robot:a@{secret}@git.example.org:o/r.git")),
        ("capitals", format!("HTTPS://robot:{secret}@{path}")),
        ("git+https", format!("git+https://robot:{secret}@{path}")),
        ("at in the password", format!("https://robot:a@{secret}@{path}")),
        ("slash in the password", format!("https://robot:a/{secret}@{path}")),
        ("question mark in the password", format!("https://robot:{secret}?a@{path}")),
        ("three slashes", format!("https:///robot:{secret}@{path}")),
        ("no scheme", format!("//robot:{secret}@{path}")),
        ("helper", format!("ext::sh -c 'fetch {secret}'")),
    ];
    for (case, address) in addresses {
        is_quiet(case, |sandbox| drop(sandbox.git(&["remote", "add", "origin", &address])));
    }
}

#[test]
fn a_token_in_the_settings_of_git_is_seen_nowhere() {
    let (secret, plain) = (password(), "https://git.example.org/o/r.git");
    let with_token = format!("https://robot:{secret}@git.example.org/");
    let origin = |sandbox: &Sandbox| drop(sandbox.git(&["remote", "add", "origin", plain]));
    is_quiet("insteadOf", |sandbox| {
        origin(sandbox);
        sandbox.git(&["config", &format!("url.{with_token}.insteadOf"), "https://git.example.org/"]);
    });
    is_quiet("another remote", |sandbox| {
        sandbox.git(&["remote", "add", "upstream", &format!("{with_token}o/r.git")]);
    });
    is_quiet("the address for pushes", |sandbox| {
        origin(sandbox);
        sandbox.git(&["remote", "set-url", "--push", "origin", &format!("{with_token}o/r.git")]);
    });
    is_quiet("a header", |sandbox| {
        origin(sandbox);
        sandbox.git(&["config", &format!("http.{plain}.extraheader"), &format!("AUTHORIZATION: basic {secret}")]);
    });
}

#[test]
fn the_form_of_ssh_stays_readable() {
    let sandbox = docker::sandbox();
    sandbox.git(&["remote", "add", "origin", "git@git.example.org:o/r.git"]);
    let run = sandbox.xtask(&["build", "--dry-run", "--json"]).code(0);
    assert!(run.stdout.contains("org.opencontainers.image.source=git@git.example.org:o/r.git"), "{}", run.stdout);
}
