//! Hints about the contract.

use crate::harness::docker;
use crate::harness::fakes::on;
use crate::harness::sandbox::CONFIG;
use crate::row::{Row, Step, Then, follow, row};
use crate::world::World;

/// A sandbox whose frontend has this contract and Dockerfile.
pub(crate) fn checks_with(contract: &str, dockerfile: &str, args: &[&str]) -> World {
    let sandbox = docker::sandbox();
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n[component.frontend.contract]\n{contract}"));
    sandbox.write("frontend/Dockerfile", dockerfile);
    sandbox.commit();
    World::new(sandbox, args)
}

/// A sandbox whose frontend listens on port 3000.
fn checks(dockerfile: &str, args: &[&str]) -> World {
    checks_with("port = 3000\n", dockerfile, args)
}

/// Writes another Dockerfile for the frontend.
pub(crate) fn write(world: &World, dockerfile: &str) {
    world.sandbox.write("frontend/Dockerfile", dockerfile);
}

/// The command.
pub(crate) const CHECK: &[&str] = &["check", "frontend"];

/// A Dockerfile that breaks the contract below a comment.
fn allows(comment: &str) -> World {
    let dockerfile = format!("FROM node:20-alpine\nUSER node\n{comment}\nEXPOSE 8080 3000\n");
    checks(&dockerfile, CHECK)
}

pub(crate) fn rows() -> Vec<Row> {
    [exceptions(), keys(), vec![no_contract()], changes()].into_iter().flatten().collect()
}

/// A frontend that has changed since its release, and a check of the step.
fn changed(before: &str, after: &str, args: &[&str]) -> World {
    let sandbox = docker::sandbox_with(before);
    sandbox.real("git");
    sandbox.fake("docker", [on("image inspect *").complains("Error: No such image\n").exits(1)]);
    sandbox.commit();
    sandbox.git(&["tag", "v1.0.0"]);
    let text = sandbox.read("taskflow.toml");
    assert!(text.contains(before));
    sandbox.write("taskflow.toml", &text.replacen(before, after, 1));
    sandbox.commit();
    World::new(sandbox, &[&["contract", "diff", "-q"], args].concat())
}

/// A check that a minor step is enough.
const MINOR: &[&str] = &["--require-step", "minor"];

/// A contract with these keys.
macro_rules! contract {
    ($keys:literal) => {
        concat!("[component.frontend.contract]\n", $keys, "\n")
    };
}

/// An entry that accepts a change in the next minor version.
macro_rules! accepts {
    ($finding:literal) => {
        concat!("[[release.accept]]\nfinding = \"", $finding, "\"\nversion = \"1.1.0\"\nreason = \"nothing uses it\"\n")
    };
}

/// Reads the fingerprint of the only change in the output of a run.
fn fingerprint(world: &World) -> String {
    let run = world.xtask();
    let (_, rest) = run.stdout.rsplit_once("  [").unwrap();
    rest.split(']').next().unwrap().to_owned()
}

/// Changes since a release.
fn changes() -> Vec<Row> {
    vec![
        row("release {versions}", || changed(contract!("port = 1"), contract!("port = 2"), MINOR))
            .by_hand(|world| world.call(&["contract", "diff", "-q", "--require-step", "major"])),
        row("or accept each change with a reason under `[[release.accept]]` in {FILE_NAME}", || {
            changed(contract!("uid = 1"), contract!("uid = 2"), MINOR)
        })
        .by_hand(|world| {
            let entry = accepts!("FINGERPRINT").replace("FINGERPRINT", &fingerprint(world));
            let text = world.sandbox.read("taskflow.toml");
            world.sandbox.write("taskflow.toml", &(text + &entry));
        }),
        row("remove the entry, or correct `finding`: `cargo xtask contract diff` shows the changes", || {
            let after = concat!(contract!("uid = 2"), accepts!("0123456789ab"));
            changed(contract!("uid = 1"), after, MINOR)
        })
        .steps(&[
            Step::Act(0),
            Step::ByHand(|world| {
                let print = fingerprint(world);
                world.edit("taskflow.toml", "0123456789ab", &print);
            }),
        ]),
        row("remove the entry, or correct `finding`: `cargo xtask contract diff` shows the changes", || {
            let after = concat!(contract!("uid = 2"), accepts!("0123456789ab"));
            changed(contract!("uid = 1"), after, MINOR)
        })
        .by_hand(|world| world.edit("taskflow.toml", accepts!("0123456789ab"), ""))
        .then(Then::Gone),
        row("remove the entry, and release the version that the change needs", || {
            let world = changed(contract!("port = 1"), contract!("port = 2"), MINOR);
            let entry = accepts!("FINGERPRINT").replace("FINGERPRINT", &fingerprint(&world));
            let text = world.sandbox.read("taskflow.toml");
            world.sandbox.write("taskflow.toml", &(text + &entry));
            world
        })
        .by_hand(|world| {
            let text = world.sandbox.read("taskflow.toml");
            let start = text.find("[[release.accept]]").unwrap();
            world.sandbox.write("taskflow.toml", &text[..start]);
            world.call(&["contract", "diff", "-q", "--require-step", "major"]);
        }),
        row("did you mean `{near}`?", || changed(contract!("port = 1"), contract!("port = 2"), &["--from", "1.0.1"])),
        row("compare with a later release: `--from X.Y.Z`", || {
            let world =
                changed("[component.frontend.contract]\n", "[component.frontend.contract]\n", &["--from", "0.9.0"]);
            let text = world.sandbox.read("taskflow.toml");
            world.sandbox.write("taskflow.toml", "schema = 2\n");
            world.sandbox.commit();
            world.sandbox.git(&["tag", "v0.9.0"]);
            world.sandbox.write("taskflow.toml", &text);
            world
        })
        .by_hand(|world| world.call(&["contract", "diff", "-q", "--from", "1.0.0"])),
    ]
}

/// A component without a contract.
fn no_contract() -> Row {
    row("declare it in taskflow.toml: `[component.{component}.contract]`", || {
        World::new(docker::sandbox(), &["contract", "export", "frontend"])
    })
}

/// Keys that a contract lacks.
fn keys() -> Vec<Row> {
    fn lacks(table: &str) -> World {
        World::new(docker::sandbox_with(&format!("[component.frontend.contract.{table}]\n")), &["build", "-n"])
    }
    vec![
        row("add where the value comes from, as in `from = \"config-map\"`", || lacks("env.A"))
            .by_hand(|world| world.set("[component.frontend.contract.env.A]", "from = \"config-map\""))
            .then(Then::Gone),
        row("add the path of the health check, as in `path = \"/health\"`", || lacks("health"))
            .by_hand(|world| world.set("[component.frontend.contract.health]", "path = \"/health\""))
            .then(Then::Gone),
        row("add the path of the request, as in `path = \"/tasks\"`", || lacks("drain-request"))
            .by_hand(|world| world.set("[component.frontend.contract.drain-request]", "path = \"/tasks\""))
            .then(Then::Gone),
        row("add the kind of the database: `engine = \"postgresql\"`", || lacks("database"))
            .by_hand(|world| world.set("[component.frontend.contract.database]", "engine = \"postgresql\""))
            .then(Then::Gone),
        row("add the variable with the address, as in `variable = \"DATABASE_URL\"`", || lacks("database"))
            .by_hand(|world| world.set("[component.frontend.contract.database]", "variable = \"DATABASE_URL\""))
            .then(Then::Gone),
    ]
}

fn exceptions() -> Vec<Row> {
    vec![
        row("explain a rule with `cargo xtask check --explain RULE`", || {
            allows("# metrics").fill("RULE", "port")
        })
        .then(Then::Shows("Write one `EXPOSE` with the declared port")),
        row("list the rules with `cargo xtask contract rules` and `cargo xtask secrets rules`", || {
            checks("FROM node:20-alpine\n", &["check", "--explain", "nothing like a rule"])
        })
        .then(Then::Shows("exec-form")),
        row("write `# taskflow: allow RULE -- REASON`", || allows("# taskflow: alow port")).by_hand(allow),
        row("write `# taskflow: allow {rule} -- REASON`, with {SHORTEST_REASON} characters or more", || {
            allows("# taskflow: allow port -- short")
        })
        .by_hand(allow),
        row("remove it", || {
            let dockerfile = "# taskflow: allow port -- the metrics of an old collector\nFROM node:20-alpine\nUSER node\nEXPOSE 3000\n";
            checks(dockerfile, CHECK)
        })
        .by_hand(|world| world.edit("frontend/Dockerfile", "# taskflow: allow port -- the metrics of an old collector\n", "")),
    ]
}

fn allow(world: &mut World) {
    let dockerfile =
        "FROM node:20-alpine\nUSER node\n# taskflow: allow port -- the metrics of an old collector\nEXPOSE 8080 3000\n";
    world.sandbox.write("frontend/Dockerfile", dockerfile);
}

#[test]
fn hints_about_the_contract_help() {
    follow(&rows());
}
