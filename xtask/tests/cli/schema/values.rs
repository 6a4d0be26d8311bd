//! The reader and the schema agree on texts, numbers and names of every form.

use xtask::domain::config::key::{Key, Presence};

use super::agreement::{changed, full, keys, text, verdicts};

/// What the reader and the schema must say.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Good,
    Bad,
    /// A schema cannot say it: only the reader refuses.
    OnlyReader,
}

use Verdict::{Bad, Good, OnlyReader};

#[track_caller]
fn judged(text: &str, expected: Verdict) {
    let (reader, schema) = verdicts(text);
    let found = match (reader.is_empty(), schema.is_empty()) {
        (true, true) => Some(Good),
        (false, false) => Some(Bad),
        (false, true) => Some(OnlyReader),
        // Nothing may be marked as wrong in an editor that the reader accepts.
        (true, false) => None,
    };
    assert_eq!(found, Some(expected), "reader: {reader:?}\nschema: {schema:?}\n{text}");
}

#[test]
fn values_are_judged_alike() {
    let rows: &[(&str, &[(&str, Verdict)])] = &[
        ("/schema", &[("1", Good), ("0x1", Good), ("2", Bad), ("0", Bad), ("99999999999999999999", Bad)]),
        (
            "/project/name",
            &[
                ("'web'", Good),
                ("'a-b.c_1'", Good),
                ("''", Bad),
                ("'Web'", Bad),
                ("'a..b'", Bad),
                ("'a/b'", Bad),
                ("'ä'", Bad),
                ("'-a'", Bad),
            ],
        ),
        (
            "/project/default-branch",
            &[
                ("'feature/login'", Good),
                ("'größe'", Good),
                ("'@'", Good),
                ("''", Bad),
                ("'-x'", Bad),
                ("'a b'", Bad),
                ("'a~1'", Bad),
                ("'a[1'", Bad),
                ("'a\\b'", Bad),
                ("\"a\\u0007\"", Bad),
                ("'/a'", Bad),
                ("'.a'", Bad),
                ("'HEAD'", OnlyReader),
                ("'a..b'", OnlyReader),
                ("'a.lock'", OnlyReader),
            ],
        ),
        (
            "/project/tag-prefix",
            &[
                ("''", Good),
                ("'release-'", Good),
                ("'web/v'", Good),
                ("'v '", Bad),
                ("'-v'", Bad),
                ("'v^'", Bad),
                ("'v..'", OnlyReader),
            ],
        ),
        (
            "/project/version",
            &[
                ("'0.10.2'", Good),
                ("'1.0'", Bad),
                ("'v1.0.0'", Bad),
                ("'1.0.0-rc.1'", Bad),
                ("'01.0.0'", Bad),
                ("'1.0.0 '", Bad),
                ("'11111111111.11111111111.11111111111'", OnlyReader),
            ],
        ),
        (
            "/secrets/declared",
            &[
                ("[]", Good),
                ("['A', '_b1']", Good),
                ("['A-B']", Bad),
                ("['']", Bad),
                ("['1A']", Bad),
                ("['A', 1]", Bad),
            ],
        ),
        (
            "/allow/place",
            &[
                ("'backend/tests/**'", Good),
                ("'frontend/Dockerfile:ENV NAME'", Good),
                ("'image:frontend:/app/x'", Good),
                ("'build-arg:NODE_ENV'", Good),
                ("''", Bad),
                ("'/etc/passwd'", Bad),
                ("'../x'", OnlyReader),
                ("'**'", OnlyReader),
                ("'frontend'", OnlyReader),
                ("'image:nosuch:/app/x'", OnlyReader),
            ],
        ),
        ("/allow/rule", &[("'github-token'", Good), ("'nosuch'", Bad), ("''", Bad), ("'declared-name'", Bad)]),
        (
            "/allow/reason",
            &[
                ("'0123456789'", Good),
                ("' ö 3456 89 ö '", Good),
                ("'ten letter'", Good),
                ("'nine char'", Bad),
                ("'    short     '", Bad),
                ("''", Bad),
            ],
        ),
        (
            "/allow/expires",
            &[
                ("'2028-02-29'", Good),
                ("2028-02-29", Good),
                ("2028-02-29T00:00:00Z", Bad),
                ("07:00:00", Bad),
                ("'2027-1-1'", Bad),
                ("'soon'", Bad),
                ("'2027-02-30'", OnlyReader),
            ],
        ),
        ("/minikube/profile", &[("''", Good), ("'any thing'", Good)]),
        (
            "/component/context",
            &[
                ("'./web/'", Good),
                ("'a/../b'", Good),
                ("''", Bad),
                ("'/srv'", Bad),
                ("'.'", OnlyReader),
                ("'../x'", OnlyReader),
            ],
        ),
        (
            "/component/dockerfile",
            &[("'docker/Web'", Good), ("''", Bad), ("'/Dockerfile'", Bad), ("'../Dockerfile'", OnlyReader)],
        ),
        ("/component/target", &[("'any thing'", Good)]),
        ("/component/build-args/default", &[("''", Good), ("'any thing'", Good)]),
        (
            "/component/build-secrets/env",
            &[("'A_1'", Good), ("'A-1'", Bad), ("''", Bad), ("'A=b'", Bad), ("'NODE_ENV'", OnlyReader)],
        ),
    ];
    let rows: Vec<_> = rows.iter().copied().chain(contract_rows()).chain(release_rows()).collect();
    for (trail, values) in &rows {
        for (value, expected) in *values {
            judged(&changed(trail, value), *expected);
        }
    }
    // Every key that holds a value has its row, and every required one a value that the reader refuses.
    let held = |trail: &str, key: &Key| {
        // The earlier name of `[[allow]]` is the same table.
        let trail = trail.strip_prefix("/secrets").filter(|rest| rest.starts_with("/allow/")).unwrap_or(trail);
        let values = rows.iter().find(|(row, _)| *row == trail).map(|(_, values)| *values);
        let required = matches!(key.presence, Presence::Required(_));
        values.is_some_and(|values| !required || values.iter().any(|(_, expected)| *expected != Good))
    };
    let values = keys().into_iter().filter(|(_, key)| !key.example.is_empty());
    let missing: Vec<String> = values.filter(|(trail, key)| !held(trail, key)).map(|(trail, _)| trail).collect();
    assert_eq!(missing, Vec::<String>::new());
}

fn contract_rows() -> Vec<(&'static str, &'static [(&'static str, Verdict)])> {
    vec![
        (
            "/component/contract/base-images",
            &[
                ("['node:20-alpine', 'ghcr.io/a/b:1']", Good),
                ("['node']", Bad),
                ("['node@sha256:00']", Bad),
                ("['Node:20']", Bad),
                ("[1]", Bad),
            ],
        ),
        ("/component/contract/stages", &[("['builder', 'a.b_c-1']", Good), ("['Builder']", Bad), ("['1']", Bad)]),
        ("/component/contract/port", &[("1", Good), ("65535", Good), ("0", Bad), ("65536", Bad), ("'3000'", Bad)]),
        ("/component/contract/protocol", &[("'http'", Good), ("'udp'", Good), ("'sctp'", Bad)]),
        ("/component/contract/command", &[("['node', '']", Good), ("'node server.js'", Bad)]),
        ("/component/contract/workdir", &[("'/app/'", Good), ("'/'", Good), ("'app'", Bad)]),
        (
            "/component/contract/user",
            &[("'_app-1'", Good), ("'1001'", Bad), ("'App'", Bad), ("''", Bad), ("'root'", OnlyReader)],
        ),
        ("/component/contract/uid", &[("1001", Good), ("4294967294", Good), ("0", Bad), ("4294967295", Bad)]),
        ("/component/contract/max-size-mb", &[("200", Good), ("0", Bad), ("1000001", Bad)]),
        ("/component/contract/max-context-mb", &[("1", Good), ("-1", Bad)]),
        (
            "/component/contract/ignore",
            &[
                ("['*.md', '**/.env*', 'tests/']", Good),
                ("['']", Bad),
                ("['# x']", OnlyReader),
                ("['!a']", OnlyReader),
                ("['a[']", OnlyReader),
            ],
        ),
        ("/component/contract/startup-seconds", &[("15", Good), ("0", Bad)]),
        ("/component/contract/stop-signal", &[("'SIGTERM'", Good), ("'TERM'", Bad), ("'SIGNOSUCH'", Bad)]),
        ("/component/contract/stop-grace-seconds", &[("30", Good), ("0", Bad)]),
        ("/component/contract/read-only-root", &[("true", Good), ("false", Good), ("1", Bad), ("'true'", Bad)]),
        ("/component/contract/env/from", &[("'config-map'", Good), ("'vault'", Bad), ("'secret'", OnlyReader)]),
        ("/component/contract/env/required", &[("false", Good), ("'no'", Bad)]),
        ("/component/contract/env/default", &[("'development'", Good), ("'other'", OnlyReader), ("1", Bad)]),
        ("/component/contract/env/allowed", &[("[]", Good), ("['production', 'a']", Good), ("['a']", OnlyReader)]),
        ("/component/contract/env/example", &[("''", Good), ("1", Bad)]),
        ("/component/contract/health/path", &[("'/health'", Good), ("'health'", Bad)]),
        ("/component/contract/health/method", &[("'HEAD'", Good), ("'get'", Bad)]),
        ("/component/contract/health/healthy-status", &[("204", Good), ("99", Bad), ("600", Bad)]),
        ("/component/contract/health/healthy-body", &[("'ok'", Good), ("1", Bad)]),
        ("/component/contract/health/unhealthy-status", &[("503", Good), ("0", Bad)]),
        ("/component/contract/health/unhealthy-body", &[("''", Good)]),
        ("/component/contract/drain-request/path", &[("'/a'", Good), ("'a'", Bad)]),
        ("/component/contract/drain-request/method", &[("'PUT'", Good), ("'p'", Bad)]),
        ("/component/contract/drain-request/content-type", &[("'text/plain'", Good), ("' '", Bad)]),
        ("/component/contract/drain-request/body", &[("''", Good)]),
        ("/component/contract/database/engine", &[("'postgresql'", Good), ("'mysql'", Bad)]),
        ("/component/contract/database/variable", &[("'A_1'", Good), ("'A-1'", Bad)]),
        ("/component/contract/resources/idle-cpu-millicores", &[("100", Good), ("0", Bad)]),
        ("/component/contract/resources/idle-memory-mib", &[("128", Good), ("1.5", Bad)]),
        ("/component/contract/resources/load-cpu-millicores", &[("250", Good), ("0", Bad)]),
        ("/component/contract/resources/load-memory-mib", &[("256", Good), ("0", Bad)]),
        ("/component/contract/resources/load-path", &[("'/sign-in'", Good), ("'sign-in'", Bad)]),
    ]
}

fn release_rows() -> Vec<(&'static str, &'static [(&'static str, Verdict)])> {
    vec![
        (
            "/release/branches",
            &[
                ("['main', 'release/*', '**', 'v?.x']", Good),
                ("['']", Bad),
                ("['a b']", Bad),
                ("['-x']", Bad),
                ("['a[1]']", Bad),
                ("['HEAD']", OnlyReader),
                ("['a..b']", OnlyReader),
                ("[]", OnlyReader),
            ],
        ),
        (
            "/release/version-files",
            &[
                ("['web/package.json', './api/pyproject.toml']", Good),
                ("['']", Bad),
                ("['/etc/x']", Bad),
                ("['../x']", OnlyReader),
                ("['taskflow.toml']", OnlyReader),
                ("['a', './a']", OnlyReader),
                ("['docs/CHANGELOG.md']", OnlyReader),
            ],
        ),
        (
            "/release/changelog",
            &[("'CHANGES'", Good), ("''", Bad), ("'/x'", Bad), ("'.'", OnlyReader), ("'taskflow.toml'", OnlyReader)],
        ),
        (
            "/release/remote",
            &[("'up/stream'", Good), ("''", Bad), ("'-x'", Bad), ("'a:b'", Bad), ("'a//b'", OnlyReader)],
        ),
        (
            "/release/registry",
            &[
                ("'localhost'", Good),
                ("'registry.example.org:5000/a/b--c'", Good),
                ("'[::1]:5000'", Good),
                ("'docker.io/team'", Good),
                ("''", Bad),
                ("'a.b/'", Bad),
                ("'a.b/Team'", Bad),
                ("'https://a.b'", Bad),
                ("'me@a.b'", Bad),
                ("'team'", OnlyReader),
                ("'a.b:port'", OnlyReader),
            ],
        ),
        ("/release/push", &[("false", Good), ("1", Bad)]),
        ("/release/minikube", &[("false", Good), ("'yes'", Bad)]),
        ("/release/required-variable", &[("'minor'", Good), ("'major'", Good), ("'patch'", Bad)]),
        (
            "/release/sign",
            &[
                ("['sign', '--image={image}']", Good),
                ("[]", Good),
                ("[1]", Bad),
                ("['sign']", OnlyReader),
                ("['', '{image}']", OnlyReader),
                ("['{image}']", OnlyReader),
            ],
        ),
        ("/release/attest", &[("false", Good), ("'no'", Bad)]),
        (
            "/release/accept/finding",
            &[("'0123456789ab'", Good), ("'0123456789AB'", Bad), ("'0123456789a'", Bad), ("'0123456789abc'", Bad)],
        ),
        ("/release/accept/version", &[("'1.0.0'", Good), ("'v1.0.0'", Bad), ("'1.0'", Bad)]),
        ("/release/accept/reason", &[("'0123456789'", Good), ("'short'", Bad), ("''", Bad)]),
    ]
}

#[test]
fn names_of_tables_are_judged_alike() {
    let more = |table: &str| text(&full()) + table;
    for (name, expected) in
        [("web.api", Good), ("a1", Good), ("Web", Bad), ("", Bad), ("a--b", Bad), ("a b", Bad), ("a\\n", Bad)]
    {
        judged(&more(&format!("[component.\"{name}\"]\ncontext = 'web'\n")), expected);
    }
    for (name, expected) in [
        ("_A1", Good),
        ("1A", Bad),
        ("A-B", Bad),
        ("", Bad),
        ("A=b", Bad),
        ("DATABASE_URL", OnlyReader),
        ("DOCKER_HOST", OnlyReader),
    ] {
        judged(&more(&format!("[component.frontend.build-args.\"{name}\"]\n")), expected);
    }
    for (name, expected) in [("a.b-c_D", Good), ("", Bad), ("a/b", Bad), ("a b", Bad)] {
        judged(&more(&format!("[component.frontend.build-secrets.\"{name}\"]\nenv = 'A'\n")), expected);
    }
}
