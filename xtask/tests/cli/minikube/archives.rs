//! `minikube-archive`, which the commands of a dry run contain: what it says, and what it refuses.

use snapbox::str;

use crate::harness::minikube::{archive, images};
use crate::harness::sandbox::Sandbox;

#[test]
fn help_of_the_hidden_command() {
    let sandbox = Sandbox::empty();
    sandbox.xtask(&["minikube-archive", "--help"]).code(0).stderr("").stdout(str![[r#"
Write the archive that `minikube-load` sends, from an export of the engine

Usage: cargo xtask minikube-archive [OPTIONS] --export <FILE> --archive <FILE> <REFERENCE=ID>...

Arguments:
  <REFERENCE=ID>...  Images to put into the archive, each with the engine's ID

Options:
      --config <FILE>     Use this file instead of the nearest taskflow.toml
      --export <FILE>     Export, made with `docker save ID > FILE`
      --archive <FILE>    Archive to write
      --json              Print one JSON document on standard output
      --color <WHEN>      When to use colours [default: auto] [possible values: auto, always, never]
      --without <DIGEST>  Layers to leave out, which every node has
  -v, --verbose           Show the output of the tools that are run
  -q, --quiet             Show only warnings and errors
  -h, --help              Print help

"#]]);
    assert!(!sandbox.xtask(&["--help"]).code(0).stdout.contains("minikube-archive"));
}

#[test]
fn an_image_without_an_id_is_refused() {
    let sandbox = Sandbox::empty();
    let args = ["minikube-archive", "--export", "a", "--archive", "b", "app:1"];
    sandbox.xtask(&args).code(2).stdout("").stderr(str![[r#"
error: invalid value 'app:1' for '<REFERENCE=ID>...': `app:1` is not REFERENCE=ID

For more information, try '--help'.

"#]]);
}

#[test]
fn exports_of_other_images_are_refused_and_write_nothing() {
    let sandbox = Sandbox::empty();
    let [frontend, backend] = images();
    let named = format!("{}={}", frontend.reference, frontend.id());
    let load = || sandbox.xtask(&["minikube-archive", "--export", "x.export", "--archive", "x.tar", &named]);
    load().code(2).stdout("").stderr(str![[r#"
error: `x.export` is no export of these images
caused by: there is no such file
hint: write it with `docker save sha256:efe8b06da184f59cce956d52d496ca2927c850b4a54ac621e91140b29449b50c > x.export`

"#]]);
    sandbox.write("x.export", "no archive");
    load().code(2).stdout("").stderr(str![[r#"
error: `x.export` is no export of these images
caused by: failed to read entire block
hint: write it with `docker save sha256:efe8b06da184f59cce956d52d496ca2927c850b4a54ac621e91140b29449b50c > x.export`

"#]]);
    std::fs::write(sandbox.root.join("x.export"), archive(&[&backend])).unwrap();
    load().code(2).stdout("").stderr(str![[r#"
error: `x.export` is no export of these images
caused by: it does not hold the image `sha256:efe8b06da184f59cce956d52d496ca2927c850b4a54ac621e91140b29449b50c`
hint: write it with `docker save sha256:efe8b06da184f59cce956d52d496ca2927c850b4a54ac621e91140b29449b50c > x.export`

"#]]);
    assert!(!sandbox.root.join("x.tar").exists());
    std::fs::write(sandbox.root.join("x.export"), archive(&[&frontend])).unwrap();
    load().code(0).stdout("").stderr("");
    assert!(sandbox.root.join("x.tar").metadata().unwrap().len() > 2_500_000);
    let json = sandbox.xtask(&["minikube-archive", "--json", "--export", "x.export", "--archive", "y.tar", &named]);
    json.code(0)
        .stdout(str![[r#"
{
  "schema": 1,
  "command": "minikube-archive",
  "ok": true,
  "error": null
}

"#]])
        .stderr("");
    std::fs::create_dir(sandbox.root.join("y")).unwrap();
    let json = sandbox.xtask(&["minikube-archive", "--export", "x.export", "--archive", "y", &named]);
    json.code(2).stdout("").stderr(str![[r#"
error: cannot put the archive together on this machine
caused by: cannot write `y`: Is a directory (os error 21)
note: nothing was loaded

"#]]);
}
