//! Valid contents of taskflow.toml, and the report of each mistake.

use super::*;
use proptest::prelude::*;

const GOOD: &str = r#"schema = 1
[project]
name = "taskflow"
version = "1.0.0"
[component.frontend]
context = "./frontend/"
build-args.NODE_ENV = { default = "production" }
[component.backend]
context = "backend"
dockerfile = "docker/Backend"
"#;

/// Each problem as `line:column message`.
fn problems(text: &str) -> Vec<String> {
    let shown = |problem: &Problem| {
        let place = problem.place.as_ref().expect("every problem of taskflow.toml has a place");
        let remedy = problem.hints.first().map_or(String::new(), |hint| format!(" | {hint}"));
        format!("{}:{} {}{remedy}", place.line, place.column, problem.message)
    };
    parse("taskflow.toml", text).expect_err("the text has mistakes").iter().map(shown).collect()
}

#[test]
fn a_good_file_is_read_in_its_own_order() {
    let config = parse("taskflow.toml", GOOD).unwrap();
    let names: Vec<&str> = config.components.iter().map(|component| component.name.as_str()).collect();
    assert_eq!(names, ["frontend", "backend"]);
    let [frontend, backend] = config.components.as_slice() else { panic!("two components") };
    assert_eq!(frontend.repository.to_string(), "taskflow-frontend");
    assert_eq!((frontend.context.as_str(), frontend.dockerfile.as_str()), ("frontend", "frontend/Dockerfile"));
    assert_eq!(frontend.build_args.len(), 1);
    assert_eq!(backend.dockerfile, "docker/Backend");
    assert_eq!(config.tags.version.unwrap().to_string(), "1.0.0");
    assert_eq!(config.tags.tag_prefix, "v");
    assert_eq!(config.secrets, CONTRACT_SECRETS);
}

#[test]
fn secrets_are_added_never_removed() {
    let config = parse(
        "taskflow.toml",
        &GOOD.replace("[component.frontend]", "[secrets]\ndeclared = [\"SMTP_PASS\"]\n[component.frontend]"),
    )
    .unwrap();
    assert_eq!(config.secrets, ["DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY", "SMTP_PASS"]);
}

#[test]
fn unknown_keys_name_the_nearest_known_one() {
    let text = GOOD.replace("context = \"backend\"", "contxt = \"backend\"").replace("version", "versoin");
    assert_eq!(
        problems(&text),
        [
            "4:1 unknown key `project.versoin` | did you mean `version`?",
            "9:1 unknown key `component.backend.contxt` | did you mean `context`?",
        ]
    );
}

#[test]
fn wrong_types_say_what_was_expected_and_found() {
    let text = GOOD
        .replace("\"1.0.0\"", "1.0")
        .replace("schema = 1", "schema = \"1\"")
        .replace("\"backend\"", "[\"backend\"]");
    assert_eq!(
        problems(&text),
        [
            "1:10 `schema` must be an integer, not a string",
            "4:11 `project.version` must be a string, not a float",
            "9:11 `component.backend.context` must be a string, not an array",
        ]
    );
}

#[test]
fn values_are_checked_at_their_place() {
    let text = GOOD.replace("1.0.0", "v1.0.0").replace("taskflow", "Taskflow").replace("schema = 1", "schema = 2");
    assert_eq!(
        problems(&text),
        [
            "1:10 unknown `schema`: 2",
            "3:8 invalid `project.name`: `Taskflow` contains uppercase letters, image repositories are lower case",
            "4:11 invalid `project.version`: `v1.0.0` begins with `v`, which belongs to git tags only",
        ]
    );
}

#[test]
fn a_context_is_a_folder_inside_the_repository_and_not_its_root() {
    let with = |path: &str| problems(&GOOD.replace("./frontend/", path)).remove(0);
    assert!(with(".").starts_with("6:11 invalid build context for component `frontend`: `.` is the repository root"));
    assert!(with("backend/..").contains("is the repository root"));
    assert!(with("../other").contains("`../other` lies outside the repository"));
    assert!(with("/srv").contains("`/srv` lies outside the repository"));
    assert!(with("").contains("is empty"));
}

#[test]
fn a_secret_is_no_build_arg() {
    let text = GOOD.replace("NODE_ENV", "OPENAI_API_KEY").replace("production", "sk-planted");
    let found = parse("taskflow.toml", &text).unwrap_err();
    let message =
        "refusing to build `frontend`: build arg `OPENAI_API_KEY` is a secret: its name is declared as a secret";
    assert_eq!((found[0].message.as_str(), found.len()), (message, 1));
}

#[test]
fn broken_toml_has_a_place() {
    let found = problems("schema = 1\n[project\n");
    assert!(found[0].starts_with("2:9 taskflow.toml is not valid TOML"), "{found:?}");
}

#[test]
fn an_empty_file_names_everything_that_is_missing() {
    assert_eq!(
        problems(""),
        [
            "1:1 `schema` is missing | add the line `schema = 1` above the first table of the file",
            "1:1 `project` is missing | add `[project]` with `name = \"taskflow\"`",
            "1:1 `component` is missing | add one: `[component.frontend]` with `context = \"frontend\"`",
        ]
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_every_failure_has_a_reason(cut in 0..GOOD.len(), junk in "[ -~\n]{0,6}") {
        let text = format!("{}{junk}{}", &GOOD[..cut], &GOOD[cut..]);
        if let Err(found) = parse("taskflow.toml", &text) {
            prop_assert!(!found.is_empty());
            for problem in found {
                let place = problem.place.unwrap();
                prop_assert!(place.line >= 1 && place.column >= 1);
            }
        }
    }
}

/// Elements that a file can have many of; `#` stands for a number.
const KINDS: [&str; 4] = [
    "[component.backend.build-args.A#]\n",
    "[component.c#]\ncontext = \"c#\"\n",
    "[component.c#]\ncontext = \"c\"\nport# = 1\n",
    "[component.backend.build-secrets.s#]\nenv = \"S#\"\n",
];

#[test]
fn twice_the_text_is_twice_the_work() {
    for kind in KINDS {
        let many = |number: usize| (0..number).map(|at| kind.replace('#', &at.to_string())).collect::<String>();
        let steps = |number| counted::of(|| drop(parse("taskflow.toml", &(GOOD.to_owned() + &many(number)))));
        let (small, large) = (steps(200), steps(400));
        assert!(large * 10 <= small * 22, "{kind}: {small} steps become {large}");
    }
}

#[test]
fn values_of_every_length_are_read_or_refused() {
    let lengths = (0..70).chain([127, 128, 129, 255, 256, 4096, 65_536]);
    for length in lengths {
        for letter in ["a", "-", "0", "é", "/", "\u{feff}", "A"] {
            let value = letter.repeat(length);
            for old in ["taskflow", "1.0.0", "./frontend/", "production", "docker/Backend", "NODE_ENV", "backend"] {
                let text = GOOD.replacen(old, &value, 1);
                if let Err(found) = parse("taskflow.toml", &text) {
                    assert!(!found.is_empty());
                }
            }
        }
    }
}
