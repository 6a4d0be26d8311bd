//! Recorded builder output of each kind.

use super::*;
use proptest::prelude::*;

fn follow(text: &str) -> (Vec<BuildEvent>, FailureDetail) {
    let mut log = BuildLog::default();
    let events = text.lines().filter_map(|line| log.feed(line)).collect();
    (events, log.failure())
}

const BUILDX: &str = r#"#0 building with "default" instance using docker driver

#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 120B done
#1 DONE 0.0s

#4 [builder 1/3] FROM docker.io/library/node:20-alpine
#4 CACHED

#5 [builder 2/3] RUN npm ci
#5 0.402 npm error one
#5 0.410 npm error two
#5 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 7
------
 > [builder 2/3] RUN npm ci:
0.402 npm error one
------
Dockerfile:3
--------------------
   3 | >>> RUN npm ci
--------------------
ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 7
"#;

#[test]
fn buildx_output_names_the_step_its_line_and_its_last_words() {
    let (events, failure) = follow(BUILDX);
    assert_eq!(
        events,
        [
            BuildEvent::Started("[builder 1/3] FROM docker.io/library/node:20-alpine".to_owned()),
            BuildEvent::Cached("[builder 1/3] FROM docker.io/library/node:20-alpine".to_owned()),
            BuildEvent::Started("[builder 2/3] RUN npm ci".to_owned()),
        ]
    );
    assert_eq!(failure.step.as_deref(), Some("[builder 2/3] RUN npm ci"));
    assert_eq!((failure.line, failure.exit_code), (Some(3), Some(7)));
    assert_eq!(failure.last_lines, ["npm error one", "npm error two"]);
    assert!(!failure.disk_full);
}

#[test]
fn the_client_of_20_10_is_understood() {
    let text = "#7 [2/2] RUN exit 7\n#7 sha256:0123\n#7 0.311 dd: error writing '/x': No space left on device\n\
                #7 ERROR: executor failed running [/bin/sh -c exit 7]: exit code: 7\n------\n > [2/2] RUN exit 7:\n------\n\
                executor failed running [/bin/sh -c exit 7]: exit code: 7\n";
    let (_, failure) = follow(text);
    assert_eq!(failure.step.as_deref(), Some("[2/2] RUN exit 7"));
    assert_eq!(failure.exit_code, Some(7));
    assert!(failure.disk_full);
}

#[test]
fn the_classic_builder_is_understood() {
    let text = "Sending build context to Docker daemon  2.048kB\nStep 1/3 : FROM base\n ---> 0123\nStep 2/3 : COPY a /a\n \
                ---> Using cache\n ---> 4567\nStep 3/3 : RUN exit 7\n ---> Running in 89ab\noh no\n\
                The command '/bin/sh -c exit 7' returned a non-zero code: 7\n";
    let (events, failure) = follow(text);
    assert_eq!(events.len(), 4);
    assert_eq!(events[2], BuildEvent::Cached("Step 2/3 : COPY a /a".to_owned()));
    assert_eq!(failure.step.as_deref(), Some("Step 3/3 : RUN exit 7"));
    assert_eq!(failure.exit_code, Some(7));
    assert_eq!(failure.last_lines.first().map(String::as_str), Some("oh no"));
}

#[test]
fn an_error_outside_any_step_keeps_its_text() {
    let (_, failure) = follow("ERROR: failed to solve: dial tcp: lookup registry on 10.0.0.1:53: no such host\n");
    assert_eq!(failure.step, None);
    assert!(failure.unreachable_registry);
    assert_eq!(failure.last_lines.len(), 1);
}

#[test]
fn only_the_last_lines_are_kept() {
    let mut log = BuildLog::default();
    log.feed("#5 [1/1] RUN loud");
    for number in 0..1000 {
        log.feed(&format!("#5 0.1 line {number}"));
    }
    log.feed("#5 ERROR: process did not complete successfully: exit code: 1");
    let lines = log.failure().last_lines;
    assert_eq!((lines.len(), lines[9].as_str()), (10, "line 999"));
}

proptest! {
    #[test]
    fn no_output_makes_it_panic(lines in proptest::collection::vec("(#[0-9]{1,3} |Step |ERROR|\\[|\\]|: |[ -~\u{e9}]){0,12}", 0..20)) {
        let mut log = BuildLog::default();
        for line in &lines {
            log.feed(line);
        }
        prop_assert!(log.failure().last_lines.len() <= KEPT_LINES);
    }
}
