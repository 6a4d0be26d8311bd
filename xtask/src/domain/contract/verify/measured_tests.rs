//! One measurement that keeps each rule, and some that break it.

#![expect(
    clippy::disallowed_methods,
    clippy::needless_raw_string_hashes,
    reason = "snapbox looks for its own file, and writes raw strings"
)]

use snapbox::{assert_data_eq, str};

use super::super::image::tests::shown;
use super::*;
use crate::domain::config;
use crate::domain::contract::declared::Contract;

fn contract() -> Contract {
    let text = include_str!("../../../../../taskflow.toml");
    let config = config::parse("taskflow.toml", text).unwrap();
    config
        .components
        .into_iter()
        .find_map(|component| component.contract.filter(|contract| contract.database.is_some()))
        .unwrap()
}

/// Shows the verdicts of a function on a backend, one on each line.
fn all(judge: impl Fn(&Subject<'_>) -> Vec<Verdict>) -> String {
    let contract = contract();
    let subject =
        Subject { component: "backend", reference: "taskflow-backend:1", file: "taskflow.toml", contract: &contract };
    judge(&subject).iter().map(shown).collect::<Vec<_>>().join("\n")
}

fn seconds(tenths: u64) -> Duration {
    Duration::from_millis(tenths * 100)
}

fn words() -> String {
    "Error: no module".to_owned()
}

#[test]
fn starts_are_judged() {
    let starts = [
        Start::Answered { after: seconds(23), how: "status 200".to_owned() },
        Start::Answered { after: seconds(200), how: "status 503".to_owned() },
        Start::Silent { waited: seconds(400), words: String::new() },
        Start::Ended { code: 3, words: words() },
        Start::Refused { words: "the port is taken".to_owned() },
    ];
    assert_data_eq!(
        all(|subject| starts.iter().map(|start| super::starts(subject, start)).collect()),
        str![[r#"
held: status 200 on port 8000
held: status 503 on port 8000
broken: a container of `taskflow-backend:1` gives no answer on port 8000 within 40.0 s  [image:backend:run]
broken: a container of `taskflow-backend:1` ends with exit code 3  [image:backend:run] its output ends with: Error: no module
broken: a container of `taskflow-backend:1` cannot be started  [image:backend:run] docker says: the port is taken
"#]]
    );
    assert_data_eq!(
        all(|subject| starts.iter().map(|start| startup_time(subject, start)).collect()),
        str![[r#"
held: 2.3 s of 20 s
broken: a container of `taskflow-backend:1` gives its first answer after 20.0 s, and must give it within 20 s  [taskflow.toml:component.backend.contract.startup-seconds]
not decided: the container gives no answer
not decided: the container gives no answer
not decided: the container gives no answer
"#]]
    );
    let options = |subject: &Subject<'_>| {
        let rule = CONTAINER_GRACE;
        starts.iter().map(|start| of_start(subject, rule, start, " with a read-only root file system")).collect()
    };
    assert_data_eq!(
        all(options),
        str![[r#"
held: status 200 on port 8000
held: status 503 on port 8000
broken: a container of `taskflow-backend:1` with a read-only root file system gives no answer on port 8000 within 40.0 s  [image:backend:run]
broken: a container of `taskflow-backend:1` with a read-only root file system ends with exit code 3  [image:backend:run] its output ends with: Error: no module
broken: a container of `taskflow-backend:1` with a read-only root file system cannot be started  [image:backend:run] docker says: the port is taken
"#]]
    );
}

#[test]
fn containers_with_fewer_rights_are_judged() {
    let start = Start::Answered { after: seconds(23), how: "status 200".to_owned() };
    let judge = |subject: &Subject<'_>| {
        let of = |status| variant(subject, CONTAINER_GRACE, &start, " that runs as user 12345", status);
        vec![of(None), of(Some((200, Ok(200)))), of(Some((200, Ok(500)))), of(Some((200, Err("no answer".to_owned()))))]
    };
    assert_data_eq!(
        all(judge),
        str![[r#"
held: status 200 on port 8000
held: status 200 on port 8000
broken: a container of `taskflow-backend:1` that runs as user 12345 answers with status 500, and without this with status 200  [image:backend:run]
broken: a container of `taskflow-backend:1` that runs as user 12345 gives no answer: no answer  [image:backend:run]
"#]]
    );
    let killed =
        |subject: &Subject<'_>| vec![out_of_memory(subject, subject.contract.resources.as_ref().unwrap(), 512)];
    assert_data_eq!(
        all(killed),
        str![
            "broken: a container of `taskflow-backend:1` is killed, because it needs more memory than 512 MiB  [taskflow.toml:component.backend.contract.resources.load-memory-mib]"
        ]
    );
}

#[test]
fn health_checks_are_judged() {
    let answer = |status, body: &str| Answer { status, body: body.as_bytes().to_vec() };
    let good = answer(200, r#"{"status":"healthy"}"#);
    let long = answer(200, &"x\n".repeat(90));
    let bad = answer(503, "");
    let judge = |subject: &Subject<'_>| {
        let health = subject.contract.health.clone().unwrap();
        let strict = Health { unhealthy_body: Some("no".to_owned()), ..health.clone() };
        let silent = Health { unhealthy_status: None, ..health.clone() };
        vec![
            healthy(subject, &health, Ok(&good)),
            healthy(subject, &health, Ok(&long)),
            healthy(subject, &health, Ok(&bad)),
            healthy(subject, &health, Err("the connection ended")),
            unhealthy(subject, &health, Ok(&bad)),
            unhealthy(subject, &health, Ok(&good)),
            unhealthy(subject, &strict, Ok(&bad)),
            unhealthy(subject, &silent, Ok(&bad)),
        ]
    };
    assert_data_eq!(
        all(judge),
        str![[r#"
held: 200 {"status":"healthy"}
broken: `/health` of `taskflow-backend:1` answers `x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}x/u{a}…`, and must answer `{"status": "healthy"}`  [taskflow.toml:component.backend.contract.health.healthy-body]
broken: `/health` of `taskflow-backend:1` answers with status 503, and must answer with 200  [taskflow.toml:component.backend.contract.health.healthy-status]
broken: `/health` of `taskflow-backend:1` gives no answer: the connection ended  [taskflow.toml:component.backend.contract.health.healthy-status]
held: 503
broken: `/health` of `taskflow-backend:1` without its database answers with status 200, and must answer with 503  [taskflow.toml:component.backend.contract.health.unhealthy-status]
broken: `/health` of `taskflow-backend:1` without its database answers ``, and must answer `no`  [taskflow.toml:component.backend.contract.health.unhealthy-body]
held: 
"#]]
    );
}

#[test]
fn resources_and_loads_are_judged() {
    let judge = |subject: &Subject<'_>| {
        let limits = subject.contract.resources.clone().unwrap();
        let of = Resource {
            rule: CONTAINER_LOAD_CPU,
            key: "resources.idle-memory-mib",
            limit: 256,
            unit: "MiB",
            name: "memory",
            when: "at idle",
        };
        let good = Load { time: seconds(40), answers: 96, slowest: seconds(3), ..Load::default() };
        let bad = Load { failures: 2, reason: "no answer within 5 s".to_owned(), ..good.clone() };
        vec![
            resource(subject, &limits, of, Some(76.4)),
            resource(subject, &limits, of, Some(255.9)),
            resource(subject, &limits, of, Some(256.0)),
            resource(subject, &limits, of, None),
            load(subject, &limits, 500, &good, Some(499.6)),
            load(subject, &limits, 500, &good, None),
            load(subject, &limits, 500, &bad, None),
        ]
    };
    assert_data_eq!(
        all(judge),
        str![[r#"
held: 76.4 of 256 MiB
held: 255.9 of 256 MiB
broken: a container of `taskflow-backend:1` uses 256.0 MiB of memory at idle, and must use less than 256  [taskflow.toml:component.backend.contract.resources.idle-memory-mib]
not decided: the engine does not measure memory
held: 499.6 of 500 millicores, 96 answers in 4.0 s, the slowest after 300 ms
held: 96 answers in 4.0 s, the slowest after 300 ms
broken: with 500 millicores, a container of `taskflow-backend:1` leaves 2 requests without an answer: no answer within 5 s  [taskflow.toml:component.backend.contract.resources.load-cpu-millicores]
"#]]
    );
}

#[test]
fn ends_are_judged() {
    let judge = |subject: &Subject<'_>| {
        let signal = StopSignal::parse("SIGTERM");
        let exited = |tenths, code| End::Exited { after: seconds(tenths), code };
        let ends = [exited(10, 0), exited(300, 143), exited(301, 0), exited(10, 1), End::Runs { after: seconds(310) }];
        let stops = ends.iter().map(|end| stops(subject, &signal, *end));
        let graces = ends.iter().map(|end| grace(subject, &signal, *end));
        stops.chain(graces).collect()
    };
    assert_data_eq!(
        all(judge),
        str![[r#"
held: 1.0 s of 30 s, exit code 0
held: 30.0 s of 30 s, exit code 143
broken: a container of `taskflow-backend:1` ends 30.1 s after SIGTERM, and must end within 30 s  [taskflow.toml:component.backend.contract.stop-grace-seconds]
broken: a container of `taskflow-backend:1` ends with exit code 1 after SIGTERM  [taskflow.toml:component.backend.contract.stop-grace-seconds]
broken: a container of `taskflow-backend:1` still runs 31.0 s after SIGTERM, and must end within 30 s  [taskflow.toml:component.backend.contract.stop-grace-seconds]
held: 1.0 s of 30 s, exit code 0
held: 30.0 s of 30 s, exit code 143
broken: a container of `taskflow-backend:1`, with a request that does not end, ends 30.1 s after SIGTERM, and must end within 30 s  [taskflow.toml:component.backend.contract.stop-grace-seconds]
broken: a container of `taskflow-backend:1`, with a request that does not end, ends with exit code 1 after SIGTERM  [taskflow.toml:component.backend.contract.stop-grace-seconds]
broken: a container of `taskflow-backend:1`, with a request that does not end, still runs 31.0 s after SIGTERM, and must end within 30 s  [taskflow.toml:component.backend.contract.stop-grace-seconds]
"#]]
    );
    let drained = [
        Drained::Answered(401),
        Drained::Answered(500),
        Drained::Early(413),
        Drained::Cut("the connection ended".to_owned()),
    ];
    assert_data_eq!(
        all(|subject| drained.iter().map(|drained| drains(subject, 7, drained)).collect()),
        str![[r#"
held: 401 after the signal
broken: a request to `taskflow-backend:1` that runs when the stop signal comes gets status 500  [taskflow.toml:component.backend.contract.drain-request]
not decided: the application answers `drain-request` with status 413 before it has read the body
broken: a request to `taskflow-backend:1` that runs when the stop signal comes gets no answer: the connection ended  [taskflow.toml:component.backend.contract.drain-request]
"#]]
    );
}
