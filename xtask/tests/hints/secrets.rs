//! Hints about secrets. Values are put together while the tests run; nothing here looks like one.

use std::fs;

use serde_json::{Value, json};

use crate::harness::docker::{self, first};
use crate::harness::fakes::on;
use crate::harness::image_archives::{classic, diff_id, gzip, tar_of};
use crate::harness::samples::expand;
use crate::harness::sandbox::{CONFIG, Sandbox};
use crate::row::{Row, Step, follow, row};
use crate::world::World;

pub(crate) fn token() -> String {
    expand("ghp_{crc}", 3)
}

fn address() -> String {
    expand("postgresql://app:{w20}@db.acme.dev:5432/app", 5)
}

/// A sandbox whose engine builds everything, with files that are committed.
fn with_files(files: &[(&str, String)], args: &[&str]) -> World {
    let sandbox = docker::sandbox();
    for (path, text) in files {
        sandbox.write(path, text);
    }
    sandbox.commit();
    World::new(sandbox, args)
}

/// A build of the frontend, whose Dockerfile has one more line.
fn dockerfile(line: &str) -> World {
    let text = format!("FROM node:20-alpine\n{line}\nCOPY . .\nRUN npm ci\n");
    with_files(&[("frontend/Dockerfile", text)], &["build", "-n", "frontend"])
}

/// A build with a build arg that is a secret.
fn build_arg() -> World {
    let arg = format!("NPM_TOKEN={}", token());
    let declared = format!("{CONFIG}\n[component.frontend.build-args.NPM_TOKEN]\n");
    let mut world = with_files(&[("taskflow.toml", declared)], &["build", "frontend", "-n"]);
    world.call(&["build", "frontend", "-n", "--build-arg", &arg]);
    world
}

/// Takes the build arg away from the command line and from taskflow.toml.
fn without_arg(world: &mut World) {
    world.call(&["build", "frontend", "-n"]);
    world.edit("taskflow.toml", "[component.frontend.build-args.NPM_TOKEN]\n", "");
}

/// The step reads the secret where the builder mounts it.
fn mounted(world: &mut World) {
    let text = "FROM node:20-alpine\nCOPY . .\nRUN --mount=type=secret,id=npm_token npm ci\n";
    world.sandbox.write("frontend/Dockerfile", text);
    world.sandbox.commit();
    world.sandbox.set("NPM_TOKEN", token());
}

fn remove_line(world: &mut World) {
    world.sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nCOPY . .\nRUN npm ci\n");
}

fn exception(place: &str, rule: &str, expires: &str) -> String {
    let reason = "a value that everybody may know";
    format!("[[allow]]\nplace = \"{place}\"\nrule = \"{rule}\"\nreason = \"{reason}\"\nexpires = {expires}\n")
}

/// An image that the engine has until it is good, and the clean one after that.
fn image(layers: &[Vec<u8>], config: &Value, base: &[Vec<u8>], args: &[&str]) -> World {
    let sandbox = Sandbox::new();
    sandbox.real("cat");
    let reference = docker::reference("backend");
    let clean = [tar_of(&[("app/main.py", b"print()\n")])];
    let mut rules = Vec::new();
    for (name, layers, config) in [("bad", layers, config), ("clean", &clean, &json!({}))] {
        let id = diff_id(name.as_bytes());
        let ids: Vec<String> = layers.iter().map(|layer| diff_id(layer)).collect();
        let described = json!([{"Id": id, "RepoTags": [reference], "RepoDigests": [], "Size": 1, "Config": config,
            "RootFS": {"Type": "layers", "Layers": ids}}]);
        fs::write(sandbox.mark(name), classic(layers, config)).unwrap();
        let inspect = on(&format!("image inspect {reference}")).says(described.to_string());
        rules.push(if name == "bad" { inspect.until("good") } else { inspect });
        rules.push(on(&format!("history --no-trunc --format {{{{json .}}}} {id}")).says("{\"CreatedBy\":\"CMD\"}\n"));
        rules.push(on(&format!("save {id}")).does(&format!("cat \"$marks/{name}\"")));
    }
    let ids: Vec<String> = base.iter().map(|layer| diff_id(layer)).collect();
    let described = json!([{"Id": diff_id(b"base"), "RepoTags": ["python:3.13-slim"], "RepoDigests": [], "Size": 1,
        "Config": {}, "RootFS": {"Type": "layers", "Layers": ids}}]);
    rules.push(on("image inspect python:3.13-slim").says(described.to_string()));
    let conflict = "[ ! -e \"$marks/in-use\" ] || { echo 'Error: conflict' >&2; exit 1; }";
    rules.push(on("image rm --no-prune taskflow-backend:1.0.0-main").does(conflict));
    rules.push(on("image rm --force taskflow-backend:1.0.0-main").does(": >\"$marks/good\""));
    // The cache gives the old layers again until it is empty.
    rules.push(on("builder prune").does(": >\"$marks/good\""));
    sandbox.fake("docker", first(rules));
    World::new(sandbox, args)
}

fn secret_in_a_layer() -> World {
    image(&[tar_of(&[("token", token().as_bytes())])], &json!({}), &[], &["build", "-q", "backend"])
}

fn mend(world: &mut World) {
    fs::write(world.sandbox.mark("good"), "").unwrap();
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("remove it, and inject `{name}` from a Kubernetes Secret at run time", build_arg).by_hand(without_arg),
        row("remove it, and inject `{name}` from a Kubernetes Secret at run time", || dockerfile("ARG NPM_TOKEN"))
            .by_hand(remove_line),
        row(FOR_THE_BUILD, build_arg).steps(&[Step::ByHand(without_arg), Step::Act(0), Step::ByHand(mounted)]),
        row(FOR_THE_BUILD, || dockerfile("ARG NPM_TOKEN")).steps(&[Step::Act(0), Step::ByHand(mounted)]),
        row("take it out: whoever has the image, or the Dockerfile, can read it", || {
            dockerfile(&format!("RUN login --token {}", token()))
        })
        .by_hand(remove_line),
        row(FOR_A_STEP, || {
            let world = dockerfile(&format!("RUN login --token {}", token()));
            world.fill("ID", "npm_token").fill("VARIABLE", "NPM_TOKEN")
        })
        .steps(&[Step::Act(0), Step::ByHand(mounted)]),
        row("take it out, so that docker does not receive it", || {
            let sandbox = docker::sandbox();
            sandbox.git(&["switch", "--quiet", "--create", &format!("try/{}", token())]);
            World::new(sandbox, &["build", "-n"])
        })
        .by_hand(|world| drop(world.sandbox.git(&["branch", "--move", "try/it"]))),
        row("use a proxy without a password, or allow `proxy:{name}` with `[[allow]]` in taskflow.toml", || {
            let world = with_files(&[], &["build", "-n", "frontend"]);
            proxy(&world, &expand("http://robot:{w18}@proxy.acme.dev:3128", 7));
            world
        })
        .by_hand(|world| proxy(world, "http://proxy.acme.dev:3128"))
        .by_hand(|world| {
            let allowed = exception("proxy:httpProxy", "url-password", "2999-12-31");
            world.sandbox.write("taskflow.toml", &format!("{CONFIG}\n{allowed}"));
            world.sandbox.commit();
        }),
    ];
    rows.extend(files());
    rows.extend(images());
    rows.extend(packages());
    rows.extend(known_values());
    rows.extend(proxies());
    rows
}

const FOR_THE_BUILD: &str = "for a secret that only the build needs, declare `[component.{component}.build-secrets.{id}]` with `env = \"{name}\"`, and read /run/secrets/{id} in `RUN --mount=type=secret,id={id} …`";

const FOR_A_STEP: &str = "what a step needs while it runs is mounted and leaves no layer: declare `[component.{component}.build-secrets.ID]` with `env = \"VARIABLE\"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`";

/// The docker client's settings name a proxy.
fn proxy(world: &World, address: &str) {
    let folder = world.sandbox.outside("home/.docker");
    fs::create_dir_all(&folder).unwrap();
    let settings = json!({"proxies": {"default": {"httpProxy": address}}});
    fs::write(folder.join("config.json"), settings.to_string()).unwrap();
}

/// A file that would be sent.
fn sent(path: &str) -> World {
    with_files(&[(path, format!("const token = \"{}\";\n", token()))], &["build", "-n", "frontend"])
}

const KEEP_OUT: &str = "add `{pattern}` to `{file}`{or}";

fn files() -> Vec<Row> {
    vec![
        row(KEEP_OUT, || sent("frontend/.env")).way(&[0]),
        row(KEEP_OUT, || sent("frontend/src/config.ts"))
            .way(&[0])
            .by_hand(|world| world.sandbox.write("frontend/src/config.ts", "const token = read();\n")),
        row(KEEP_OUT, || {
            let world = sent("frontend/src/config.ts");
            world.sandbox.write("frontend/Dockerfile.dockerignore", "node_modules\n");
            world
        })
        .way(&[0]),
        row("take the secret out, and replace it wherever it opens something", || {
            with_files(&[("notes.txt", token())], &["secrets", "scan", "notes.txt"])
        })
        .by_hand(|world| world.sandbox.write("notes.txt", "the token is in the vault\n")),
        row("delete the file or move it away, and replace what it holds wherever that opens something", || {
            with_files(&[("keys/id_rsa", "a key\n".to_owned())], &["secrets", "scan", "keys"])
        })
        .by_hand(|world| fs::remove_file(world.sandbox.root.join("keys/id_rsa")).unwrap()),
        row("rename it, and replace the secret wherever it opens something", || {
            with_files(&[(&format!("notes/{}.txt", token()), "text\n".to_owned())], &["secrets", "scan", "notes"])
        })
        .by_hand(|world| {
            let notes = world.sandbox.root.join("notes");
            fs::rename(notes.join(format!("{}.txt", token())), notes.join("a.txt")).unwrap();
        }),
        row(KEEP_OUT, || {
            with_files(&[(&format!("frontend/{}.txt", token()), "text\n".to_owned())], &["build", "-n", "frontend"])
        })
        .way(&[0]),
        row("mend it or take it away: what cannot be searched may hold anything", || {
            let world = with_files(&[], &["secrets", "scan", "notes"]);
            world.sandbox.write("notes/a.txt", "text\n");
            let packed = gzip(&tar_of(&[("a", &[b'a'; 4096])]));
            fs::write(world.sandbox.root.join("notes/a.tar.gz"), &packed[..packed.len() / 2]).unwrap();
            world
        })
        .by_hand(|world| fs::remove_file(world.sandbox.root.join("notes/a.tar.gz")).unwrap()),
        row("fix what it allows, or give the exception a later day and a reason that still holds", || {
            let config = format!("{CONFIG}\n{}", exception("frontend/demo.ts", "url-password", "2026-01-31"));
            let files = [("taskflow.toml", config), ("frontend/demo.ts", format!("const dsn = \"{}\";\n", address()))];
            with_files(&files, &["build", "-n", "frontend"])
        })
        .by_hand(|world| world.edit("taskflow.toml", "2026-01-31", "2999-12-31"))
        .by_hand(|world| {
            world.sandbox.write("frontend/demo.ts", "const dsn = read();\n");
            world.sandbox.write("taskflow.toml", CONFIG);
        }),
        row("remove it: what it allowed is gone", || {
            let config = format!("{CONFIG}\n{}", exception("frontend/demo.ts", "url-password", "2999-12-31"));
            with_files(&[("taskflow.toml", config)], &["build", "-n", "frontend"])
        })
        .by_hand(|world| world.sandbox.write("taskflow.toml", CONFIG)),
    ]
}

fn images() -> Vec<Row> {
    vec![
        row("take it out of the Dockerfile and of the build args, build again, and replace the secret", || {
            let config = json!({"Env": [format!("NOTE={}", token())]});
            image(&[], &config, &[], &["build", "-q", "backend"])
        })
        .by_hand(mend),
        row(
            "keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret",
            secret_in_a_layer,
        )
        .by_hand(mend),
        row("rename it in the step that writes it, and replace the secret wherever it opens something", || {
            let layer = tar_of(&[(format!("app/{}", token()).as_str(), b"text")]);
            image(&[layer], &json!({}), &[], &["build", "-q", "backend"])
        })
        .by_hand(mend),
        row("it comes with the base image: take one without it, and report it to its maintainers", || {
            let base = [tar_of(&[("usr/share/base.txt", token().as_bytes())])];
            let config = json!({"Labels": {"org.opencontainers.image.base.name": "python:3.13-slim"}});
            image(&base, &config, &base, &["build", "-q", "backend"])
        })
        .by_hand(mend),
        row("empty the cache with `docker builder prune` when the secret is out of the source", secret_in_a_layer),
        row("take the image away with `docker image rm --force {references}`", || {
            let world = secret_in_a_layer();
            // A container holds the image, so it keeps its name; without it, the builder makes a clean one.
            fs::write(world.sandbox.mark("in-use"), "").unwrap();
            world
        }),
    ]
}

/// The files of an installed package, with a token in each.
fn package(folder: &str) -> Vec<(String, String)> {
    ["a.js", "b.js"].map(|name| (format!("{folder}/node_modules/x/test/{name}"), token())).to_vec()
}

fn package_in_context(args: &[&str]) -> World {
    let files = package("frontend");
    let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    with_files(&files, args)
}

fn package_in_layer() -> World {
    let files = package("app");
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    image(&[tar_of(&files)], &json!({}), &[], &["build", "-q", "backend"])
}

fn with_exception(world: &World, place: &str) {
    world.sandbox.write("taskflow.toml", &format!("{CONFIG}\n{}", exception(place, "github-token", "2999-12-31")));
    world.sandbox.commit();
}

fn packages() -> Vec<Row> {
    const ALLOW: &str = "if they are test data that opens nothing, allow them together with `[[allow]]` in taskflow.toml: rule `{rule}`, place `{place}/**`";
    vec![
        row(KEEP_OUT, || package_in_context(&["build", "-n", "frontend"])),
        row("take the secrets out, and replace them wherever they open something", || {
            package_in_context(&["secrets", "scan", "frontend"])
        })
        .by_hand(|world| fs::remove_dir_all(world.sandbox.root.join("frontend/node_modules")).unwrap()),
        row("delete the files or move them away, and replace what they hold wherever that opens something", || {
            let files = ["id_rsa", "id_dsa"].map(|name| (format!("keys/node_modules/x/{name}"), "a key\n".to_owned()));
            with_files(
                &files.each_ref().map(|(path, text)| (path.as_str(), text.clone())),
                &["secrets", "scan", "keys"],
            )
        })
        .by_hand(|world| fs::remove_dir_all(world.sandbox.root.join("keys/node_modules")).unwrap()),
        row("rename them, and replace the secrets wherever they open something", || {
            let files =
                ["a", "b"].map(|name| (format!("notes/node_modules/x/{name}/{}", token()), "text\n".to_owned()));
            with_files(
                &files.each_ref().map(|(path, text)| (path.as_str(), text.clone())),
                &["secrets", "scan", "notes"],
            )
        })
        .by_hand(|world| {
            for name in ["a", "b"] {
                let folder = world.sandbox.root.join(format!("notes/node_modules/x/{name}"));
                fs::rename(folder.join(token()), folder.join("a.txt")).unwrap();
            }
        }),
        row("remove `{folder}` in the step that installs the package", package_in_layer).by_hand(mend),
        row(ALLOW, package_in_layer).by_hand(|world| with_exception(world, "image:backend:/app/node_modules/x/**")),
        row(ALLOW, || package_in_context(&["build", "-n", "frontend"]))
            .by_hand(|world| with_exception(world, "frontend/node_modules/x/**")),
        row("name the folder that it is for, such as `image:frontend:/app/node_modules/NAME/**`", || {
            let world = package_in_layer();
            with_exception(&world, "image:backend:/**");
            world
        })
        .by_hand(|world| with_exception(world, "image:backend:/app/node_modules/x/**")),
        row("name the folder or the file that it is for, such as `{folder}/tests`", || {
            let world = package_in_context(&["build", "-n", "frontend"]);
            with_exception(&world, "frontend/**");
            world
        })
        .by_hand(|world| with_exception(world, "frontend/node_modules")),
    ]
}

/// A build whose context holds the value of a declared secret.
fn known_value(name: &str, value: &str) -> World {
    let config = format!("{CONFIG}\n[secrets]\ndeclared = [\"GATE_PIN\"]\n");
    let files = [
        ("taskflow.toml", config),
        ("frontend/.dockerignore", ".env*\n".to_owned()),
        ("frontend/.env", format!("{name}={value}\n")),
        ("frontend/x.ts", format!("const order = '{value}';\n")),
    ];
    with_files(&files, &["build", "-n", "frontend"])
}

fn known_values() -> Vec<Row> {
    const READ: &str = "let the program read `{name}` from its environment, where a Kubernetes Secret puts it";
    const AT_RUN_TIME: &str = "give `{name}` to the container from a Kubernetes Secret at run time, and to no step of the build that writes it down";
    vec![
        row(READ, || known_value("DATABASE_URL", &address()))
            .by_hand(|world| world.sandbox.write("frontend/x.ts", "const order = process.env.DATABASE_URL;\n")),
        row(AT_RUN_TIME, || {
            let layer = tar_of(&[("app/manifest.json", address().as_bytes())]);
            let mut world = image(&[layer], &json!({}), &[], &["build", "-q", "backend"]);
            world.sandbox.set("DATABASE_URL", address());
            world
        })
        .by_hand(mend),
        row("give `{name}` a random value on this machine: a word or a number is guessed easily", || {
            known_value("BETTER_AUTH_SECRET", "Frankfurt24")
        })
        .by_hand(|world| world.edit("frontend/.env", "Frankfurt24", &expand("{w24}", 3))),
        row(
            "give `{name}` a random value on this machine, or remove it from `declared` in taskflow.toml if it is no secret",
            || known_value("GATE_PIN", "40718263"),
        )
        .by_hand(|world| world.edit("frontend/.env", "40718263", &expand("{w24}", 3)))
        .by_hand(|world| world.edit("taskflow.toml", "\"GATE_PIN\"", "")),
        row("remove the values that are not used any more from {files}", || {
            let world = with_files(&[], &["secrets", "scan", "frontend"]);
            let text = (0..1001).map(|seed| format!("DATABASE_URL={}", expand("{w24}", seed))).collect::<Vec<_>>();
            world.sandbox.write(".env", &text.join("\n"));
            world
        })
        .by_hand(|world| world.sandbox.write(".env", &format!("DATABASE_URL={}\n", address()))),
    ]
}

fn proxies() -> Vec<Row> {
    let with_password = || {
        let given = format!("HTTPS_PROXY={}", expand("http://robot:{w18}@proxy.acme.dev:3128", 7));
        with_files(&[], &["build", "-n", "frontend", "--build-arg", &given])
    };
    vec![
        row(
            "pass `--build-arg {name}=http://HOST:PORT`, a proxy without a password, such as one on this machine that adds it",
            with_password,
        )
        .steps(&[Step::ByHand(|world| world.call(&["build", "-n", "frontend"])), Step::Act(0)]),
        row("remove it from taskflow.toml, and pass `--build-arg {name}`: docker knows it without a declaration", || {
            let config = format!("{CONFIG}\n[component.frontend.build-args.HTTPS_PROXY]\n");
            let mut world = with_files(&[("taskflow.toml", config)], &["build", "-n", "frontend"]);
            world.sandbox.set("HTTPS_PROXY", "http://proxy.acme.dev:3128");
            world
        })
        .steps(&[Step::ByHand(|world| world.sandbox.write("taskflow.toml", CONFIG)), Step::Act(0)]),
    ]
}

#[test]
fn hints_about_secrets_help() {
    follow(&rows());
}
