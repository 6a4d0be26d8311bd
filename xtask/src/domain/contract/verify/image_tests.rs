//! One image that keeps each rule about its configuration and layers, and some that break it.

#![expect(
    clippy::disallowed_methods,
    clippy::needless_raw_string_hashes,
    reason = "snapbox looks for its own file, and writes raw strings"
)]

use serde_json::json;
use snapbox::{assert_data_eq, str};

use super::*;
use crate::domain::config;
use crate::domain::contract::declared::Contract;
use crate::domain::finding::Naming;

/// The contract of the shipped backend.
fn contract() -> Contract {
    let text = include_str!("../../../../../taskflow.toml");
    let config = config::parse("taskflow.toml", text).unwrap();
    config
        .components
        .into_iter()
        .find_map(|component| component.contract.filter(|contract| contract.database.is_some()))
        .unwrap()
}

pub(in crate::domain::contract::verify) fn shown(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Held(figure) => format!("held: {}", figure.as_deref().unwrap_or_default()),
        Verdict::NotDecided(reason) => format!("not decided: {reason}"),
        Verdict::Broken(findings) => {
            let line = |finding: &crate::domain::finding::Finding| {
                let notes = finding.notes.join("; ");
                format!("broken: {}  [{}] {notes}", finding.message(Naming::FromRoot), finding.site.place())
                    .trim()
                    .to_owned()
            };
            findings.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    }
}

fn good() -> Value {
    json!({
        "Cmd": ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"],
        "Entrypoint": ["entry"],
        "Env": ["PATH=/bin", "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN=25"],
        "ExposedPorts": {"8000/tcp": {}},
        "User": "appuser",
        "WorkingDir": "/app/",
        "Labels": {"org.opencontainers.image.base.name": "python:3.13-slim"},
    })
}

fn with(changes: Value) -> Value {
    let mut config = good();
    let (Some(fields), Value::Object(changes)) = (config.as_object_mut(), changes) else { return config };
    fields.extend(changes);
    config
}

fn layers(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("sha256:{name}")).collect()
}

/// Judges an image with this configuration and these layers by all rules; one line for each finding or figure.
fn judged(config: &Value, own: &[&str], base: Option<&[&str]>) -> String {
    let contract = contract();
    let subject =
        Subject { component: "backend", reference: "taskflow-backend:1", file: "taskflow.toml", contract: &contract };
    let layers_of_image = layers(own);
    let image = InspectedImage { id: "sha256:0123456789abcdef", config, layers: &layers_of_image };
    let found = base.map(|base| (layers(base), vec!["entry".to_owned()]));
    let bases = [KnownBase { reference: "python:3.13-slim".to_owned(), found }];
    let verdicts = [
        built(&subject, image),
        port(&subject, config),
        command(&subject, image, &bases),
        workdir(&subject, config),
        stop_signal(&subject, config),
        environment(&subject, config),
        super::base(&subject, image, &bases),
    ];
    verdicts.iter().map(shown).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_image_as_declared_keeps_all_rules() {
    assert_data_eq!(
        judged(&good(), &["a", "b", "c"], Some(&["a", "b"])),
        str![[r#"
held: ID 0123456789ab, 3 layers
held: 8000/tcp
held: `["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]`
held: /app/
held: SIGTERM
held: 5 declared variables
held: python:3.13-slim, 2 of 3 layers
"#]]
    );
}

#[test]
fn each_difference_is_named() {
    let changed = with(json!({
        "Cmd": ["/bin/sh", "-c", "uvicorn \"main:app\""],
        "Entrypoint": ["other"],
        "Env": ["UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN=5", "BETTER_AUTH_SECRET=planted"],
        "ExposedPorts": {"8000/udp": {}, "22/tcp": {}},
        "WorkingDir": "/srv",
        "StopSignal": "9",
    }));
    let text = judged(&changed, &["a", "c"], Some(&["a", "b"]));
    assert!(!text.contains("planted"));
    assert_data_eq!(
        text,
        str![[r#"
held: ID 0123456789ab, 2 layers
broken: `taskflow-backend:1` exposes `22/tcp` and `8000/udp`, and must expose `8000/tcp` only  [image:backend:ExposedPorts]
broken: the command of `taskflow-backend:1` is `["/bin/sh", "-c", "uvicorn /"main:app/""]`, and must be `["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]`  [image:backend:Cmd]
broken: the working directory of `taskflow-backend:1` is `/srv`, and must be `/app`  [image:backend:WorkingDir]
broken: the stop signal of `taskflow-backend:1` is SIGKILL, and must be SIGTERM  [image:backend:StopSignal]
broken: `taskflow-backend:1` contains variable `BETTER_AUTH_SECRET`, which comes from a Secret at run time  [image:backend:Env BETTER_AUTH_SECRET]
broken: variable `UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN` of `taskflow-backend:1` is not the declared `25`  [image:backend:Env UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN]
broken: `python:3.13-slim` has moved since `taskflow-backend:1` was built: the lowest layers are not those of today's `python:3.13-slim`  [image:backend:base]
"#]]
    );
}

#[test]
fn an_entry_point_of_its_own_is_a_finding() {
    let changed = with(json!({ "Entrypoint": ["/init"] }));
    let text = judged(&changed, &["a", "b", "c"], Some(&["a", "b"]));
    assert_data_eq!(
        text.lines().find(|line| line.starts_with("broken")).unwrap().to_owned(),
        str![[
            r#"broken: `taskflow-backend:1` has the entry point `["/init"]`, which is not that of its base image  [image:backend:Entrypoint]"#
        ]]
    );
    // Without the base image, nobody knows whose entry point it is.
    assert!(!judged(&changed, &["a", "b", "c"], None).contains("broken"));
}

#[test]
fn an_empty_image_lacks_everything() {
    assert_data_eq!(
        judged(&json!({}), &[], None),
        str![[r#"
broken: `taskflow-backend:1` has no layer, so it contains no file  [image:backend:layers]
broken: `taskflow-backend:1` exposes no port, and must expose `8000/tcp` only  [image:backend:ExposedPorts]
broken: the command of `taskflow-backend:1` is `[]`, and must be `["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]`  [image:backend:Cmd]
broken: the working directory of `taskflow-backend:1` is `/`, and must be `/app`  [image:backend:WorkingDir]
held: SIGTERM
broken: `taskflow-backend:1` lacks variable `UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN`  [image:backend:Env UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN]
not decided: the engine has no image `python:3.13-slim`
"#]]
    );
}

#[test]
fn the_base_image_is_named_by_the_label_or_not_at_all() {
    let judge = |label: Value, base: Option<&[&str]>| {
        judged(&with(json!({ "Labels": label })), &["a", "c"], base).lines().last().unwrap_or_default().to_owned()
    };
    let other = judge(json!({"org.opencontainers.image.base.name": "python:3.12"}), Some(&["a", "b"]));
    assert_data_eq!(
        other,
        str![
            "broken: `taskflow-backend:1` was built on `python:3.12`, and must be built on `python:3.13-slim`  [image:backend:base]"
        ]
    );
    assert_data_eq!(
        judge(Value::Null, Some(&["a", "b"])),
        str![
            "broken: the lowest layers of `taskflow-backend:1` are not those of `python:3.13-slim`: it was built on another image, or the base image has moved since  [image:backend:base]"
        ]
    );
    assert_data_eq!(judge(Value::Null, None), str!["not decided: the engine has no image `python:3.13-slim`"]);
    // An engine that has lost the layers of a base image says nothing about the image.
    assert!(judge(Value::Null, Some(&[])).starts_with("broken"));
}

#[test]
fn values_of_a_config_map_in_an_image_must_be_allowed() {
    let text = "schema = 1\n[project]\nname = \"a\"\n[component.web]\ncontext = \"web\"\n\
        [component.web.contract.env.NODE_ENV]\nfrom = \"config-map\"\nallowed = [\"production\"]\n";
    let config = config::parse("taskflow.toml", text).unwrap();
    let contract = config.components[0].contract.clone().unwrap();
    let subject = Subject { component: "web", reference: "a-web:1", file: "taskflow.toml", contract: &contract };
    let judge = |value: &str| shown(&environment(&subject, &json!({ "Env": [format!("NODE_ENV={value}")] })));
    assert_data_eq!(judge("production"), str!["held: 1 declared variable"]);
    assert_data_eq!(
        judge("debug"),
        str!["broken: variable `NODE_ENV` of `a-web:1` is none of `production`  [image:web:Env NODE_ENV]"]
    );
}

#[test]
fn sizes_are_below_the_limit_or_not() {
    let contract = contract();
    let subject =
        Subject { component: "backend", reference: "taskflow-backend:1", file: "taskflow.toml", contract: &contract };
    let judge = |all, base| shown(&size(&subject, all, base));
    assert_data_eq!(
        judge(Some(201_234_567), Some(111_000_000)),
        str!["held: 201.2 MB of 300 MB (base 111.0 MB, application 90.2 MB)"]
    );
    assert_data_eq!(judge(Some(299_999_999), None), str!["held: 299999999 bytes of 300 MB"]);
    assert_data_eq!(
        judge(Some(300_000_000), None),
        str![
            "broken: `taskflow-backend:1` has 300000000 bytes, and must stay below 300 MB  [taskflow.toml:component.backend.contract.max-size-mb]"
        ]
    );
    assert_data_eq!(
        judge(Some(456_700_000), Some(111_000_000)),
        str![
            "broken: `taskflow-backend:1` has 456.7 MB (base 111.0 MB, application 345.7 MB), and must stay below 300 MB  [taskflow.toml:component.backend.contract.max-size-mb]"
        ]
    );
    assert_data_eq!(judge(None, None), str!["not decided: a layer could not be read"]);
}

#[test]
fn the_user_is_the_declared_one_and_never_root() {
    let contract = contract();
    let of = |contract: &Contract, config: Value, passwd: Option<&str>| {
        let subject =
            Subject { component: "backend", reference: "taskflow-backend:1", file: "taskflow.toml", contract };
        shown(&user(&subject, &user_of_files(&config, passwd)))
    };
    let passwd =
        "root:x:0:0:root:/root:/bin/sh\nappuser:x:1000:1000::/app:/bin/false\nbroken\nadmin:x:0:0::/:/bin/sh\n";
    let verdicts = ["appuser", "1000:1000", "appuser:appuser", "other", "1001", "root", "0", "admin", ""]
        .map(|user| format!("{user:15} {}", of(&contract, json!({ "User": user }), Some(passwd))));
    assert_data_eq!(
        verdicts.join("\n"),
        str![[r#"
appuser         held: `appuser` (UID 1000), by the configuration and /etc/passwd
1000:1000       held: `appuser` (UID 1000), by the configuration and /etc/passwd
appuser:appuser held: `appuser` (UID 1000), by the configuration and /etc/passwd
other           broken: the user of `taskflow-backend:1` is `other`, which /etc/passwd does not have, and must be `appuser` (UID 1000)  [image:backend:User]
1001            broken: the user of `taskflow-backend:1` is UID 1001, which has no name, and must be `appuser` (UID 1000)  [image:backend:User]
root            broken: a container of `taskflow-backend:1` runs as root  [image:backend:User]
0               broken: a container of `taskflow-backend:1` runs as root  [image:backend:User]
admin           broken: a container of `taskflow-backend:1` runs as root  [image:backend:User]
                broken: a container of `taskflow-backend:1` runs as root  [image:backend:User]
"#]]
    );
    assert_data_eq!(
        of(&Contract::default(), json!({ "User": "1001" }), None),
        str!["held: UID 1001, which has no name, by the configuration and /etc/passwd"]
    );
    assert_data_eq!(
        of(&Contract::default(), json!({ "User": "app" }), None),
        str![
            "broken: the user of `taskflow-backend:1` is `app`, which /etc/passwd does not have, and must be a user other than root  [image:backend:User]"
        ]
    );
    let only_name = Contract { uid: None, ..contract.clone() };
    let only_uid = Contract { user: None, ..contract };
    assert_data_eq!(
        of(&only_name, json!({ "User": "1001" }), Some(passwd)),
        str![
            "broken: the user of `taskflow-backend:1` is UID 1001, which has no name, and must be `appuser`  [image:backend:User]"
        ]
    );
    assert_data_eq!(
        of(&only_uid, json!({ "User": "1001" }), Some(passwd)),
        str![
            "broken: the user of `taskflow-backend:1` is UID 1001, which has no name, and must be UID 1000  [image:backend:User]"
        ]
    );
    let subject = Subject { component: "a", reference: "a:1", file: "taskflow.toml", contract: &Contract::default() };
    assert_data_eq!(
        shown(&user(&subject, &FoundUser::default())),
        str!["broken: the user of `a:1` is not known, and must be a user other than root  [image:a:User]"]
    );
}

#[test]
fn the_configuration_alone_decides_about_a_user_as_far_as_it_can() {
    let both = contract();
    let only_name = Contract { uid: None, ..both.clone() };
    let only_uid = Contract { user: None, ..both.clone() };
    let mut lines = Vec::new();
    for (what, contract) in [("both", &both), ("name", &only_name), ("ID", &only_uid), ("none", &Contract::default())] {
        let subject = Subject { component: "a", reference: "a:1", file: "taskflow.toml", contract };
        for user in ["appuser", "1000:1000", "other", "1001", "root", "0", ""] {
            let verdict = shown(&user_of_configuration(&subject, &json!({ "User": user })));
            lines.push(format!("{what:4} {user:9} {verdict}").trim_end().to_owned());
        }
    }
    assert_data_eq!(
        lines.join("\n"),
        str![[r#"
both appuser   held:
both 1000:1000 held:
both other     broken: the user of `a:1` is `other`, and must be `appuser` (UID 1000)  [image:a:User]
both 1001      broken: the user of `a:1` is UID 1001, which has no name, and must be `appuser` (UID 1000)  [image:a:User]
both root      broken: a container of `a:1` runs as root  [image:a:User]
both 0         broken: a container of `a:1` runs as root  [image:a:User]
both           broken: a container of `a:1` runs as root  [image:a:User]
name appuser   held:
name 1000:1000 not decided: only the files of the image have both the name and the ID of the user
name other     broken: the user of `a:1` is `other`, and must be `appuser`  [image:a:User]
name 1001      not decided: only the files of the image have both the name and the ID of the user
name root      broken: a container of `a:1` runs as root  [image:a:User]
name 0         broken: a container of `a:1` runs as root  [image:a:User]
name           broken: a container of `a:1` runs as root  [image:a:User]
ID   appuser   not decided: only the files of the image have both the name and the ID of the user
ID   1000:1000 held:
ID   other     not decided: only the files of the image have both the name and the ID of the user
ID   1001      broken: the user of `a:1` is UID 1001, which has no name, and must be UID 1000  [image:a:User]
ID   root      broken: a container of `a:1` runs as root  [image:a:User]
ID   0         broken: a container of `a:1` runs as root  [image:a:User]
ID             broken: a container of `a:1` runs as root  [image:a:User]
none appuser   not decided: only the files of the image have both the name and the ID of the user
none 1000:1000 held:
none other     not decided: only the files of the image have both the name and the ID of the user
none 1001      held:
none root      broken: a container of `a:1` runs as root  [image:a:User]
none 0         broken: a container of `a:1` runs as root  [image:a:User]
none           broken: a container of `a:1` runs as root  [image:a:User]
"#]]
    );
}
