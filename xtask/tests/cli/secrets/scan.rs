//! `secrets scan` of files, folders, and standard input, in every form of report.

use std::fs;

use snapbox::str;

use super::rows::fed;
use crate::harness::docker;
use crate::harness::encodings::utf16;
use crate::harness::image_archives::{gzip, zip};
use crate::harness::planted::{address, password, quiet, token};
use crate::harness::run::compare;
use crate::harness::sandbox::Sandbox;

/// A folder with a secret of every kind, and much that is none.
fn folder() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("web/clean.ts", "export const apiKey = process.env.API_KEY;\nconst hash = \"sha256-abc\";\n");
    sandbox.write("web/lib/db.ts", &format!("// The database.\nconst db = \"{}\";\n", address()));
    sandbox.write("web/.env.local", &format!("NAME=web\nexport DB_PASSWORD='{}'\n", password()));
    sandbox.write("web/Dockerfile", &format!("FROM scratch\nARG A\nENV A=$A \\\n    TOKEN={}\n", token()));
    sandbox.write("web/id_rsa", "not a key at all\n");
    fs::write(sandbox.root.join("web/log.gz"), gzip(format!("using {}\n", token()).as_bytes())).unwrap();
    fs::write(sandbox.root.join("web/a.whl"), zip("a/b.py", format!("T = '{}'", token()).as_bytes())).unwrap();
    fs::write(sandbox.root.join("web/x.bin"), [b"\0\x01", token().as_bytes(), b"\0"].concat()).unwrap();
    sandbox
}

#[test]
fn a_folder_is_searched_whole() {
    let run = quiet(folder().xtask(&["secrets", "scan", "web"]).code(1));
    run.stdout("").stderr(str![[r#"
error[secret-file]: a secret in `web/.env.local`: it is an environment file
  --> web/.env.local
hint: delete the file or move it away, and replace what it holds wherever that opens something

error[secret-name]: a secret in `web/.env.local`: its name says that it is a password
  --> web/.env.local:2
hint: take the secret out, and replace it wherever it opens something

error[github-token]: a secret in `ENV TOKEN`: GitHub token
  --> web/Dockerfile:4
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `TOKEN` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.NAME.build-secrets.token]` with `env = "TOKEN"`, and read /run/secrets/token in `RUN --mount=type=secret,id=token …`

error[github-token]: a secret in `web/a.whl!/a/b.py`: GitHub token
  --> web/a.whl!/a/b.py
note: at byte 9 of the unpacked text
hint: take the secret out, and replace it wherever it opens something

error[secret-file]: a secret in `web/id_rsa`: it is a private SSH key
  --> web/id_rsa
hint: delete the file or move it away, and replace what it holds wherever that opens something

error[url-password]: a secret in `web/lib/db.ts`: password in an address
  --> web/lib/db.ts:2
hint: take the secret out, and replace it wherever it opens something

error[github-token]: a secret in `web/log.gz`: GitHub token
  --> web/log.gz
note: at byte 10 of the unpacked text
hint: take the secret out, and replace it wherever it opens something

error[github-token]: a secret in `web/x.bin`: GitHub token
  --> web/x.bin
note: at byte 6
hint: take the secret out, and replace it wherever it opens something

    Searched 443 B in [TIME]
error: 8 secrets found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
}

#[test]
fn the_document_has_every_finding() {
    let run = quiet(folder().xtask(&["secrets", "scan", "web", "--json"]).code(1));
    run.stdout(str![[r#"
{
  "schema": 1,
  "command": "secrets scan",
  "ok": false,
  "targets": [
    {
      "name": "web",
      "kind": "files",
      "bytes": 443
    }
  ],
  "findings": [
    {
      "rule": "secret-file",
      "severity": "error",
      "reason": "it is an environment file",
      "place": "web/.env.local",
      "file": "web/.env.local",
      "what": "a secret in `web/.env.local`: it is an environment file",
      "remedy": "delete the file or move it away, and replace what it holds wherever that opens something",
      "documentation": "docs/secrets.md#secret-file"
    },
    {
      "rule": "secret-name",
      "severity": "error",
      "reason": "its name says that it is a password",
      "place": "web/.env.local",
      "file": "web/.env.local",
      "line": 2,
      "offset": 9,
      "what": "a secret in `web/.env.local`: its name says that it is a password",
      "remedy": "take the secret out, and replace it wherever it opens something",
      "documentation": "docs/secrets.md#secret-name"
    },
    {
      "rule": "github-token",
      "severity": "error",
      "reason": "GitHub token",
      "place": "web/Dockerfile:ENV TOKEN",
      "file": "web/Dockerfile",
      "line": 4,
      "what": "a secret in `ENV TOKEN`: GitHub token",
      "wanted": "contract: No Secrets in Image Layers, \"NEVER use ENV or ARG for secrets\"",
      "remedy": "remove it, and inject `TOKEN` from a Kubernetes Secret at run time\nfor a secret that only the build needs, declare `[component.NAME.build-secrets.token]` with `env = \"TOKEN\"`, and read /run/secrets/token in `RUN --mount=type=secret,id=token …`",
      "documentation": "docs/secrets.md#github-token"
    },
    {
      "rule": "github-token",
      "severity": "error",
      "reason": "GitHub token",
      "place": "web/a.whl!/a/b.py",
      "file": "web/a.whl!/a/b.py",
      "offset": 9,
      "offset_of": "the unpacked text",
      "what": "a secret in `web/a.whl!/a/b.py`: GitHub token",
      "remedy": "take the secret out, and replace it wherever it opens something",
      "documentation": "docs/secrets.md#github-token"
    },
    {
      "rule": "secret-file",
      "severity": "error",
      "reason": "it is a private SSH key",
      "place": "web/id_rsa",
      "file": "web/id_rsa",
      "what": "a secret in `web/id_rsa`: it is a private SSH key",
      "remedy": "delete the file or move it away, and replace what it holds wherever that opens something",
      "documentation": "docs/secrets.md#secret-file"
    },
    {
      "rule": "url-password",
      "severity": "error",
      "reason": "password in an address",
      "place": "web/lib/db.ts",
      "file": "web/lib/db.ts",
      "line": 2,
      "offset": 46,
      "what": "a secret in `web/lib/db.ts`: password in an address",
      "remedy": "take the secret out, and replace it wherever it opens something",
      "documentation": "docs/secrets.md#url-password"
    },
    {
      "rule": "github-token",
      "severity": "error",
      "reason": "GitHub token",
      "place": "web/log.gz",
      "file": "web/log.gz",
      "offset": 10,
      "offset_of": "the unpacked text",
      "what": "a secret in `web/log.gz`: GitHub token",
      "remedy": "take the secret out, and replace it wherever it opens something",
      "documentation": "docs/secrets.md#github-token"
    },
    {
      "rule": "github-token",
      "severity": "error",
      "reason": "GitHub token",
      "place": "web/x.bin",
      "file": "web/x.bin",
      "offset": 6,
      "what": "a secret in `web/x.bin`: GitHub token",
      "remedy": "take the secret out, and replace it wherever it opens something",
      "documentation": "docs/secrets.md#github-token"
    }
  ],
  "error": {
    "kind": "failed",
    "exit_code": 1,
    "problems": [
      {
        "message": "8 secrets found",
        "file": null,
        "line": null,
        "column": null,
        "causes": [],
        "notes": [
          "no value is shown; each rule is explained in docs/secrets.md"
        ],
        "hints": []
      }
    ]
  }
}

"#]]);
}

#[test]
fn sarif_is_for_code_hosts() {
    let run = quiet(folder().xtask(&["secrets", "scan", "web/lib", "web/id_rsa", "--format", "sarif"]).code(1));
    run.stdout(str![[r#"
{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "runs": [
    {
      "results": [
        {
          "level": "error",
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "web/lib/db.ts"
                },
                "region": {
                  "startLine": 2
                }
              }
            }
          ],
          "message": {
            "text": "a secret in `web/lib/db.ts`: password in an address"
          },
          "partialFingerprints": {
            "place/v1": "url-password:web/lib/db.ts"
          },
          "ruleId": "url-password"
        },
        {
          "level": "error",
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "web/id_rsa"
                }
              }
            }
          ],
          "message": {
            "text": "a secret in `web/id_rsa`: it is a private SSH key"
          },
          "partialFingerprints": {
            "place/v1": "secret-file:web/id_rsa"
          },
          "ruleId": "secret-file"
        }
      ],
      "tool": {
        "driver": {
          "name": "xtask",
          "rules": [
            {
              "help": {
                "text": "docs/secrets.md#secret-file"
              },
              "id": "secret-file",
              "shortDescription": {
                "text": "file that holds secrets by its name"
              }
            },
            {
              "help": {
                "text": "docs/secrets.md#url-password"
              },
              "id": "url-password",
              "shortDescription": {
                "text": "password in an address"
              }
            }
          ],
          "version": "0.1.0"
        }
      }
    }
  ],
  "version": "2.1.0"
}

"#]]);
}

#[test]
fn annotations_are_for_workflows() {
    let run = quiet(folder().xtask(&["secrets", "scan", "web", "--format", "github"]).code(1));
    run.stdout(str![[r#"
::error file=web/.env.local,title=secret-file::a secret in `web/.env.local`: it is an environment file
::error file=web/.env.local,line=2,title=secret-name::a secret in `web/.env.local`: its name says that it is a password
::error file=web/Dockerfile,line=4,title=github-token::a secret in `ENV TOKEN`: GitHub token
::error file=web/a.whl!/a/b.py,title=github-token::a secret in `web/a.whl!/a/b.py`: GitHub token
::error file=web/id_rsa,title=secret-file::a secret in `web/id_rsa`: it is a private SSH key
::error file=web/lib/db.ts,line=2,title=url-password::a secret in `web/lib/db.ts`: password in an address
::error file=web/log.gz,title=github-token::a secret in `web/log.gz`: GitHub token
::error file=web/x.bin,title=github-token::a secret in `web/x.bin`: GitHub token

"#]]);
}

#[test]
fn a_clean_file_is_no_failure() {
    folder().xtask(&["secrets", "scan", "web/clean.ts"]).code(0).stdout("").stderr(str![[r#"
    Searched 70 B in [TIME]

"#]]);
    let run = folder().xtask(&["secrets", "scan", "web/clean.ts", "--format", "sarif", "-q"]).code(0).stderr("");
    run.stdout(str![[r#"
{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "runs": [
    {
      "results": [],
      "tool": {
        "driver": {
          "name": "xtask",
          "rules": [],
          "version": "0.1.0"
        }
      }
    }
  ],
  "version": "2.1.0"
}

"#]]);
}

#[test]
fn standard_input_is_searched_as_text() {
    let sandbox = Sandbox::new();
    let text = format!("first line\ntoken {}\n", token());
    fed(&sandbox, &["secrets", "scan", "-"], text.as_bytes()).code(1).stdout("").stderr(str![[r#"
error[github-token]: a secret in `-`: GitHub token
  --> -
note: at byte 21
hint: take the secret out, and replace it wherever it opens something

    Searched 58 B in [TIME]
error: 1 secret found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    fed(&sandbox, &["secrets", "scan", "-q", "-"], b"nothing\n").code(0).stdout("").stderr("");
}

#[test]
fn a_secret_in_the_name_of_a_file_is_found_and_not_shown() {
    let sandbox = Sandbox::new();
    sandbox.write(&format!("web/{}.txt", token()), "");
    quiet(sandbox.xtask(&["secrets", "scan", "web"]).code(1).stdout("").stderr(str![[r#"
error[github-token]: a secret in `web/ghp_***.txt`: GitHub token, in its name
  --> web/ghp_***.txt
hint: rename it, and replace the secret wherever it opens something

    Searched 0 B in [TIME]
error: 1 secret found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]));
}

#[test]
fn files_are_known_by_their_names() {
    let sandbox = Sandbox::new();
    for path in [
        ".aws/credentials",
        ".azure/accessTokens.json",
        ".config/gcloud/application_default_credentials.json",
        ".docker/config.json",
        ".dockercfg",
        ".git-credentials",
        ".htpasswd",
        ".kube/config",
        ".netrc",
        ".pgpass",
        ".pypirc",
        ".vault-token",
        "a.agekey",
        "a.kdbx",
        "a.keytab",
        "a.ovpn",
        "a.p12",
        "a.tfstate",
        "credentials.json",
        "master.key",
        "secring.gpg",
        // These are none.
        ".env.example",
        "id_rsa.pub",
        "config.json",
    ] {
        sandbox.write(&format!("home/{path}"), "");
    }
    let run = sandbox.xtask(&["secrets", "scan", "home", "--format", "github"]).code(1);
    run.stdout(str![[r#"
::error file=home/.aws/credentials,title=secret-file::a secret in `home/.aws/credentials`: it is a file of credentials for AWS
::error file=home/.azure/accessTokens.json,title=secret-file::a secret in `home/.azure/accessTokens.json`: it is a file of credentials for Azure
::error file=home/.config/gcloud/application_default_credentials.json,title=secret-file::a secret in `home/.config/gcloud/application_default_credentials.json`: it is a file of credentials for Google Cloud
::error file=home/.docker/config.json,title=secret-file::a secret in `home/.docker/config.json`: it is a file of credentials for registries
::error file=home/.dockercfg,title=secret-file::a secret in `home/.dockercfg`: it is a file of credentials for registries
::error file=home/.git-credentials,title=secret-file::a secret in `home/.git-credentials`: it is git's file of credentials
::error file=home/.htpasswd,title=secret-file::a secret in `home/.htpasswd`: it is a password file of a web server
::error file=home/.kube/config,title=secret-file::a secret in `home/.kube/config`: it is a kubeconfig, which holds keys of a cluster
::error file=home/.netrc,title=secret-file::a secret in `home/.netrc`: it is a netrc, which holds passwords
::error file=home/.pgpass,title=secret-file::a secret in `home/.pgpass`: it is a password file of PostgreSQL
::error file=home/.pypirc,title=secret-file::a secret in `home/.pypirc`: it is a file of credentials for a package registry
::error file=home/.vault-token,title=secret-file::a secret in `home/.vault-token`: it is a token of Vault
::error file=home/a.agekey,title=secret-file::a secret in `home/a.agekey`: it is a private key of age
::error file=home/a.kdbx,title=secret-file::a secret in `home/a.kdbx`: it is a password database
::error file=home/a.keytab,title=secret-file::a secret in `home/a.keytab`: it is a keytab
::error file=home/a.ovpn,title=secret-file::a secret in `home/a.ovpn`: it is a VPN's configuration with its keys
::error file=home/a.p12,title=secret-file::a secret in `home/a.p12`: it is a key store
::error file=home/a.tfstate,title=secret-file::a secret in `home/a.tfstate`: it is the state of Terraform, which holds secrets in plain text
::error file=home/credentials.json,title=secret-file::a secret in `home/credentials.json`: it is a file of credentials
::error file=home/master.key,title=secret-file::a secret in `home/master.key`: it is a master key
::error file=home/secring.gpg,title=secret-file::a secret in `home/secring.gpg`: it is a private key ring

"#]]);
}

#[test]
fn what_cannot_be_read_is_a_failure() {
    let sandbox = Sandbox::new();
    let packed = gzip(&vec![b'x'; 100_000]);
    sandbox.write("web/a", "");
    fs::write(sandbox.root.join("web/cut.gz"), &packed[..packed.len() - 8]).unwrap();
    let zipped = zip("a", &[b'y'; 300]);
    fs::write(sandbox.root.join("web/cut.zip"), &zipped[..zipped.len() - 30]).unwrap();
    sandbox.xtask(&["secrets", "scan", "web"]).code(1).stdout("").stderr(str![[r#"
error[not-searched]: `web/cut.gz` could not be searched: it ends early
  --> web/cut.gz
hint: mend it or take it away: what cannot be searched may hold anything

error[not-searched]: `web/cut.zip` could not be searched: invalid Zip archive: Could not find EOCD
  --> web/cut.zip
hint: mend it or take it away: what cannot be searched may hold anything

    Searched 101.0 kB in [TIME]
error: 2 places could not be searched
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
}

#[test]
fn what_a_short_reach_may_have_missed_is_a_failure() {
    let sandbox = Sandbox::new();
    sandbox.write("web/bundle.js", &"https://a:".repeat(700));
    sandbox.write("web/line.js", &"https://a:".repeat(20_000));
    sandbox.xtask(&["secrets", "scan", "-q", "web"]).code(1).stdout("").stderr(str![[r#"
error[not-searched]: `web/bundle.js` could not be searched: it has so many beginnings of secrets that secrets of more than 320 bytes were not looked for
  --> web/bundle.js
note: at byte 785
hint: mend it or take it away: what cannot be searched may hold anything

error[not-searched]: `web/line.js` could not be searched: it has the beginning of a secret that may go on behind the 8 KiB that were looked at
  --> web/line.js
note: at byte 5
hint: mend it or take it away: what cannot be searched may hold anything

error: 2 places could not be searched
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
}

#[test]
fn a_place_in_what_was_packed_is_no_line_of_the_file() {
    let sandbox = Sandbox::new();
    let text = format!("one\ntwo\n{}\n", token());
    let packed = gzip(text.as_bytes());
    // With a time and the name of the file in its header, there is no zero before the place.
    let header = [&packed[..3], b"\x08\x01\x01\x01\x01\x02\x03notes-of-the-last-week.txt\0"].concat();
    fs::create_dir_all(sandbox.root.join("web")).unwrap();
    fs::write(sandbox.root.join("web/notes.gz"), [&header, &packed[10..]].concat()).unwrap();
    let script = b"#!/bin/sh\nexec tail -n +3 \"$0\" | gunzip\n";
    fs::write(sandbox.root.join("web/run"), [script, packed.as_slice()].concat()).unwrap();
    let wide = utf16(&format!("\u{feff}{text}"), u16::to_le_bytes);
    fs::write(sandbox.root.join("web/wide.txt"), wide).unwrap();
    quiet(sandbox.xtask(&["secrets", "scan", "-q", "web"]).code(1)).stdout("").stderr(str![[r#"
error[github-token]: a secret in `web/notes.gz`: GitHub token
  --> web/notes.gz
note: at byte 12 of the unpacked text
hint: take the secret out, and replace it wherever it opens something

error[github-token]: a secret in `web/run`: GitHub token
  --> web/run
note: at byte 12 of the unpacked text
hint: take the secret out, and replace it wherever it opens something

error[github-token]: a secret in `web/wide.txt`: GitHub token
  --> web/wide.txt
note: at byte 12 of the text in UTF-8
hint: take the secret out, and replace it wherever it opens something

error: 3 secrets found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    let document = sandbox.xtask(&["secrets", "scan", "web", "--json"]).code(1).document();
    let places = document["findings"].as_array().unwrap().iter().map(|finding| {
        assert_eq!(finding["line"], serde_json::Value::Null);
        format!("{} {} of {}", finding["place"], finding["offset"], finding["offset_of"])
    });
    assert_eq!(
        places.collect::<Vec<_>>(),
        [
            "\"web/notes.gz\" 12 of \"the unpacked text\"",
            "\"web/run\" 12 of \"the unpacked text\"",
            "\"web/wide.txt\" 12 of \"the text in UTF-8\""
        ]
    );
}

#[test]
fn a_dockerfile_in_an_archive_is_searched_as_text() {
    let sandbox = Sandbox::new();
    let text = format!("FROM scratch\n# {}\n", token());
    fs::create_dir_all(sandbox.root.join("web")).unwrap();
    fs::write(sandbox.root.join("web/Dockerfile.gz"), gzip(text.as_bytes())).unwrap();
    fs::write(sandbox.root.join("web/a.zip"), zip("app/Dockerfile", text.as_bytes())).unwrap();
    let document = sandbox.xtask(&["secrets", "scan", "web", "--json"]).code(1).document();
    let places = document["findings"].as_array().unwrap().iter().map(|finding| finding["place"].as_str().unwrap());
    assert_eq!(places.collect::<Vec<_>>(), ["web/Dockerfile.gz", "web/a.zip!/app/Dockerfile"]);
}

#[test]
fn every_secret_of_a_long_dockerfile_is_told_in_every_form() {
    let sandbox = Sandbox::new();
    let line = |number: usize| format!("ENV DB_PASSWORD_{number}={}\n", password());
    sandbox.write("web/Dockerfile", &format!("FROM scratch\n{}", (0..300).map(line).collect::<String>()));
    let args = ["secrets", "scan", "-q", "web"];
    let in_form = |form: &str| quiet(sandbox.xtask(&[&args[..], &["--format", form]].concat()).code(1));
    let human = in_form("human").stderr;
    assert_eq!(human.matches("error[secret-name]").count(), 300);
    assert!(human.contains("error: 300 secrets found"), "{human}");
    assert_eq!(in_form("github").stdout.lines().count(), 300);
    let sarif: serde_json::Value = serde_json::from_str(&in_form("sarif").stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 300);
    let document = sandbox.xtask(&["secrets", "scan", "web", "--json"]).code(1).document();
    assert_eq!(document["findings"].as_array().unwrap().len(), 300);
}

#[test]
fn more_than_a_gibibyte_in_one_file_is_not_unpacked() {
    let sandbox = Sandbox::new();
    sandbox.write("web/a", "");
    // Gzip files one after the other are one file: 1100 times a mebibyte.
    let part = gzip(&vec![0; 1024 * 1024]);
    fs::write(sandbox.root.join("web/bomb.gz"), part.repeat(1100)).unwrap();
    sandbox.xtask(&["secrets", "scan", "-q", "web"]).code(1).stdout("").stderr(str![[r#"
error[not-searched]: `web/bomb.gz` could not be searched: it holds more than a gibibyte
  --> web/bomb.gz
hint: mend it or take it away: what cannot be searched may hold anything

error: 1 place could not be searched
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
}

#[test]
fn the_folder_of_the_run_counts() {
    let sandbox = folder();
    let output = sandbox.command(&["secrets", "scan", "-q", "./"]).current_dir(sandbox.root.join("web/lib")).output();
    quiet(sandbox.finished(&output.unwrap()).code(1).stdout("").stderr(str![[r#"
error[url-password]: a secret in `db.ts`: password in an address
  --> db.ts:2
hint: take the secret out, and replace it wherever it opens something

error: 1 secret found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]));
}

#[test]
fn neither_a_file_nor_an_image() {
    let sandbox = docker::sandbox();
    let missing = docker::inspect("wbe", &[], true);
    sandbox.fake("docker", docker::first([missing]));
    sandbox.xtask(&["secrets", "scan", "wbe"]).code(2).stdout("").stderr(str![[r#"
error: there is neither a file nor an image `wbe`
hint: give the path of a file, a folder, or an archive, or the reference of an image that the engine has

"#]]);
}

#[test]
fn something_to_search_must_be_named() {
    Sandbox::new().xtask(&["secrets", "scan"]).code(2).stdout("").stderr(str![[r#"
error: the following required arguments were not provided:
  <PATH|-|IMAGE>...

Usage: cargo xtask secrets scan <PATH|-|IMAGE>...

For more information, try '--help'.

"#]]);
    Sandbox::new().xtask(&["secrets", "scan", "--stdin-args", "web"]).code(2).stdout("").stderr(str![[r#"
error: the argument '--stdin-args' cannot be used with '[PATH|-|IMAGE]...'

Usage: cargo xtask secrets scan --stdin-args [PATH|-|IMAGE]...

For more information, try '--help'.

"#]]);
}

#[test]
fn of_many_secrets_in_one_file_the_first_are_told() {
    let sandbox = Sandbox::new();
    sandbox.write("web/tokens.txt", &format!("{}\n", token()).repeat(1000));
    let run = quiet(sandbox.xtask(&["secrets", "scan", "web", "--format", "github"]).code(1));
    assert_eq!(run.stdout.lines().count(), 20, "{}", run.stdout);
    compare(
        run.stdout.lines().last().unwrap(),
        str![
            "::error file=web/tokens.txt,line=20,title=github-token::a secret in `web/tokens.txt`: GitHub token, and 980 more like it in the same file"
        ],
    );
    let run = sandbox.xtask(&["secrets", "scan", "web"]).code(1);
    let sum = run.stderr.lines().find(|line| line.contains(" found")).unwrap_or_default();
    compare(sum, str!["error: 1000 secrets found"]);
    let document = sandbox.xtask(&["secrets", "scan", "web", "--json"]).code(1).document();
    let counts = document["findings"].as_array().unwrap().iter().map(|finding| finding["count"].as_u64().unwrap_or(1));
    assert_eq!(counts.sum::<u64>(), 1000);
}
