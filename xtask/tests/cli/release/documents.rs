//! The documents of `--json`.

use snapbox::{IntoData, str};

use super::world::World;
use crate::harness::run::{Run, compare};

/// A document is like this; durations and days are left out.
#[track_caller]
fn is(run: &Run, expected: impl IntoData) {
    let mut document = run.document();
    // `a_plan` looks at a line that has nothing to repair.
    if let Some(lines) = document["preflight"].as_array_mut() {
        lines.retain(|line| !line["repairs"].as_array().unwrap().is_empty());
    }
    if let Some(steps) = document.pointer_mut("/release/steps").and_then(serde_json::Value::as_array_mut) {
        for step in steps {
            step["milliseconds"] = 0.into();
        }
    }
    compare(&(serde_json::to_string_pretty(&document).unwrap() + "\n"), expected);
}

#[test]
fn a_plan() {
    let world = World::new();
    let run = world.release(&["1.1.0", "--dry-run", "--json"]).code(0);
    let lines = run.document()["preflight"].as_array().unwrap().len();
    assert_eq!(lines, 18);
    assert_eq!(
        run.document()["preflight"][0],
        serde_json::json!({
            "name": "git.tree", "state": "ok", "text": "the working tree is clean", "repairs": []
        })
    );
    is(
        &run,
        str![[r#"
{
  "command": "release",
  "duration_ms": 0,
  "error": null,
  "ok": true,
  "outcome": "nothing-done",
  "plan": [
    "git commit-tree -p [ID-1] -F <message> <tree>",
    "git tag --annotate --cleanup=verbatim --file <section> v1.1.0 <commit>",
    "git checkout-index --all --prefix=<export>/",
    "cd <export> && docker build --tag tiny-a:1.1.0-g<commit> ./a",
    "cd <export> && docker build --tag tiny-b:1.1.0-g<commit> ./b",
    "cargo xtask verify a --tag 1.1.0-g<commit>",
    "cargo xtask verify b --tag 1.1.0-g<commit>",
    "docker tag tiny-a:1.1.0-g<commit> tiny-a:1.1.0",
    "docker tag tiny-b:1.1.0-g<commit> tiny-b:1.1.0",
    "git update-ref --stdin  # refs/heads/main to <commit>, refs/tags/v1.1.0 to <tag>, both or none"
  ],
  "preflight": [],
  "record": null,
  "release": null,
  "schema": 1,
  "version": "1.1.0"
}

"#]],
    );
}

#[test]
fn a_result() {
    let world = World::new();
    is(
        &world.release(&["1.1.0", "--yes", "--json"]).code(0),
        str![[r#"
{
  "command": "release",
  "duration_ms": 0,
  "error": null,
  "ok": true,
  "outcome": "released",
  "plan": [
    "git commit-tree -p [ID-1] -F <message> <tree>",
    "git tag --annotate --cleanup=verbatim --file <section> v1.1.0 <commit>",
    "git checkout-index --all --prefix=<export>/",
    "cd <export> && docker build --tag tiny-a:1.1.0-g<commit> ./a",
    "cd <export> && docker build --tag tiny-b:1.1.0-g<commit> ./b",
    "cargo xtask verify a --tag 1.1.0-g<commit>",
    "cargo xtask verify b --tag 1.1.0-g<commit>",
    "docker tag tiny-a:1.1.0-g<commit> tiny-a:1.1.0",
    "docker tag tiny-b:1.1.0-g<commit> tiny-b:1.1.0",
    "git update-ref --stdin  # refs/heads/main to <commit>, refs/tags/v1.1.0 to <tag>, both or none"
  ],
  "preflight": [],
  "record": "target/xtask/releases/1.1.0",
  "release": {
    "accepted": [],
    "before": "[ID-1]",
    "branch": "main",
    "candidate_tag": "1.1.0-g[ID-2]",
    "commit": "[ID-2]",
    "contract": [],
    "git_tag": "v1.1.0",
    "images": [
      {
        "component": "a",
        "digest": null,
        "id": "sha256:[ID-4]",
        "named": true,
        "replaced": null,
        "repository": "tiny-a",
        "size_bytes": 70
      },
      {
        "component": "b",
        "digest": null,
        "id": "sha256:[ID-5]",
        "named": true,
        "replaced": null,
        "repository": "tiny-b",
        "size_bytes": 70
      }
    ],
    "previous": null,
    "reach": "here",
    "registry": null,
    "remote": null,
    "steps": [
      {
        "milliseconds": 0,
        "state": "done",
        "step": "commit"
      },
      {
        "milliseconds": 0,
        "state": "done",
        "step": "build"
      },
      {
        "milliseconds": 0,
        "state": "done",
        "step": "verify"
      },
      {
        "milliseconds": 0,
        "state": "skipped",
        "step": "load"
      },
      {
        "milliseconds": 0,
        "state": "skipped",
        "step": "upload"
      },
      {
        "milliseconds": 0,
        "state": "skipped",
        "step": "sign"
      },
      {
        "milliseconds": 0,
        "state": "done",
        "step": "publish"
      },
      {
        "milliseconds": 0,
        "state": "skipped",
        "step": "push"
      },
      {
        "milliseconds": 0,
        "state": "skipped",
        "step": "promote"
      },
      {
        "milliseconds": 0,
        "state": "skipped",
        "step": "deliver"
      },
      {
        "milliseconds": 0,
        "state": "done",
        "step": "record"
      }
    ],
    "tag_object": "[ID-3]"
  },
  "schema": 1,
  "version": "1.1.0"
}

"#]],
    );
    is(
        &world.release(&["1.1.0", "--json"]).code(0),
        str![[r#"
{
  "command": "release",
  "duration_ms": 0,
  "error": null,
  "ok": true,
  "outcome": "already-released",
  "plan": [],
  "preflight": [],
  "record": "target/xtask/releases/1.1.0",
  "release": null,
  "schema": 1,
  "version": "1.1.0"
}

"#]],
    );
}

#[test]
fn a_refusal() {
    let world = World::new();
    world.sandbox.git(&["tag", "v1.1.0"]);
    is(
        &world.release(&["1.1.0", "--check", "--json"]).code(3),
        str![[r#"
{
  "command": "release",
  "duration_ms": 0,
  "error": {
    "exit_code": 3,
    "kind": "preflight",
    "problems": [
      {
        "causes": [],
        "column": null,
        "file": null,
        "hints": [
          "repair what the lines marked `refused` name, and run the command again"
        ],
        "line": null,
        "message": "release 1.1.0 is refused by 1 check of the preflight",
        "notes": [
          "nothing was changed"
        ]
      },
      {
        "causes": [],
        "column": null,
        "file": null,
        "hints": [
          "release 1.1.1 or 1.2.0 or 2.0.0"
        ],
        "line": null,
        "message": "version 1.1.0 is not higher than 1.1.0, the previous release",
        "notes": []
      }
    ]
  },
  "ok": false,
  "outcome": "nothing-done",
  "plan": [],
  "preflight": [
    {
      "name": "git.tag",
      "repairs": [
        "release another version; if the tag was never pushed, delete it with `git tag -d v1.1.0`"
      ],
      "state": "refused",
      "text": "tag `v1.1.0` already exists, at commit [ID-1]"
    }
  ],
  "record": null,
  "release": null,
  "schema": 1,
  "version": "1.1.0"
}

"#]],
    );
}

#[test]
fn a_failure() {
    let world = World::new();
    world.engine.fails("full", "tag * tiny-b:1.1.0", "Error response from daemon: no space left on device");
    is(
        &world.release(&["1.1.0", "--yes", "--json"]).code(1),
        str![[r#"
{
  "command": "release",
  "duration_ms": 0,
  "error": {
    "exit_code": 1,
    "kind": "failed",
    "problems": [
      {
        "causes": [
          "Error response from daemon: no space left on device"
        ],
        "column": null,
        "file": null,
        "hints": [
          "run it alone to see its output: `docker tag sha256:[ID-5] tiny-b:1.1.0`"
        ],
        "line": null,
        "message": "`docker tag sha256:[ID-5] tiny-b:1.1.0` failed",
        "notes": [
          "release 1.1.0 stopped in step `publish`; everything was undone"
        ]
      }
    ]
  },
  "ok": false,
  "outcome": "undone",
  "plan": [
    "git commit-tree -p [ID-1] -F <message> <tree>",
    "git tag --annotate --cleanup=verbatim --file <section> v1.1.0 <commit>",
    "git checkout-index --all --prefix=<export>/",
    "cd <export> && docker build --tag tiny-a:1.1.0-g<commit> ./a",
    "cd <export> && docker build --tag tiny-b:1.1.0-g<commit> ./b",
    "cargo xtask verify a --tag 1.1.0-g<commit>",
    "cargo xtask verify b --tag 1.1.0-g<commit>",
    "docker tag tiny-a:1.1.0-g<commit> tiny-a:1.1.0",
    "docker tag tiny-b:1.1.0-g<commit> tiny-b:1.1.0",
    "git update-ref --stdin  # refs/heads/main to <commit>, refs/tags/v1.1.0 to <tag>, both or none"
  ],
  "preflight": [],
  "record": null,
  "release": {
    "accepted": [],
    "before": "[ID-1]",
    "branch": "main",
    "candidate_tag": "1.1.0-g[ID-2]",
    "commit": "[ID-2]",
    "contract": [],
    "git_tag": "v1.1.0",
    "images": [
      {
        "component": "a",
        "digest": null,
        "id": "sha256:[ID-4]",
        "named": true,
        "replaced": null,
        "repository": "tiny-a",
        "size_bytes": 70
      },
      {
        "component": "b",
        "digest": null,
        "id": "sha256:[ID-5]",
        "named": true,
        "replaced": null,
        "repository": "tiny-b",
        "size_bytes": 70
      }
    ],
    "previous": null,
    "reach": "here",
    "registry": null,
    "remote": null,
    "steps": [
      {
        "milliseconds": 0,
        "state": "done",
        "step": "commit"
      },
      {
        "milliseconds": 0,
        "state": "done",
        "step": "build"
      },
      {
        "milliseconds": 0,
        "state": "done",
        "step": "verify"
      },
      {
        "milliseconds": 0,
        "state": "skipped",
        "step": "load"
      },
      {
        "milliseconds": 0,
        "state": "skipped",
        "step": "upload"
      },
      {
        "milliseconds": 0,
        "state": "skipped",
        "step": "sign"
      },
      {
        "milliseconds": 0,
        "state": "begun",
        "step": "publish"
      }
    ],
    "tag_object": "[ID-3]"
  },
  "schema": 1,
  "version": "1.1.0"
}

"#]],
    );
    is(
        &world.release(&["1.1.0", "--resume", "--json"]).code(2),
        str![[r#"
{
  "command": "release",
  "error": {
    "exit_code": 2,
    "kind": "usage",
    "problems": [
      {
        "causes": [],
        "column": null,
        "file": null,
        "hints": [
          "make it with `cargo xtask release 1.1.0`"
        ],
        "line": null,
        "message": "there is nothing to resume: no release of 1.1.0 is unfinished here",
        "notes": []
      }
    ]
  },
  "ok": false,
  "preflight": null,
  "schema": 1
}

"#]],
    );
}
