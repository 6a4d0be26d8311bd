//! What a real builder makes of Dockerfiles, and what the model says that it makes.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use dockerfile::{self, Content, Dockerfile, Outside, Pair};
use serde_json::{Value, json};

use crate::build::Untag;
use crate::parts::{engine, inspect, scratch};

/// Dockerfiles behind `FROM scratch`, if they have no FROM of their own.
const DOCKERFILES: [&str; 40] = [
    "ENV A=b C=\"d e\" F='g h' I=j\\ k",
    "ENV A b  c\\ d \"e f\" 'g'",
    "ENV A=b \\\n # c\n\n    D=e\\\n f=g",
    "ENV A= B=\"\" C=d=e D='$A' E=\\$A",
    "ENV A = b",
    "ENV A=\"b\\\"c\" D='e\\' F=\"g\\h\" G=\"\\$A \\\\\"",
    "ENV A=b\nENV A=c B=$A C=${A}d",
    "ENV A=b\nENV B=${A:-c} C=${E:-d} D=${E:+x}${A:+y}",
    "ENV A=b E=\nENV B=${E:-c}${E:+d} C=\"${U:-x y}\"",
    "ENV A=$U B=$1 C=a$ D=$$A",
    "ENV PATH=/a:$PATH",
    "LABEL a.b=\"c d\" e='f' \"g h\"=i",
    "LABEL a b  c",
    "LABEL a=b\\\n c=d \\\n   e=f",
    "ARG A=b\nLABEL l=$A",
    "ARG A=b\nENV A=c\nLABEL l=$A",
    "ENV A=c\nARG A=b\nLABEL l=$A",
    "ENV A=c\nARG A\nLABEL l=$A m=${A:-x}",
    "ARG A\nLABEL l=\"$A\" m=${A:-x}",
    "ARG A=\"b c\"\nARG B='$A'\nARG C=$A-d\nLABEL a=$A b=$B c=$C",
    "ARG A=b\nFROM scratch\nLABEL l=\"$A\"\nARG A\nLABEL m=$A",
    "ARG A=b\nARG B=$A-c\nFROM scratch\nARG B\nARG A=d\nLABEL l=$B m=$A",
    "ARG S=scratch\nFROM ${S} AS One\nENV A=b\nARG B=c\nFROM one\nLABEL l=$A m=\"$B\"",
    "FROM scratch AS a\nENV A=b\nARG A=c\nFROM a\nLABEL l=$A",
    "FROM scratch AS a\nWORKDIR /c\nUSER b\nEXPOSE 1\nCMD [\"d\"]\nFROM a\nLABEL l=m",
    "FROM scratch AS a\nLABEL l=a\nFROM scratch\nLABEL m=b",
    "ENV A=b\nWORKDIR /$A/\nWORKDIR c\nUSER $A\nSTOPSIGNAL SIGTERM\nLABEL l=$A",
    "ENV A=80\nEXPOSE $A 443/tcp ${A}0/udp\nLABEL l=$A",
    "ENV A=b\nVOLUME [\"/$A\", \"/c d\"]\nVOLUME /e /f\nLABEL l=$A",
    "CMD [\"a\", \"$B\", \"c\\nd\", \"\\u00e9\"]",
    "CMD a $B \"c d\" \\\n  e # f",
    "CMD ['a']",
    "ENTRYPOINT [\"a\"]\nCMD [\"b\", \"c\"]",
    "SHELL [\"/b/sh\", \"-x\"]\nCMD a\nENTRYPOINT b",
    "ENTRYPOINT [\"a\"]\nENTRYPOINT []\nCMD [\"b\"]",
    "HEALTHCHECK --interval=5s CMD a \"b\"",
    "HEALTHCHECK CMD [\"a\", \"$B\"]",
    "USER a # b",
    "# escape=`\nFROM scratch\nENV A=b` c B=\\d C=\"e`\"f\" D=`\ng",
    "\u{feff}# syntax is no directive here\nFROM scratch\r\nENV A=b \\\r\n  C=d\r\nLABEL l=$A\r\n",
];

/// The parts of an image's configuration that a Dockerfile decides.
type Config = BTreeMap<String, Value>;

fn known(value: &dockerfile::Value) -> String {
    value.known().unwrap().to_owned()
}

/// Pairs of ENV or LABEL; null for a value that the model does not know.
fn pairs(of: &[Pair]) -> impl Iterator<Item = (String, Value)> {
    of.iter().map(|pair| (known(&pair.name), pair.value.as_ref().unwrap().known().map_or(Value::Null, Value::from)))
}

fn set(of: &[dockerfile::Value]) -> impl Iterator<Item = (String, Value)> {
    of.iter().map(|value| (known(value), json!({})))
}

/// What the model says of the configuration.
fn expected(text: &str, outside: Outside<'_>) -> Config {
    let dockerfile = Dockerfile::read(text, outside).unwrap();
    let mut config = Config::from([("User".to_owned(), json!("")), ("WorkingDir".to_owned(), json!("/"))]);
    let path = json!("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    let mut maps = BTreeMap::from([("Env", Config::from([("PATH".to_owned(), path)]))]);
    let mut shell = vec!["/bin/sh".to_owned(), "-c".to_owned()];
    for instruction in dockerfile.instructions_of(dockerfile.built_stage(None).unwrap()) {
        let command = |of: &dockerfile::Command| match of {
            dockerfile::Command::Exec(words) => words.iter().map(|word| word.text.clone()).collect::<Vec<_>>(),
            dockerfile::Command::Shell(text) => shell.iter().chain([&text.text]).cloned().collect(),
        };
        let single = match &instruction.content {
            Content::Env(of) => {
                maps.entry("Env").or_default().extend(pairs(of));
                continue;
            }
            Content::Label(of) => {
                maps.entry("Labels").or_default().extend(pairs(of));
                continue;
            }
            Content::Volume(of) => {
                maps.entry("Volumes").or_default().extend(set(of));
                continue;
            }
            Content::Expose(of) => {
                let with_protocol = |port: String| if port.contains('/') { port } else { format!("{port}/tcp") };
                let ports = set(of).map(|(port, nothing)| (with_protocol(port), nothing));
                maps.entry("ExposedPorts").or_default().extend(ports);
                continue;
            }
            Content::Shell(words) => {
                shell = words.iter().map(|word| word.text.clone()).collect();
                continue;
            }
            Content::User(user) => ("User", json!(known(user))),
            Content::Stopsignal(signal) => ("StopSignal", json!(known(signal))),
            Content::Workdir(to) => ("WorkingDir", json!(joined(config["WorkingDir"].as_str().unwrap(), &known(to)))),
            Content::Cmd(of) => ("Cmd", json!(command(of))),
            Content::Entrypoint(of) => ("Entrypoint", json!(command(of))),
            Content::Healthcheck(Some(dockerfile::Command::Shell(text))) => ("Test", json!(["CMD-SHELL", text.text])),
            Content::Healthcheck(Some(exec)) => ("Test", json!([vec!["CMD".to_owned()], command(exec)].concat())),
            _ => continue,
        };
        config.insert(single.0.to_owned(), single.1);
    }
    config.extend(maps.into_iter().map(|(name, map)| (name.to_owned(), json!(map))));
    config.retain(|_, value| *value != json!([]));
    config
}

fn joined(folder: &str, path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", folder.trim_end_matches('/')) }
}

/// What the builder makes.
fn built(text: &str, args: &[&str]) -> Config {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let context = scratch();
    std::fs::write(context.path().join("Dockerfile"), text).unwrap();
    let tag = Untag(format!("tf-dockerfile-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst)));
    let mut build = Command::new("docker");
    build.args(["buildx", "build", "--quiet", "--provenance=false", "--load", "--tag", &tag.0]);
    let args = args.iter().flat_map(|arg| ["--build-arg", arg]);
    let output = build.args(args).arg(context.path()).output().unwrap();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let mut config: Config = serde_json::from_value(inspect(&tag.0)["Config"].clone()).unwrap();
    let env =
        config["Env"].as_array().unwrap().iter().map(|variable| variable.as_str().unwrap().split_once('=').unwrap());
    let env: BTreeMap<&str, &str> = env.collect();
    let env = json!(env);
    let health = config.get("Healthcheck").map(|check| check["Test"].clone());
    config.insert("Env".to_owned(), env);
    config.extend(health.map(|check| ("Test".to_owned(), check)));
    config.entry("User".to_owned()).or_insert(json!(""));
    let wanted =
        ["Env", "Labels", "ExposedPorts", "Volumes", "User", "WorkingDir", "Cmd", "Entrypoint", "StopSignal", "Test"];
    config.retain(|name, value| wanted.contains(&name.as_str()) && !value.is_null());
    config
}

fn whole(text: &str) -> String {
    if text.contains("FROM ") { text.to_owned() } else { format!("FROM scratch\n{text}\n") }
}

#[test]
fn buildkit_makes_what_the_model_says() {
    if !engine("buildkit_makes_what_the_model_says") {
        return;
    }
    for text in DOCKERFILES {
        let text = whole(text);
        assert_eq!(built(&text, &[]), expected(&text, Outside::Only(&[])), "{text}");
    }
}

#[test]
fn what_the_model_does_not_know_comes_from_outside() {
    if !engine("what_the_model_does_not_know_comes_from_outside") {
        return;
    }
    let text = "ARG A=b\nARG E=f\nFROM scratch\nARG A\nARG C=d\nARG E\nENV X=$A Y=$C Z=$E W=${A:+g}\n";
    let (mut built, mut model) = (built(text, &["A=given", "C=too"]), expected(text, Outside::Only(&["A", "C"])));
    let env = |config: &mut Config, name: &str| config.get_mut("Env").and_then(|env| Some(env.get_mut(name)?.take()));
    for (name, value, known) in [
        ("X", json!("given"), Value::Null),
        ("Y", json!("too"), Value::Null),
        ("Z", json!("f"), json!("f")),
        ("W", json!("g"), Value::Null),
    ] {
        assert_eq!((env(&mut built, name), env(&mut model, name)), (Some(value), Some(known)), "{name}");
    }
}
