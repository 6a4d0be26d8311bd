//! Places in reports: seen from the repository's root wherever the command was started, and written as each form asks.

use serde_json::Value;
use snapbox::str;

use crate::harness::fakes::on;
use crate::harness::planted::{address, quiet, token};
use crate::harness::run::Run;
use crate::harness::sandbox::{CONFIG, Sandbox};

/// A search that is started in a folder of the repository.
fn scan_in(sandbox: &Sandbox, folder: &str, args: &[&str]) -> Run {
    let mut command = sandbox.command(&[&["secrets", "scan", "-q"], args].concat());
    command.current_dir(sandbox.root.join(folder));
    quiet(sandbox.finished(&command.output().unwrap()))
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("frontend/lib/a b,c:d%.ts", &format!("const dsn = \"{}\";\n", address()));
    sandbox
}

#[test]
fn programs_see_places_from_the_root_of_the_repository() {
    let sandbox = sandbox();
    scan_in(&sandbox, "frontend/lib", &["."]).code(1).stdout("").stderr(str![[r#"
error[url-password]: a secret in `a b,c:d%.ts`: password in an address
  --> a b,c:d%.ts:1
hint: take the secret out, and replace it wherever it opens something

error: 1 secret found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    scan_in(&sandbox, "frontend/lib", &[".", "--format", "github"]).code(1).stdout(str![[r#"
::error file=frontend/lib/a b%2Cc%3Ad%25.ts,line=1,title=url-password::a secret in `frontend/lib/a b,c:d%25.ts`: password in an address

"#]]);
    let run = scan_in(&sandbox, "frontend", &["../frontend/lib", "--format", "sarif"]).code(1);
    let document = run.document();
    let result = &document["runs"][0]["results"][0];
    let physical = &result["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "frontend/lib/a%20b,c%3Ad%25.ts");
    assert_eq!(result["partialFingerprints"]["place/v1"], "url-password:frontend/lib/a b,c:d%.ts");
    let document = scan_in(&sandbox, "backend", &["../frontend", "--json"]).code(1).document();
    assert_eq!(document["findings"][0]["file"], "frontend/lib/a b,c:d%.ts");
    assert_eq!(document["findings"][0]["place"], "frontend/lib/a b,c:d%.ts");
}

#[test]
fn an_exception_copied_from_a_report_of_a_folder_works() {
    let sandbox = sandbox();
    let document = scan_in(&sandbox, "frontend/lib", &[".", "--json"]).code(1).document();
    let place = Value::from(document["findings"][0]["place"].as_str().unwrap());
    let rule = &document["findings"][0]["rule"];
    let exception = format!(
        "{CONFIG}\n[[allow]]\nplace = {place}\nrule = {rule}\nreason = \"a demonstration\"\nexpires = 2999-12-31\n"
    );
    sandbox.write("taskflow.toml", &exception);
    for folder in ["frontend/lib", "frontend", "."] {
        scan_in(&sandbox, folder, &["."]).code(0);
    }
}

#[test]
fn what_lies_outside_of_the_repository_has_its_whole_path() {
    let sandbox = Sandbox::new();
    let outside = sandbox.outside("notes #1.txt");
    std::fs::write(&outside, address()).unwrap();
    let path = outside.display().to_string();
    for given in [path.as_str(), "../notes #1.txt"] {
        let document = scan_in(&sandbox, ".", &[given, "--json"]).code(1).document();
        assert_eq!(document["findings"][0]["file"], "[BASE]/notes #1.txt");
    }
    let document = scan_in(&sandbox, ".", &[&path, "--format", "sarif"]).code(1).document();
    let location = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(location["uri"], "file://[BASE]/notes%20%231.txt");
}

#[test]
fn what_one_target_holds_is_told_when_another_cannot_be_read() {
    let sandbox = Sandbox::new();
    let missing = on("image inspect nothing").says("[]").complains("Error: No such image: nothing\n").exits(1);
    sandbox.fake("docker", [missing]);
    sandbox.write("a.txt", &token());
    let all = ["a.txt", "nothing", "b.txt"];
    sandbox.write("b.txt", &address());
    scan_in(&sandbox, ".", &all).code(1).stdout("").stderr(str![[r#"
error[github-token]: a secret in `a.txt`: GitHub token
  --> a.txt:1
hint: take the secret out, and replace it wherever it opens something

error[url-password]: a secret in `b.txt`: password in an address
  --> b.txt:1
hint: take the secret out, and replace it wherever it opens something

error: there is neither a file nor an image `nothing`
hint: give the path of a file, a folder, or an archive, or the reference of an image that the engine has

error: 2 secrets found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    let document = scan_in(&sandbox, ".", &[&all[..], &["--json"]].concat()).code(1).document();
    assert_eq!(document["findings"].as_array().unwrap().len(), 2);
    assert_eq!(document["targets"].as_array().unwrap().len(), 2);
    assert_eq!(document["error"]["problems"].as_array().unwrap().len(), 2);
    // A clean target beside one that cannot be read is no clean answer; without any, nothing was done.
    sandbox.write("b.txt", "");
    scan_in(&sandbox, ".", &["b.txt", "nothing"]).code(1);
    scan_in(&sandbox, ".", &["nothing", "nothing"]).code(2);
}
