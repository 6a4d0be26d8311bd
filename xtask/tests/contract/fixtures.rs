//! The examples of the rule table: the good one holds its rule, and the bad one breaks it and no other.

mod rendered;

use xtask::domain::contract::Verdict;
use xtask::domain::contract::check::RULES;

use crate::world::{Outcome, TOML, World};

/// The file that an example is.
#[derive(Clone, Copy)]
enum Example {
    /// A Dockerfile, with these lines behind it.
    Dockerfile(&'static str),
    /// An ignore file.
    IgnoreFile,
    /// An ignore file of a context with a file of this size, in bytes.
    Context(usize),
    /// The lines of a container, below the path of the manifest.
    Manifest,
}

/// The contract for an example: the keys below `[component.web]`, for the good and the bad one.
struct Fixture {
    rule: &'static str,
    good: &'static str,
    bad: &'static str,
    example: Example,
}

const fn fixture(rule: &'static str, keys: &'static str, example: Example) -> Fixture {
    Fixture { rule, good: keys, bad: keys, example }
}

const USER: Example = Example::Dockerfile("USER 1000\n");
const STAGES: &str = "[component.web.contract]\nstages = [\"builder\", \"runner\"]\n";

const FIXTURES: [Fixture; 23] = [
    fixture("dockerfile-valid", "", USER),
    fixture("declared-inputs", "[component.web.build-args.NODE_ENV]\n", USER),
    fixture("base-image", "[component.web.contract]\nbase-images = [\"node:20-alpine\"]\n", USER),
    fixture("base-tag", "", USER),
    Fixture {
        rule: "base-variant",
        good: "[component.web.contract]\nbase-images = [\"python:3.13-slim\"]\n",
        bad: "[component.web.contract]\nbase-images = [\"python:3.13\"]\n",
        example: USER,
    },
    fixture("stages", STAGES, USER),
    fixture("runtime-artifacts", STAGES, USER),
    fixture("build-tools", STAGES, USER),
    fixture("port", "[component.web.contract]\nport = 3000\n", USER),
    fixture("command", "[component.web.contract]\ncommand = [\"node\", \"server.js\"]\n", USER),
    fixture("exec-form", "", USER),
    fixture("workdir", "[component.web.contract]\nworkdir = \"/app\"\n", USER),
    fixture("stop-signal", "[component.web.contract]\nstop-signal = \"SIGTERM\"\n", USER),
    Fixture {
        rule: "environment",
        good: "[component.web.contract.env.PORT]\nfrom = \"image\"\ndefault = \"3000\"\n",
        bad: "[component.web.contract.env.BACKEND_URL]\nfrom = \"config-map\"\n",
        example: USER,
    },
    fixture("non-root", "", Example::Dockerfile("")),
    fixture("user", "[component.web.contract]\nuser = \"nextjs\"\nuid = 1001\n", Example::Dockerfile("")),
    fixture("user-created", "[component.web.contract]\nuser = \"appuser\"\nuid = 1000\n", Example::Dockerfile("")),
    fixture("layer-order", STAGES, USER),
    fixture("ignore-file-valid", "", Example::IgnoreFile),
    fixture("ignore-entries", "[component.web.contract]\nignore = [\".env*\"]\n", Example::IgnoreFile),
    Fixture {
        rule: "context-size",
        good: "[component.web.contract]\nmax-context-mb = 5\n",
        bad: "[component.web.contract]\nmax-context-mb = 5\n",
        example: Example::Context(80_000_000),
    },
    fixture("manifest-tag", "", Example::Manifest),
    fixture("manifest-pull-policy", "", Example::Manifest),
];

const VALID: &str = "FROM alpine:3.22\nUSER 1000\n";

/// Makes the files of an example.
fn world(keys: &str, example: Example, text: &str, is_good: bool) -> World {
    let toml = format!("schema = 1\n[project]\nname = \"taskflow\"\n[component.web]\ncontext = \"web\"\n{keys}");
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let mut files = vec![file(TOML, &toml)];
    match example {
        Example::Dockerfile(behind) => files.push(file("web/Dockerfile", &format!("{text}{behind}"))),
        Example::IgnoreFile => files.extend([file("web/Dockerfile", VALID), file("web/.dockerignore", text)]),
        Example::Context(bytes) => {
            files.extend([file("web/Dockerfile", VALID), file("web/.dockerignore", text)]);
            let bytes = if is_good { 1 } else { bytes };
            files.push(file("web/videos/a.mp4", &"x".repeat(bytes)));
        }
        Example::Manifest => {
            let mut lines = text.lines().map(|line| line.trim_start_matches("# "));
            let path = lines.next().unwrap();
            let lines: Vec<&str> = lines.collect();
            let has_image = lines.iter().any(|line| line.starts_with("image:"));
            let image = if has_image { "" } else { "image: taskflow-web:1.0.0" };
            let container: Vec<String> = lines
                .iter()
                .copied()
                .chain([image])
                .map(|line| format!("    {}\n", line.replace("frontend", "web")))
                .collect();
            let manifest =
                format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: web\n{}", container.concat());
            files.extend([file("web/Dockerfile", VALID), file(path, &manifest)]);
        }
    }
    World { files: files.into_iter().collect() }
}

/// Judges the good and the bad example of a fixture.
fn judged(fixture: &Fixture) -> (Outcome, Outcome) {
    let text = RULES.iter().find(|rule| rule.text.id == fixture.rule).map(|rule| rule.text).unwrap();
    let good = world(fixture.good, fixture.example, text.good, true).judge();
    (good, world(fixture.bad, fixture.example, text.bad, false).judge())
}

#[test]
fn good_examples_hold_their_rule() {
    for fixture in &FIXTURES {
        let (good, _) = judged(fixture);
        let judgement = good.judgements.iter().find(|judgement| judgement.rule.id == fixture.rule);
        let verdict = &judgement.unwrap_or_else(|| panic!("{} does not apply", fixture.rule)).verdict;
        assert!(matches!(verdict, Verdict::Held(_)), "{}: {verdict:?}", fixture.rule);
        assert!(good.broken().is_empty(), "{}: {}", fixture.rule, good.described());
    }
}

#[test]
fn bad_examples_break_their_rule_and_no_other() {
    for fixture in &FIXTURES {
        let (_, bad) = judged(fixture);
        assert!(bad.broken().iter().eq([&fixture.rule]), "{}: {:?}\n{}", fixture.rule, bad.broken(), bad.described());
    }
}

/// IDs are in exceptions, reports, and histories, so they never change. A new rule is added here.
#[test]
fn ids_of_rules_never_change() {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.text.id).collect();
    assert_eq!(ids, FIXTURES.each_ref().map(|fixture| fixture.rule));
}
