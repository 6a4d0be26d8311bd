//! Loads that work: all of it, what is missing, nothing.

use std::collections::BTreeMap;
use std::io::Read;

use snapbox::str;

use crate::harness::fakes::on;
use crate::harness::minikube::{Image, engine, images, sandbox, working};
use crate::harness::run::compare;
use crate::harness::sandbox::Sandbox;

/// The calls that the fake client got, with scripts and paths left out.
fn calls(sandbox: &Sandbox) -> String {
    let calls = sandbox.take_calls();
    let minikube = calls.iter().filter(|call| call.argv[0] == "minikube");
    let mut lines: Vec<String> = minikube
        .map(|call| {
            let words = call.argv.iter().take_while(|word| *word != "--");
            words
                .map(|word| if word.starts_with('/') { "ARCHIVE" } else { word.as_str() })
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

/// The files of the archive that was sent, with their lengths.
fn sent(sandbox: &Sandbox) -> BTreeMap<String, (u64, Vec<u8>)> {
    let mut archive = tar::Archive::new(std::fs::File::open(sandbox.mark("archive")).unwrap());
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.path().unwrap().display().to_string(), (entry.size(), content))
    });
    entries.collect()
}

#[test]
fn a_first_load_sends_everything() {
    let [frontend, backend] = images();
    let both = [&frontend, &backend];
    let sandbox = sandbox(&both);
    sandbox.fake("minikube", working(&[], &both));
    sandbox
        .xtask(&["minikube-load"])
        .code(0)
        .stdout(str![[r#"
taskflow-frontend:1.0.0-main
taskflow-backend:1.0.0-main

"#]])
        .stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` and `taskflow-backend:1.0.0-main` into profile `minikube` (docker, 1 node)
      Loaded taskflow-frontend:1.0.0-main  efe8b06da184  full  3.0 MB sent, 0.0 MB saved  [TIME]
      Loaded taskflow-backend:1.0.0-main   b62f9a88856a  full  3.0 MB sent, 0.0 MB saved  [TIME]
    Finished 2 images on 1 node in [TIME], 6.0 MB sent

"#]]);
    compare(
        &calls(&sandbox),
        str![[r#"
minikube image load ARCHIVE --profile minikube
minikube image ls --format json --profile minikube
minikube profile list --light --output json
minikube ssh --profile minikube
minikube ssh --profile minikube
minikube version --output json
"#]],
    );
    let sent = sent(&sandbox);
    assert_eq!(sent.len(), 7, "four layers, two configs, and a manifest: {:?}", sent.keys());
    for layer in frontend.diff_ids() {
        let name = format!("{}.tar", layer.trim_start_matches("sha256:"));
        assert!(sent[&name].0 > 1_000_000, "whole archives are not packed");
    }
}

#[test]
fn nothing_changed_is_one_question_to_the_node() {
    let [frontend, backend] = images();
    let both = [&frontend, &backend];
    let sandbox = sandbox(&both);
    sandbox.fake("minikube", working(&both, &both));
    sandbox
        .xtask(&["minikube-load"])
        .code(0)
        .stdout(str![[r#"
taskflow-frontend:1.0.0-main
taskflow-backend:1.0.0-main

"#]])
        .stderr(str![[r#"
     Present taskflow-frontend:1.0.0-main  efe8b06da184
     Present taskflow-backend:1.0.0-main   b62f9a88856a
    Finished 2 images on 1 node in [TIME], nothing to send

"#]]);
    compare(
        &calls(&sandbox),
        str![[r#"
minikube image ls --format json --profile minikube
minikube profile list --light --output json
minikube version --output json
"#]],
    );
}

#[test]
fn one_change_sends_what_is_new_in_two_calls_more() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", working(&[], &[&frontend, &backend]));
    sandbox.xtask(&["minikube-load", "-q"]).code(0);
    sandbox.take_calls();
    std::fs::remove_file(sandbox.mark("loaded")).unwrap();
    let changed = Image::new("frontend", "second");
    engine(&sandbox, &[&changed, &backend]);
    sandbox.fake("minikube", working(&[&frontend, &backend], &[&changed, &backend]));
    sandbox
        .xtask(&["minikube-load"])
        .code(0)
        .stdout(str![[r#"
taskflow-frontend:1.0.0-main
taskflow-backend:1.0.0-main

"#]])
        .stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` into profile `minikube` (docker, 1 node)
      Loaded taskflow-frontend:1.0.0-main  d80768518651  thin  0.0 MB sent, 3.0 MB saved  [TIME]
     Present taskflow-backend:1.0.0-main   b62f9a88856a
    Finished 2 images on 1 node in [TIME], 0.0 MB sent

"#]]);
    compare(
        &calls(&sandbox),
        str![[r#"
minikube image load ARCHIVE --profile minikube
minikube image ls --format json --profile minikube
minikube profile list --light --output json
minikube ssh --profile minikube
minikube version --output json
"#]],
    );
    let sent = sent(&sandbox);
    assert_eq!(sent.len(), 3, "one layer, one config, and a manifest: {:?}", sent.keys());
    let [base, top] = changed.diff_ids().map(|layer| format!("{}.tar", layer.trim_start_matches("sha256:")));
    assert!(!sent.contains_key(&base) && sent[&top].1.starts_with(&[0x1f, 0x8b]), "the new layer alone, packed");
    let manifest = String::from_utf8(sent["manifest.json"].1.clone()).unwrap();
    assert!(
        manifest.contains(&base) && manifest.contains("docker.io/library/taskflow-frontend:1.0.0-main"),
        "{manifest}"
    );
    let left = std::fs::read_dir(sandbox.root.join("target/xtask/minikube")).unwrap();
    let mut left: Vec<String> = left.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    left.sort();
    assert_eq!(left, [".gitignore", "minikube.json", "minikube.lock"]);
}

#[test]
fn the_document_has_the_proof() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", working(&[&backend], &[&frontend, &backend]));
    let document = sandbox.xtask(&["minikube-load", "-q", "--json"]).code(0).stderr("").document();
    let image = &document["images"][0];
    assert_eq!(
        (image["outcome"].as_str(), image["expected_id"].as_str()),
        (Some("loaded"), Some(frontend.id().as_str()))
    );
    let node = &image["nodes"][0];
    assert_eq!(
        (&node["expected_id"], &node["found_id"], &node["how"]),
        (&image["expected_id"], &image["expected_id"], &"full".into())
    );
    assert!(image["bytes_sent"].as_u64().unwrap() > 2_500_000);
    let present = &document["images"][1];
    assert_eq!(
        (&present["outcome"], &present["bytes_sent"], &present["bytes_saved"]),
        (&"present".into(), &0.into(), &3_000_000.into())
    );
    assert_eq!(document["profile"]["nodes"], serde_json::json!(["minikube"]));
}

#[test]
fn a_dry_run_prints_the_commands_and_loads_nothing() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", working(&[&backend], &[&backend]));
    sandbox.xtask(&["minikube-load", "--dry-run"]).code(0).stdout(str![[r#"
mkdir -p [ROOT]/target/xtask/minikube && docker save sha256:efe8b06da184f59cce956d52d496ca2927c850b4a54ac621e91140b29449b50c > [ROOT]/target/xtask/minikube/minikube.export
cargo xtask minikube-archive --export [ROOT]/target/xtask/minikube/minikube.export --archive [ROOT]/target/xtask/minikube/taskflow-minikube-[..].tar taskflow-frontend:1.0.0-main=sha256:efe8b06da184f59cce956d52d496ca2927c850b4a54ac621e91140b29449b50c
minikube image load [ROOT]/target/xtask/minikube/taskflow-minikube-[..].tar --profile minikube
minikube ssh --profile minikube -- 't() { echo "@taskflow $1"; }; trap "sudo rm -f /var/lib/minikube/images/taskflow-minikube-[..].tar; exit 1" HUP INT TERM; n=0; until { [ -e /var/lib/minikube/images/taskflow-minikube-[..].tar ] && [ "$(docker images --no-trunc --format '\''{{.Repository}}:{{.Tag}}={{.ID}}'\'' | grep -cxF -e taskflow-frontend:1.0.0-main=sha256:efe8b06da184f59cce956d52d496ca2927c850b4a54ac621e91140b29449b50c)" -ge 1 ]; } || [ $n -ge 615 ]; do n=$((n+1)); sleep 0.2; done; sudo rm -f /var/lib/minikube/images/taskflow-minikube-[..].tar; [ -e /var/lib/minikube/images/taskflow-minikube-[..].tar ] && t kept || t removed; t lines; docker images --no-trunc --format '\''{{.|json}}'\''; t architecture; uname -m; t files; df -kP /var/lib/minikube | tail -n 1; t store; df -kP /var/lib/store | tail -n 1; t end'
rm [ROOT]/target/xtask/minikube/minikube.export [ROOT]/target/xtask/minikube/taskflow-minikube-[..].tar

"#]]).stderr(str![[r#"
  Would load taskflow-frontend:1.0.0-main  efe8b06da184  the whole image
     Present taskflow-backend:1.0.0-main  b62f9a88856a

"#]]);
    assert!(!calls(&sandbox).contains("image load"));
    assert!(!sandbox.root.join("target").exists(), "a dry run writes nothing");
    // Where the node has the layers below, only the rest would go.
    let changed = Image::new("backend", "second");
    engine(&sandbox, &[&frontend, &changed]);
    sandbox.xtask(&["minikube-load", "--dry-run", "backend"]).code(0).stderr(str![[r#"
  Would load taskflow-backend:1.0.0-main  06e9a342a183  only the layers that are missing

"#]]);
    let run = sandbox.xtask(&["minikube-load", "-n", "-q", "--json", "backend"]).code(0).document();
    assert_eq!((&run["dry_run"], &run["images"][0]["outcome"]), (&true.into(), &"missing".into()));
    let commands: Vec<&str> =
        run["commands"].as_array().unwrap().iter().map(|command| command.as_str().unwrap()).collect();
    assert_eq!(commands.len(), 5);
    let [base, _] = changed.diff_ids();
    assert!(commands[1].contains(&format!(" --without {base} taskflow-backend:1.0.0-main=")), "{}", commands[1]);
}

/// Pastes the commands of a dry run into a shell, line by line.
fn paste_the_dry_run(sandbox: &Sandbox) -> String {
    let printed = sandbox.xtask(&["minikube-load", "-n", "-q"]).code(0).stdout;
    let printed = printed.replace("[ROOT]", &sandbox.root.display().to_string());
    sandbox.take_calls();
    for line in printed.lines() {
        let output = sandbox.program("/bin/sh", &["-c", line]).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    printed
}

/// Every call of docker and minikube since the last look.
fn programs_called(sandbox: &Sandbox) -> Vec<Vec<String>> {
    let calls = sandbox.take_calls().into_iter().map(|call| call.argv);
    calls.filter(|argv| ["docker", "minikube"].contains(&argv[0].as_str())).collect()
}

/// Pastes a dry run, then runs the load: both make the same calls and send the same archive.
#[track_caller]
pub(super) fn pasted_and_run_are_the_same(sandbox: &Sandbox) -> BTreeMap<String, (u64, Vec<u8>)> {
    let _none_yet = std::fs::remove_file(sandbox.mark("loaded"));
    let printed = paste_the_dry_run(sandbox);
    assert!(sandbox.mark("loaded").exists(), "{printed}");
    let left = std::fs::read_dir(sandbox.root.join("target/xtask/minikube")).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let left: Vec<String> = left.filter(|name| name.contains(".tar") || name.contains(".export")).collect();
    assert_eq!(left, Vec::<String>::new());
    let (pasted, calls) = (sent(sandbox), programs_called(sandbox));
    std::fs::remove_file(sandbox.mark("loaded")).unwrap();
    std::fs::remove_file(sandbox.mark("archive")).unwrap();
    sandbox.xtask(&["minikube-load", "-q"]).code(0);
    let of_the_run = programs_called(sandbox);
    assert_eq!(calls.len(), 3, "an export, a load, and a script that waits: {calls:#?}");
    for call in calls {
        assert!(of_the_run.contains(&call), "{call:?} is not among {of_the_run:#?}");
    }
    assert!(sent(sandbox) == pasted, "the archives differ");
    pasted
}

#[test]
fn the_commands_of_a_dry_run_do_what_the_run_does() {
    let [frontend, backend] = images();
    let both = [&frontend, &backend];
    let sandbox = sandbox(&both);
    for program in ["rm", "mkdir"] {
        sandbox.real(program);
    }
    sandbox.fake("cargo", [on("xtask *").does(&format!("shift\nexec '{}' \"$@\"", env!("CARGO_BIN_EXE_xtask")))]);
    sandbox.fake("minikube", working(&[], &both));
    assert_eq!(pasted_and_run_are_the_same(&sandbox).len(), 7, "four layers, two configs, and a manifest");
    // Where the node has the layers below, they are left out of both.
    let changed = Image::new("backend", "second");
    engine(&sandbox, &[&frontend, &changed]);
    sandbox.fake("minikube", working(&both, &[&frontend, &changed]));
    assert_eq!(pasted_and_run_are_the_same(&sandbox).len(), 3, "one layer, one config, and a manifest");
}

#[test]
fn a_dry_run_looks_into_an_export_without_keeping_it() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let rules = [on("info *").says("[[\"driver-type\",\"io.containerd.snapshotter.v1\"]]\n")];
    let inspect = on("image inspect *").says(serde_json::json!([frontend.inspected()]).to_string());
    let save = on("save *").does("cat \"$marks/saved.0\"");
    sandbox.fake("docker", rules.into_iter().chain([inspect, save]));
    sandbox.fake("minikube", working(&[], &[]));
    let run = sandbox.xtask(&["minikube-load", "-n", "-q", "--json", "frontend"]).code(0).document();
    assert_eq!(run["images"][0]["expected_id"], frontend.id());
    assert!(!sandbox.root.join("target").exists(), "a dry run writes nothing");
}
