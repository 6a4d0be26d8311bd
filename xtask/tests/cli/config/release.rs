//! What is wrong in the settings of releases.

use snapbox::str;

use super::refused;
use crate::harness::planted::address;
use crate::harness::sandbox::CONFIG;

#[test]
fn values_that_are_not_valid() {
    let settings = "\
[release]
branches = [\"main\", \"release/..\", \"a b\"]
version-files = [\"../x\", \"taskflow.toml\", \"web/package.json\", \"./web/package.json\"]
changelog = \"web//package.json\"
remote = \"ADDRESS\"
registry = \"ADDRESS\"
required-variable = \"patch\"
sign = [\"cosign\", \"sign\", \"--password=pl4nted\"]
[[release.accept]]
finding = \"A3F8C21B9D04\"
version = \"v1.2.0\"
reason = \"none\"
[[release.accept]]
finding = \"a3f8c21b9d04\"
version = \"1.2.0\"
reason = \"nobody reads the variable\"
[[release.accept]]
finding = \"a3f8c21b9d04\"
version = \"1.2.0\"
reason = \"nobody reads the variable\"
";
    refused(
        &format!("{CONFIG}\n{}", settings.replace("ADDRESS", &address())),
        str![[r#"
error: `release.branches` cannot match a branch: `release/..`: it contains `..` or `@{`
  --> taskflow.toml:14:21
hint: write branches or patterns, as in `branches = ["main", "release/*"]`, or remove the key

error: `release.branches` cannot match a branch: `a b`: it contains a space, a control character, or one of `~ ^ : ? * [` and the backslash
  --> taskflow.toml:14:35
hint: write branches or patterns, as in `branches = ["main", "release/*"]`, or remove the key

error: `release.version-files` is not a file of the repository: `../x`
  --> taskflow.toml:15:18
hint: the path is relative to taskflow.toml

error: `release.version-files` names taskflow.toml itself
  --> taskflow.toml:15:26
note: a release always writes `project.version` in it
hint: remove it

error: `release.version-files` names `web/package.json` twice
  --> taskflow.toml:15:63
hint: remove one of them

error: `web/package.json` is both the changelog and a version file
  --> taskflow.toml:16:13
   |
16 | changelog = "web//package.json"
   |             ^^^^^^^^^^^^^^^^^^^
hint: remove it from `version-files`

error: `release.remote` is not the name of a remote: it contains a space, a control character, or one of `~ ^ : ? * [` and the backslash
  --> taskflow.toml:17:10
hint: write the name of a remote, such as `origin`, or remove the key

error: `release.registry` is an address, or has a user or a digest
  --> taskflow.toml:18:12
note: it is not shown, as it may contain a password
hint: write a host and an optional path, as in `registry.example.org:5000/team`

error: invalid `release.required-variable`: `patch` is none of `minor` and `major`
  --> taskflow.toml:19:21
   |
19 | required-variable = "patch"
   |                     ^^^^^^^

error: `release.sign` has no word with `{image}`
  --> taskflow.toml:20:8
hint: write the words of the command, as in `sign = ["cosign", "sign", "{image}"]`

error: invalid `release.accept.finding`: `A3F8C21B9D04` is not 12 hex digits in lower case
  --> taskflow.toml:22:11
   |
22 | finding = "A3F8C21B9D04"
   |           ^^^^^^^^^^^^^^

error: invalid `release.accept.version`: `v1.2.0` begins with `v`, which belongs to git tags only
  --> taskflow.toml:23:11
   |
23 | version = "v1.2.0"
   |           ^^^^^^^^

error: `release.accept.reason` gives no reason
  --> taskflow.toml:24:10
   |
24 | reason = "none"
   |          ^^^^^^
hint: say why this finding is acceptable

error: change a3f8c21b9d04 is accepted twice for 1.2.0
  --> taskflow.toml:29:1
   |
29 | [[release.accept]]
   | ^^^^^^^^^^^^^^^^^^
note: the other entry is in line 25
hint: remove one of them

"#]],
    );
}

#[test]
fn lists_and_prefixes_that_say_nothing() {
    refused(
        &format!("{CONFIG}\n[release]\nbranches = []\nregistry = \"team\"\nsign = [\"\", \"{{image}}\"]\n"),
        str![[r#"
error: `release.branches` is empty, so no branch can be released
  --> taskflow.toml:14:12
hint: write branches or patterns, as in `branches = ["main", "release/*"]`, or remove the key

error: invalid `release.registry`: `team` does not begin with the host of a registry
  --> taskflow.toml:15:12
hint: write a host and an optional path, as in `registry.example.org:5000/team`

error: `release.sign` does not begin with the name of a program
  --> taskflow.toml:16:8
hint: write the words of the command, as in `sign = ["cosign", "sign", "{image}"]`

"#]],
    );
    let long = "a".repeat(240);
    refused(
        &format!("{CONFIG}\n[release]\nregistry = \"localhost:5000/{long}\"\n"),
        str![[r#"
error: invalid `release.registry`: with the repository of a component, the repository is 258 bytes long, at most 247 are allowed
  --> taskflow.toml:14:12
hint: shorten the path

"#]],
    );
}

#[test]
fn entries_that_are_not_complete() {
    refused(
        &format!("{CONFIG}\n[[release.accept]]\n[release.sing]\n"),
        str![[r#"
error: `release.accept.finding` is missing
  --> taskflow.toml:13:1
   |
13 | [[release.accept]]
   | ^^^^^^^^^^^^^^^^^^ needs `finding`
hint: add the fingerprint of the change, as in `finding = "a3f8c21b9d04"`

error: `release.accept.version` is missing
  --> taskflow.toml:13:1
   |
13 | [[release.accept]]
   | ^^^^^^^^^^^^^^^^^^ needs `version`
hint: add the version in which it is accepted, as in `version = "1.2.0"`

error: `release.accept.reason` is missing
  --> taskflow.toml:13:1
   |
13 | [[release.accept]]
   | ^^^^^^^^^^^^^^^^^^ needs `reason`
hint: add why a smaller step is enough, as in `reason = "no deployment sets this variable"`

error: unknown key `release.sing`
  --> taskflow.toml:14:10
hint: did you mean `sign`?

"#]],
    );
}
