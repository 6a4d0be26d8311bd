//! Hints about built images: each is followed by an edit of the Dockerfile and a build, which gives another image.

use serde_json::{Value, json};

use crate::harness::fakes::on;
use crate::harness::images::{Image, with_images};
use crate::harness::sandbox::{CONFIG, Sandbox};
use crate::row::{Row, row};
use crate::world::World;

const CONTRACT: &str = r#"
[component.backend.contract]
command = ["python", "main.py"]
workdir = "/app"
user = "appuser"
uid = 1000
ignore = ["*.txt"]
stop-signal = "SIGTERM"

[component.backend.contract.env.PORT]
from = "image"
default = "8000"
"#;

/// Gives the engine an image with this configuration and these files.
fn build(sandbox: &Sandbox, config: Value, files: &[(&str, &str)]) {
    let passwd = "root:x:0:0:root:/root:/bin/sh\nappuser:x:1000:1000::/app:/bin/false\n";
    let image = Image::of("backend").layer(&[("etc/passwd", passwd)]).layer(files).config(config);
    let base = on("image inspect python:3.13-slim").says("[]\n").complains("Error: No such image\n").exits(1);
    with_images(sandbox, &[image], [on("ps --all *"), on("volume ls *"), base]);
}

/// An image that breaks all rules of the contract.
fn broken() -> World {
    let sandbox = Sandbox::new();
    sandbox.real("cat");
    sandbox.write("taskflow.toml", &format!("{CONFIG}{CONTRACT}"));
    sandbox.commit();
    let config = json!({
        "Cmd": ["sh", "-c", "python main.py"], "WorkingDir": "/", "User": "root", "Env": ["PORT=80"],
        "StopSignal": "SIGKILL",
    });
    build(&sandbox, config, &[("app/notes.txt", "notes\n")]);
    World::new(sandbox, &["verify", "backend"])
}

/// The Dockerfile and the ignore file are as the contract wants them, and the image is built again.
fn mend(world: &mut World) {
    let config = json!({
        "Cmd": ["python", "main.py"], "WorkingDir": "/app", "User": "appuser", "Env": ["PORT=8000"],
    });
    build(&world.sandbox, config, &[("app/main.py", "print()\n")]);
}

pub(crate) fn rows() -> Vec<Row> {
    [
        "add the entry to the ignore file, and build the image again",
        "create the user in the last stage, and name it in the last `USER`",
        "remove `STOPSIGNAL` from the last stage, or set it to the declared signal",
        "set `ENV` to the declared defaults, and remove the variables that come from outside",
        "set the last `CMD` to the declared words in exec form, and remove `ENTRYPOINT`",
        "set the last `WORKDIR` of the last stage to the declared path",
    ]
    .into_iter()
    .map(|hint| row(hint, broken).by_hand(mend))
    .collect()
}
