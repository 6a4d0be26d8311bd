//! The remedies of findings about the contract.

use crate::contract::{CHECK, checks_with, write};
use crate::row::{Row, follow, row};
use crate::world::World;

/// A row: the hint, the contract, the Dockerfile that breaks it, and the one that follows the hint.
macro_rules! mends {
    ($hint:expr, $contract:expr, $broken:expr, $mended:expr) => {
        row($hint, || checks_with($contract, $broken, CHECK)).by_hand(|world| write(world, $mended))
    };
}

const STAGES: &str = "stages = [\"builder\", \"runner\"]\n";

/// A frontend with an ignore file.
fn ignores(contract: &str, text: &str) -> World {
    let world = checks_with(contract, "FROM node:20-alpine\nUSER node\n", CHECK);
    world.sandbox.write("frontend/.dockerignore", text);
    world
}

/// A frontend whose image a manifest runs.
fn runs(file: &str, lines: &str) -> World {
    let world = checks_with("protocol = \"http\"\n", "FROM node:20-alpine\nUSER node\n", CHECK);
    let manifest = format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n{lines}");
    world.sandbox.write(file, &manifest);
    world
}

fn of_images() -> Vec<Row> {
    vec![
        mends!(
            "write `EXPOSE {port}`",
            "port = 3000\n",
            "FROM node:20-alpine\nUSER node\nEXPOSE 8080\n",
            "FROM node:20-alpine\nUSER node\nEXPOSE 3000\n"
        ),
        mends!(
            "write `CMD {words}`",
            "command = [\"node\", \"a.js\"]\n",
            "FROM node:20-alpine\nUSER node\n",
            "FROM node:20-alpine\nUSER node\nCMD [\"node\", \"a.js\"]\n"
        ),
        mends!(
            "write `CMD` as a JSON array of words, as in `CMD [{words}]`",
            "protocol = \"http\"\n",
            "FROM node:20-alpine\nUSER node\nCMD ['node', 'a.js']\n",
            "FROM node:20-alpine\nUSER node\nCMD [\"node\", \"a.js\"]\n"
        ),
        mends!(
            "remove `ENTRYPOINT`",
            "command = [\"node\", \"a.js\"]\n",
            "FROM node:20-alpine\nUSER node\nENTRYPOINT [\"sh\"]\nCMD [\"node\", \"a.js\"]\n",
            "FROM node:20-alpine\nUSER node\nCMD [\"node\", \"a.js\"]\n"
        ),
        mends!(
            "write `WORKDIR {path}`",
            "workdir = \"/app\"\n",
            "FROM node:20-alpine\nUSER node\n",
            "FROM node:20-alpine\nUSER node\nWORKDIR /app\n"
        ),
        mends!(
            "write `STOPSIGNAL {name}`",
            "stop-signal = \"SIGINT\"\n",
            "FROM node:20-alpine\nUSER node\n",
            "FROM node:20-alpine\nUSER node\nSTOPSIGNAL SIGINT\n"
        ),
        mends!(
            "write `ENV {name}={value}`",
            "[component.frontend.contract.env.PORT]\nfrom = \"image\"\ndefault = \"3000\"\n",
            "FROM node:20-alpine\nUSER node\n",
            "FROM node:20-alpine\nUSER node\nENV PORT=3000\n"
        ),
        row("remove it, or declare its value: `default` under `[component.{component}.{key}]`", || {
            let contract = "[component.frontend.contract.env.MODE]\nfrom = \"config-map\"\n";
            checks_with(contract, "FROM node:20-alpine\nUSER node\nENV MODE=a\n", CHECK)
        })
        .by_hand(|world| write(world, "FROM node:20-alpine\nUSER node\n"))
        .by_hand(|world| world.set("[component.frontend.contract.env.MODE]", "default = \"a\"")),
        mends!(
            "end the final stage with `USER {name}`, after the steps that need root",
            "user = \"node\"\n",
            "FROM node:20-alpine\n",
            "FROM node:20-alpine\nUSER node\n"
        ),
        mends!(
            "end the final stage with `USER {name}`",
            "user = \"node\"\n",
            "FROM node:20-alpine\nUSER web\n",
            "FROM node:20-alpine\nUSER node\n"
        ),
        mends!(
            "create the user `{name}` in the final stage",
            "user = \"web\"\n",
            "FROM node:20-alpine\nUSER web\n",
            "FROM node:20-alpine\nRUN adduser -S web\nUSER web\n"
        ),
        mends!(
            "write `RUN adduser -S {name} -u {uid}`",
            "user = \"web\"\nuid = 1001\n",
            "FROM node:20-alpine\nUSER web\n",
            "FROM node:20-alpine\nRUN adduser -S web -u 1001\nUSER web\n"
        ),
        mends!(
            "write `RUN useradd --uid {uid} {name}`",
            "user = \"web\"\nuid = 1001\n",
            "FROM python:3.13-slim\nUSER web\n",
            "FROM python:3.13-slim\nRUN useradd --uid 1001 web\nUSER web\n"
        ),
    ]
}

fn of_stages() -> Vec<Row> {
    vec![
        mends!(
            "name the version that the image is built on: a tag, a digest, or both",
            "protocol = \"http\"\n",
            "FROM node\nUSER node\n",
            "FROM node:20-alpine\nUSER node\n"
        ),
        mends!(
            "write `{image}`; a digest may follow the tag",
            "base-images = [\"node:20-alpine\"]\n",
            "FROM node:20\nUSER node\n",
            "FROM node:20-alpine\nUSER node\n"
        ),
        row("declare the alpine or slim variant, and use it in the Dockerfile", || {
            checks_with("base-images = [\"node:20\"]\n", "FROM node:20\nUSER node\n", CHECK)
        })
        .by_hand(|world| {
            world.edit("taskflow.toml", "\"node:20\"", "\"node:20-alpine\"");
            write(world, "FROM node:20-alpine\nUSER node\n");
        }),
        mends!(
            "give the Dockerfile the stages {names} in this order, the last one for the image; further stages may stand \
             before the last one",
            STAGES,
            "FROM node:20-alpine AS runner\nUSER node\nFROM node:20-alpine AS builder\nUSER node\n",
            "FROM node:20-alpine AS builder\nFROM node:20-alpine AS runner\nUSER node\n"
        ),
        mends!(
            "copy what the command needs, each folder by its own path in the builder stage",
            STAGES,
            "FROM node:20-alpine AS builder\nCOPY . /app\nFROM node:20-alpine AS runner\nCOPY --from=builder /app /app\nUSER node\n",
            "FROM node:20-alpine AS builder\nCOPY . /app\nFROM node:20-alpine AS runner\nCOPY --from=builder /app/dist /app\nUSER node\n"
        ),
        mends!(
            "do it in the builder stage, and copy the result",
            STAGES,
            "FROM node:20-alpine AS builder\nFROM node:20-alpine AS runner\nRUN npm ci\nUSER node\n",
            "FROM node:20-alpine AS builder\nRUN npm ci\nFROM node:20-alpine AS runner\nCOPY --from=builder /node_modules /a\nUSER node\n"
        ),
        mends!(
            "install them in a stage that the image does not begin from",
            STAGES,
            "FROM node:20-alpine AS builder\nFROM node:20-alpine AS runner\nRUN apk add gcc\nUSER node\n",
            "FROM node:20-alpine AS builder\nRUN apk add gcc\nFROM node:20-alpine AS runner\nUSER node\n"
        ),
        mends!(
            "copy the manifests, install, and then copy the sources",
            STAGES,
            "FROM node:20-alpine AS builder\nCOPY . .\nRUN npm ci\nFROM node:20-alpine AS runner\nCOPY --from=builder /b /b\nUSER node\n",
            "FROM node:20-alpine AS builder\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nFROM node:20-alpine AS runner\nCOPY --from=builder /b /b\nUSER node\n"
        ),
    ]
}

fn of_files() -> Vec<Row> {
    const PORT: &str = "port = 3000\n";
    const GOOD: &str = "FROM node:20-alpine\nUSER node\nEXPOSE 3000\n";
    vec![
        mends!(
            "write a number from 1 to 65535, with or without `/tcp` or `/udp`",
            PORT,
            "FROM node:20-alpine\nUSER node\nEXPOSE many\n",
            GOOD
        ),
        mends!(
            "write variables as `$NAME` or `${NAME:-default}`, and close quotes",
            PORT,
            "FROM node:20-alpine\nUSER node\nEXPOSE 3000\nENV A=${\n",
            "FROM node:20-alpine\nUSER node\nEXPOSE 3000\nENV A=${B:-c}\n"
        ),
        mends!(
            "write `--{name}` once, in the form that BuildKit documents",
            PORT,
            "FROM node:20-alpine\nUSER node\nEXPOSE 3000\nCOPY --link=maybe a b\n",
            "FROM node:20-alpine\nUSER node\nEXPOSE 3000\nCOPY --link a b\n"
        ),
        mends!(
            "copy from another stage, or with `RUN cp`",
            PORT,
            "FROM node:20-alpine AS a\nUSER node\nEXPOSE 3000\nCOPY --from=a /a /b\n",
            "FROM node:20-alpine AS a\nUSER node\nEXPOSE 3000\nRUN cp /a /b\n"
        ),
        mends!(
            "give the `ARG` a default, as in `ARG BASE=node:20-alpine`",
            PORT,
            "ARG BASE\nFROM $BASE\nUSER node\nEXPOSE 3000\n",
            "ARG BASE=node:20-alpine\nFROM $BASE\nUSER node\nEXPOSE 3000\n"
        ),
        mends!("correct line {line} of `{file}`", PORT, "FROM node:20-alpine\nUSER node\nEXPOSEE 3000\n", GOOD),
        row("correct the pattern in line {line} of `{file}`, or remove it", || {
            ignores("protocol = \"http\"\n", "node_modules\n[\n")
        })
        .by_hand(|world| world.sandbox.write("frontend/.dockerignore", "node_modules\n")),
        row("add the lines `{entry}` and `**/{entry}` to `{file}`", || ignores("ignore = [\".env*\"]\n", "a\n"))
            .by_hand(|world| world.sandbox.write("frontend/.dockerignore", "a\n.env*\n**/.env*\n")),
        row("create `{file}` with the lines `{entry}` and `**/{entry}`", || {
            checks_with("ignore = [\".env*\"]\n", "FROM node:20-alpine\nUSER node\n", CHECK)
        })
        .by_hand(|world| world.sandbox.write("frontend/.dockerignore", ".env*\n**/.env*\n")),
        row("remove the pattern in line {line}, which includes it again", || {
            ignores("ignore = [\".env*\"]\n", ".env*\n!.env.production\n")
        })
        .by_hand(|world| world.sandbox.write("frontend/.dockerignore", ".env*\n")),
        row("exclude what the build does not need in `{file}`", || {
            let world = ignores("max-context-mb = 1\n", "a\n");
            world.sandbox.write("frontend/large.bin", &"x".repeat(1_000_001));
            world
        })
        .by_hand(|world| world.sandbox.write("frontend/.dockerignore", "a\nlarge.bin\n")),
        row("add `ARG {name}` to the stage that uses it, or remove the key", || {
            let world = checks_with("port = 3000\n[component.frontend.build-args.MODE]\n", GOOD, CHECK);
            assert!(!GOOD.contains("MODE"));
            world
        })
        .by_hand(|world| write(world, "FROM node:20-alpine\nARG MODE\nUSER node\nEXPOSE 3000\n"))
        .by_hand(|world| world.edit("taskflow.toml", "[component.frontend.build-args.MODE]\n", "")),
        row("mount it where it is needed: `RUN --mount=type=secret,id={id} …`", || {
            checks_with("port = 3000\n[component.frontend.build-secrets.note]\nenv = \"NOTE\"\n", GOOD, CHECK)
        })
        .by_hand(|world| {
            write(world, "FROM node:20-alpine\nRUN --mount=type=secret,id=note true\nUSER node\nEXPOSE 3000\n");
        }),
        row("name the version, as in `image: {repository}:1.0.0`", || {
            runs("k8s/a.yaml", "      image: taskflow-frontend:latest\n")
        })
        .by_hand(|world| world.edit("k8s/a.yaml", ":latest", ":1.0.0")),
        row("write `imagePullPolicy: Never`", || {
            runs("k8s/minikube/a.yaml", "      image: taskflow-frontend:1.0.0\n      imagePullPolicy: Always\n")
        })
        .by_hand(|world| world.edit("k8s/minikube/a.yaml", "Always", "Never")),
        row("write `imagePullPolicy: Never` for Minikube, `imagePullPolicy: IfNotPresent` for the cloud", || {
            runs("k8s/a.yaml", "      image: taskflow-frontend:1.0.0\n      imagePullPolicy: Always\n")
        })
        .by_hand(|world| world.edit("k8s/a.yaml", "Always", "IfNotPresent")),
    ]
}

pub(crate) fn rows() -> Vec<Row> {
    [of_images(), of_stages(), of_files()].into_iter().flatten().collect()
}

#[test]
fn remedies_of_findings_help() {
    follow(&rows());
}
