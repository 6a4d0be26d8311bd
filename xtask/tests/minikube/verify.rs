//! `xtask verify` on an engine that keeps images in containerd: both shipped images have every box ticked there, too,
//! with a database from packages, and from an image.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::parts::{root, scratch};
use crate::world::{Engine, fact};

/// A tag of this run's own, so that no image of anybody else is replaced or removed.
fn tag() -> String {
    format!("1.0.0-verify.{}", std::process::id())
}

fn xtask(engine: &Engine, args: &[&str]) -> Output {
    let tag = tag();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(args).args(["--json", "--tag", &tag]).current_dir(root()).stdin(Stdio::null());
    command.envs(engine.env.iter().map(|(name, value)| (name, value))).output().unwrap()
}

/// The document of a run that succeeds.
fn document(output: &Output) -> Value {
    let document = serde_json::from_slice(&output.stdout);
    assert!(document.is_ok(), "{}", String::from_utf8_lossy(&output.stderr));
    document.unwrap()
}

/// The judgements that are not held.
fn open(document: &Value) -> Vec<&Value> {
    document["judgements"].as_array().unwrap().iter().filter(|judged| judged["verdict"] != "held").collect()
}

/// What the entry point of the official image does: a cluster, then the server as the first process.
const ENTRY: &str = r#"#!/bin/sh
set -e
as="setpriv --reuid=999 --regid=999 --clear-groups"
mkdir -p /var/run/postgresql /data
chown postgres /var/run/postgresql /data
chmod 3775 /var/run/postgresql
echo "$POSTGRES_PASSWORD" >/run/password
chown postgres /run/password
$as initdb --username "$POSTGRES_USER" --auth=scram-sha-256 --encoding=UTF8 --locale=C --pwfile=/run/password -D /data
exec $as "$@" -D /data -c unix_socket_directories=/var/run/postgresql
"#;

/// Makes an image of PostgreSQL from this machine's packages; none without them.
fn image_of_postgres(engine: &Engine, reference: &str) -> Option<()> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let version = versions.filter_map(|entry| entry.file_name().into_string().ok()).max()?;
    let folder = scratch();
    let programs = PathBuf::from("/usr/lib/postgresql").join(&version);
    let copy = |from: &Path, to: &str| {
        let mut command = Command::new("cp");
        assert!(
            command
                .args(["--recursive", "--dereference"])
                .arg(from)
                .arg(folder.path().join(to))
                .status()
                .unwrap()
                .success()
        );
    };
    copy(&programs.join("lib"), "lib");
    copy(&Path::new("/usr/share/postgresql").join(&version), "share");
    fs::create_dir(folder.path().join("bin")).unwrap();
    fs::create_dir(folder.path().join("libraries")).unwrap();
    for name in ["postgres", "initdb", "pg_isready"] {
        let program = programs.join("bin").join(name);
        copy(&program, "bin");
        let listed = String::from_utf8(Command::new("ldd").arg(&program).output().unwrap().stdout).unwrap();
        let paths = listed.lines().filter_map(|line| line.split_once("=> ")?.1.split(' ').next());
        // The image has the C library of its own.
        let own = ["/libc.", "/libm.", "/libpthread.", "/libdl.", "/librt."];
        for library in paths.filter(|path| path.starts_with('/') && !own.iter().any(|own| path.contains(own))) {
            copy(Path::new(library), "libraries");
        }
    }
    fs::write(folder.path().join("entry.sh"), ENTRY).unwrap();
    let dockerfile = format!(
        "FROM python:3.13-slim\nRUN groupadd --gid 999 postgres && useradd --uid 999 --gid 999 postgres\n\
         COPY libraries /libraries\nCOPY lib /usr/lib/postgresql/{version}/lib\n\
         COPY bin /usr/lib/postgresql/{version}/bin\nCOPY share /usr/share/postgresql/{version}\n\
         COPY --chmod=755 entry.sh /\n\
         ENV LD_LIBRARY_PATH=/libraries PATH=/usr/lib/postgresql/{version}/bin:/usr/local/bin:/usr/bin:/bin\n\
         ENTRYPOINT [\"/entry.sh\"]\n"
    );
    fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
    engine.docker(&["build", "--quiet", "--tag", reference, &folder.path().to_string_lossy()]);
    Some(())
}

#[test]
fn both_shipped_images_have_every_box_ticked_with_the_containerd_store() {
    let test = "both_shipped_images_have_every_box_ticked_with_the_containerd_store";
    let current = |name: &str| fact(test, "engine-current", name);
    let (Some(host), Some(config)) = (current("docker_host"), current("docker_config")) else { return };
    let engine = Engine::at(&host, Some(&config));
    let built = document(&xtask(&engine, &["build"]));
    assert_eq!(built["ok"], true, "{built:#}");
    let verified = document(&xtask(&engine, &["verify", "--no-cache", "--strict"]));
    let database = format!("postgres:taskflow-{}", std::process::id());
    let of_image = image_of_postgres(&engine, &database).map(|()| xtask(&engine, &["verify", "backend", "--no-cache"]));
    let tags = ["frontend", "backend"].map(|name| format!("taskflow-{name}:{}", tag()));
    engine.forget(&[&tags[0], &tags[1], &database]);
    assert!(open(&verified).is_empty() && verified["ok"] == true, "{verified:#}");
    assert_eq!(verified["judgements"].as_array().unwrap().len(), 46);
    let of_image = of_image.expect("the database of the rig comes from packages");
    assert!(String::from_utf8_lossy(&of_image.stderr).contains(&format!("a database from `{database}`")));
    let of_image = document(&of_image);
    assert!(open(&of_image).is_empty() && of_image["ok"] == true, "{of_image:#}");
    let left = ["--all", "--quiet", "--filter", "label=dev.taskflow.verify"];
    assert_eq!(engine.docker(&[&["ps"], &left[..]].concat()), "");
    assert_eq!(engine.docker(&["volume", "ls", "--quiet", "--filter", "label=dev.taskflow.verify"]), "");
}
