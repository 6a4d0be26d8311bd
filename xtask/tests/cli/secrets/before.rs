//! What is refused before docker is told anything.

use std::fs;

use snapbox::str;

use super::{refused, with_config};
use crate::harness::docker;
use crate::harness::encodings::utf16;
use crate::harness::planted::{address, password, quiet, token};
use crate::harness::sandbox::{CONFIG, Sandbox};

#[test]
fn values_of_the_command_line_and_of_the_environment() {
    let args = "[component.backend.build-args]\nAPI_BASE = {}\nSMTP_PASS = {}\nMODE = {}\n";
    let mut sandbox = with_config(args);
    sandbox.set("MODE", token());
    let base = format!("API_BASE={}", address());
    let pass = format!("SMTP_PASS={}", password());
    refused(
        &sandbox,
        &["--build-arg", &base, "--build-arg", &pass, "--build-arg", "MODE"],
        str![[r#"
error[url-password]: refusing to build `backend`: build arg `API_BASE` is a secret: password in an address
note: its value is given on the command line; it is not shown here
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `API_BASE` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.backend.build-secrets.api_base]` with `env = "API_BASE"`, and read /run/secrets/api_base in `RUN --mount=type=secret,id=api_base …`

error[secret-name]: refusing to build `backend`: build arg `SMTP_PASS` is a secret: its name says that it is a password
note: its value is given on the command line; it is not shown here
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `SMTP_PASS` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.backend.build-secrets.smtp_pass]` with `env = "SMTP_PASS"`, and read /run/secrets/smtp_pass in `RUN --mount=type=secret,id=smtp_pass …`

error[github-token]: refusing to build `backend`: build arg `MODE` is a secret: GitHub token
note: its value is taken from the environment; it is not shown here
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `MODE` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.backend.build-secrets.mode]` with `env = "MODE"`, and read /run/secrets/mode in `RUN --mount=type=secret,id=mode …`

error[secret-name]: refusing to build `backend`: build arg `SMTP_PASS` is a secret: its name says that it is a password
  --> taskflow.toml:15:1
note: taskflow.toml declares it
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `SMTP_PASS` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.backend.build-secrets.smtp_pass]` with `env = "SMTP_PASS"`, and read /run/secrets/smtp_pass in `RUN --mount=type=secret,id=smtp_pass …`

"#]],
    );
}

#[test]
fn names_and_defaults_of_the_configuration() {
    let sandbox = with_config(&format!(
        "[component.backend.build-args]\nBASE = {{ default = \"{}\" }}\nAPI_TOKEN = {{}}\n",
        address()
    ));
    refused(
        &sandbox,
        &[],
        str![[r#"
error[url-password]: refusing to build `backend`: build arg `BASE` is a secret: password in an address
  --> taskflow.toml:14:1
note: its value is the default in taskflow.toml; it is not shown here
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `BASE` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.backend.build-secrets.base]` with `env = "BASE"`, and read /run/secrets/base in `RUN --mount=type=secret,id=base …`

error[secret-name]: refusing to build `backend`: build arg `API_TOKEN` is a secret: its name says that it is a key or a token
  --> taskflow.toml:15:1
note: taskflow.toml declares it
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `API_TOKEN` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.backend.build-secrets.api_token]` with `env = "API_TOKEN"`, and read /run/secrets/api_token in `RUN --mount=type=secret,id=api_token …`

"#]],
    );
    // A component that is not built is not looked at.
    sandbox.commit();
    sandbox.xtask(&["build", "-q", "frontend"]).code(0);
}

#[test]
fn every_instruction_of_every_stage() {
    let (token, address, password) = (token(), address(), password());
    let sandbox = Sandbox::new();
    let text = format!(
        "FROM node:20-alpine AS unused
ARG OPENAI_API_KEY
ARG PIP_TOKEN
ARG NPM_TOKEN={token}
ENV CACHE=redis DSN=\"{address}\" \\
    BACKUP_PASSWORD={password}
ENV LEGACY_SECRET {password}
LABEL maintainer=team note=\"{token}\"
FROM node:20-alpine
ARG DATABASE_URL
ENV DB=$DATABASE_URL
ENV COPIED=${{DB}}
RUN curl -H \"Authorization: Bearer {token}\" https://registry.acme.dev && \\
    export PGPASSWORD={password} && \\
    psql {address}
COPY .env id_rsa ./
COPY .ssh /x/
ADD https://robot:{password}@files.acme.dev/a.tgz /a.tgz
RUN <<EOF
echo {token} > /tmp/token
EOF
ONBUILD ENV DEPLOY_TOKEN={token}
HEALTHCHECK CMD wget --header 'X-Api-Key: {token}' http://localhost
ENTRYPOINT [\"server\", \"--password\", \"{password}\"]
CMD [\"--dsn\", \"{address}\"]
# old: {token}
"
    );
    sandbox.write("frontend/Dockerfile", &text);
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[declared-name]: a secret in `ARG OPENAI_API_KEY`: its name is declared as a secret
  --> frontend/Dockerfile:2
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `OPENAI_API_KEY` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.openai_api_key]` with `env = "OPENAI_API_KEY"`, and read /run/secrets/openai_api_key in `RUN --mount=type=secret,id=openai_api_key …`

error[secret-name]: a secret in `ARG PIP_TOKEN`: its name says that it is a key or a token, and its value would stay in the image
  --> frontend/Dockerfile:3
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `PIP_TOKEN` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.pip_token]` with `env = "PIP_TOKEN"`, and read /run/secrets/pip_token in `RUN --mount=type=secret,id=pip_token …`

error[github-token]: a secret in `ARG NPM_TOKEN`: GitHub token
  --> frontend/Dockerfile:4
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `NPM_TOKEN` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.npm_token]` with `env = "NPM_TOKEN"`, and read /run/secrets/npm_token in `RUN --mount=type=secret,id=npm_token …`

error[url-password]: a secret in `ENV DSN`: password in an address
  --> frontend/Dockerfile:5
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `DSN` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.dsn]` with `env = "DSN"`, and read /run/secrets/dsn in `RUN --mount=type=secret,id=dsn …`

error[secret-name]: a secret in `ENV BACKUP_PASSWORD`: its name says that it is a password
  --> frontend/Dockerfile:6
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `BACKUP_PASSWORD` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.backup_password]` with `env = "BACKUP_PASSWORD"`, and read /run/secrets/backup_password in `RUN --mount=type=secret,id=backup_password …`

error[secret-name]: a secret in `ENV LEGACY_SECRET`: its name says that it is a key or a token
  --> frontend/Dockerfile:7
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `LEGACY_SECRET` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.legacy_secret]` with `env = "LEGACY_SECRET"`, and read /run/secrets/legacy_secret in `RUN --mount=type=secret,id=legacy_secret …`

error[github-token]: a secret in `LABEL note`: GitHub token
  --> frontend/Dockerfile:8
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

error[declared-name]: a secret in `ARG DATABASE_URL`: its name is declared as a secret
  --> frontend/Dockerfile:10
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `DATABASE_URL` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.database_url]` with `env = "DATABASE_URL"`, and read /run/secrets/database_url in `RUN --mount=type=secret,id=database_url …`

error[made-from-secret]: a secret in `ENV DB`: it is made from `DATABASE_URL`, which is a secret
  --> frontend/Dockerfile:11
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `DB` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.db]` with `env = "DB"`, and read /run/secrets/db in `RUN --mount=type=secret,id=db …`

error[made-from-secret]: a secret in `ENV COPIED`: it is made from `DB`, which is a secret
  --> frontend/Dockerfile:12
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `COPIED` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.copied]` with `env = "COPIED"`, and read /run/secrets/copied in `RUN --mount=type=secret,id=copied …`

error[github-token]: a secret in `RUN`: GitHub token
  --> frontend/Dockerfile:13
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

error[secret-name]: a secret in `RUN`: its name says that it is a password
  --> frontend/Dockerfile:14
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

error[url-password]: a secret in `RUN`: password in an address
  --> frontend/Dockerfile:15
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

error[secret-file]: a secret in `COPY`: `.env` is an environment file
  --> frontend/Dockerfile:16
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

error[secret-file]: a secret in `COPY`: `.ssh` is a folder of keys
  --> frontend/Dockerfile:17
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

error[url-password]: a secret in `ADD`: password in an address
  --> frontend/Dockerfile:18
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

error[github-token]: a secret in `RUN`: GitHub token
  --> frontend/Dockerfile:20
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

error[github-token]: a secret in `ONBUILD ENV DEPLOY_TOKEN`: GitHub token
  --> frontend/Dockerfile:22
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `DEPLOY_TOKEN` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.deploy_token]` with `env = "DEPLOY_TOKEN"`, and read /run/secrets/deploy_token in `RUN --mount=type=secret,id=deploy_token …`

error[github-token]: a secret in `HEALTHCHECK`: GitHub token
  --> frontend/Dockerfile:23
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

error[command-line-secret]: a secret in `ENTRYPOINT`: secret on a command line
  --> frontend/Dockerfile:24
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

error[url-password]: a secret in `CMD`: password in an address
  --> frontend/Dockerfile:25
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

error[github-token]: a secret in line 26 of `frontend/Dockerfile`: GitHub token
  --> frontend/Dockerfile:26
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

"#]],
    );
}

#[test]
fn a_dockerfile_that_no_builder_reads_is_judged_line_by_line() {
    let sandbox = Sandbox::new();
    sandbox.write("frontend/Dockerfile", &format!("FROM node:20-alpine\nENV\nENV API_TOKEN={}\n", token()));
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[github-token]: a secret in line 3 of `frontend/Dockerfile`: GitHub token
  --> frontend/Dockerfile:3
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: take it out: whoever has the image, or the Dockerfile, can read it
hint: what a step needs while it runs is mounted and leaves no layer: declare `[component.frontend.build-secrets.ID]` with `env = "VARIABLE"`, and read /run/secrets/ID in `RUN --mount=type=secret,id=ID …`

"#]],
    );
}

#[test]
fn files_that_the_context_would_send() {
    let sandbox = Sandbox::new();
    sandbox.write("frontend/.env", &format!("A=b\nSESSION_SECRET={}\n", password()));
    sandbox.write("frontend/src/config.ts", &format!("\n\nexport const token = \"{}\";\n", token()));
    sandbox.write("frontend/certs/tls.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    fs::create_dir_all(sandbox.root.join("frontend/.git")).unwrap();
    sandbox.write("frontend/.git/config", &format!("[remote]\nurl = https://robot:{}@git.acme.dev/a\n", password()));
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[secret-file]: a secret in `frontend/.env`: it is an environment file
  --> frontend/.env
note: the file would be sent to the builder
hint: add `.env` to `frontend/.dockerignore`

error[secret-name]: a secret in `frontend/.env`: its name says that it is a key or a token
  --> frontend/.env:2
note: the file would be sent to the builder
hint: add `.env` to `frontend/.dockerignore`

error[url-password]: a secret in `frontend/.git/config`: password in an address
  --> frontend/.git/config:2
note: the file would be sent to the builder
hint: add `.git/config` to `frontend/.dockerignore`, or take the secret out of the file

error[github-token]: a secret in `frontend/src/config.ts`: GitHub token
  --> frontend/src/config.ts:3
note: the file would be sent to the builder
hint: add `src/config.ts` to `frontend/.dockerignore`, or take the secret out of the file

"#]],
    );
    // What the ignore file keeps out is not sent.
    sandbox.write("frontend/.dockerignore", ".env*\n.git\nsrc/*\n!src/index.ts\n");
    sandbox.xtask(&["build", "-q", "frontend", "--tag", "1.0.0-main"]).code(0).stderr("");
    sandbox.take_calls();
    // The last line that says something of a file counts.
    sandbox.write("frontend/.dockerignore", ".env*\n.git\nsrc/*\n!src/config.ts\n");
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[github-token]: a secret in `frontend/src/config.ts`: GitHub token
  --> frontend/src/config.ts:3
note: the file would be sent to the builder
hint: add `src/config.ts` to `frontend/.dockerignore`, or take the secret out of the file

"#]],
    );
    // The Dockerfile's own ignore file is the one that counts.
    sandbox.write("frontend/Dockerfile.dockerignore", ".git\nsrc\n");
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[secret-file]: a secret in `frontend/.env`: it is an environment file
  --> frontend/.env
note: the file would be sent to the builder
note: the builder reads `frontend/Dockerfile.dockerignore` instead of `frontend/.dockerignore`
hint: add `.env` to `frontend/Dockerfile.dockerignore`

error[secret-name]: a secret in `frontend/.env`: its name says that it is a key or a token
  --> frontend/.env:2
note: the file would be sent to the builder
note: the builder reads `frontend/Dockerfile.dockerignore` instead of `frontend/.dockerignore`
hint: add `.env` to `frontend/Dockerfile.dockerignore`

"#]],
    );
}

#[test]
fn an_ignore_file_that_docker_refuses() {
    let sandbox = Sandbox::new();
    sandbox.write("frontend/.dockerignore", "node_modules\n[z-a]\n");
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[ignore-file-valid]: `frontend/.dockerignore` is not valid: the character class is malformed: it needs members, ranges from low to high, and a `]`
  --> frontend/.dockerignore:2
note: docker refuses the whole build for such a line
note: contract: .dockerignore Requirements
hint: correct the pattern in line 2 of `frontend/.dockerignore`, or remove it

"#]],
    );
}

#[test]
fn proxies_of_the_client_become_build_args() {
    let sandbox = Sandbox::new();
    let folder = sandbox.outside("home/.docker");
    fs::create_dir_all(&folder).unwrap();
    let proxy = format!("http://robot:{}@proxy.acme.dev:3128", password());
    let settings = format!("{{\"proxies\":{{\"default\":{{\"httpProxy\":\"{proxy}\",\"noProxy\":\"localhost\"}}}}}}");
    fs::write(folder.join("config.json"), settings).unwrap();
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[url-password]: a secret in proxy `httpProxy` of the docker client's settings: password in an address
note: docker gives it to every step of a build as a build arg
hint: use a proxy without a password, or allow `proxy:httpProxy` with `[[allow]]` in taskflow.toml
hint: for a secret that only the build needs, declare `[component.NAME.build-secrets.http_proxy]` with `env = "HTTP_PROXY"`, and read /run/secrets/http_proxy in `RUN --mount=type=secret,id=http_proxy …`

"#]],
    );
}

#[test]
fn names_of_branches_end_in_labels() {
    let sandbox = Sandbox::new();
    sandbox.git(&["switch", "--quiet", "--create", &format!("try/{}", token())]);
    refused(
        &sandbox,
        &[],
        str![[r#"
error[github-token]: a secret in an argument of docker, `dev.taskflow.branch`: GitHub token
hint: take it out, so that docker does not receive it

"#]],
    );
    let run = quiet(sandbox.xtask(&["build", "--dry-run"]).code(2));
    assert!(run.stdout.is_empty(), "{}", run.stdout);
}

#[test]
fn values_that_this_machine_knows() {
    let mut sandbox = with_config("[component.backend.build-args]\nBASE = {}\nNOTE = {}\n");
    // Not the value itself, but the password in it.
    sandbox.set("DATABASE_URL", address());
    sandbox.write("backend/.env", &format!("BETTER_AUTH_SECRET=\"{}\"\n", password()));
    sandbox.write("backend/.dockerignore", ".env*\n");
    let secret = address().rsplit_once('@').unwrap().0.rsplit(':').next().unwrap().to_owned();
    sandbox.write("backend/main.py", &format!("# {secret}\n"));
    let note = format!("NOTE=see {}", password());
    refused(
        &sandbox,
        &["backend", "--build-arg", &note],
        str![[r#"
error[known-value]: refusing to build `backend`: build arg `NOTE` is a secret: the value of `BETTER_AUTH_SECRET` on this machine
note: its value is given on the command line; it is not shown here
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `NOTE` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.backend.build-secrets.note]` with `env = "NOTE"`, and read /run/secrets/note in `RUN --mount=type=secret,id=note …`

error[known-value]: a secret in `backend/main.py`: the value of `DATABASE_URL` on this machine
  --> backend/main.py:1
note: the file would be sent to the builder
hint: let the program read `DATABASE_URL` from its environment, where a Kubernetes Secret puts it
hint: add `main.py` to `backend/.dockerignore`, or take the secret out of the file

"#]],
    );
}

#[test]
fn everything_is_said_at_once() {
    let sandbox = with_config("[component.frontend.build-args]\nAPI_TOKEN = {}\n");
    sandbox.write("frontend/Dockerfile", &format!("FROM node:20-alpine\nENV A={}\n", token()));
    sandbox.write("backend/Dockerfile", "FROM python:3.13-slim\nARG BETTER_AUTH_SECRET\n");
    sandbox.write("backend/notes.txt", &address());
    let run = quiet(sandbox.xtask(&["build", "--json"]).code(2));
    let errors = run.document()["error"]["problems"].as_array().unwrap().len();
    assert_eq!(errors, 4, "{}", run.stdout);
    assert_eq!(run.document()["error"]["problems"][0]["rule"], "secret-name");
}

#[test]
fn environment_files_are_read_in_every_form() {
    let token_of = |file: &dyn Fn(&Sandbox)| {
        let sandbox = Sandbox::new();
        sandbox.write("backend/.dockerignore", ".env*\n");
        sandbox.write("backend/main.py", &format!("# {}\n", password()));
        file(&sandbox);
        sandbox.fake("docker", docker::builds_everything());
        let run = quiet(sandbox.xtask(&["build", "backend"]).code(2));
        assert!(run.stderr.contains("the value of `BETTER_AUTH_SECRET` on this machine"), "{}", run.stderr);
    };
    let line = format!("BETTER_AUTH_SECRET='{}' # ours\n", password());
    token_of(&|sandbox| sandbox.write("backend/.env.local", &line));
    token_of(&|sandbox| sandbox.write(".env", &format!("\u{feff}{line}")));
    token_of(&|sandbox| {
        let wide = utf16(&format!("\u{feff}{line}"), u16::to_le_bytes);
        fs::write(sandbox.root.join("backend/.env"), wide).unwrap();
    });
    token_of(&|sandbox| {
        fs::write(sandbox.outside("shared.env"), &line).unwrap();
        std::os::unix::fs::symlink(sandbox.outside("shared.env"), sandbox.root.join("backend/.env")).unwrap();
    });
}

#[test]
fn texts_in_utf16_and_long_settings_are_read_to_their_end() {
    let sandbox = Sandbox::new();
    let wide = utf16(&format!("\u{feff}token: {}\n", token()), u16::to_be_bytes);
    fs::create_dir_all(sandbox.root.join("frontend/a")).unwrap();
    fs::write(sandbox.root.join("frontend/a/notes.txt"), wide).unwrap();
    let filler = "# nothing of interest\n".repeat(120_000);
    sandbox.write("frontend/a/app.properties", &format!("{filler}db.password={}\n{filler}", password()));
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[secret-name]: a secret in `frontend/a/app.properties`: its name says that it is a password
  --> frontend/a/app.properties:120001
note: the file would be sent to the builder
hint: add `a/app.properties` to `frontend/.dockerignore`, or take the secret out of the file

error[github-token]: a secret in `frontend/a/notes.txt`: GitHub token
  --> frontend/a/notes.txt
note: at byte 11 of the text in UTF-8
note: the file would be sent to the builder
hint: add `a/notes.txt` to `frontend/.dockerignore`, or take the secret out of the file

"#]],
    );
}

#[test]
fn the_password_that_every_developer_has_blocks_nothing() {
    let mut sandbox = docker::sandbox();
    sandbox.set("DATABASE_URL", concat!("postgresql://taskflow:", "taskflow@localhost:5432/taskflow"));
    let run = sandbox.xtask(&["build", "-q"]).code(0);
    run.stdout("taskflow-frontend:1.0.0-main\ntaskflow-backend:1.0.0-main\n").stderr("");
}

#[test]
fn a_dockerfile_with_the_name_of_a_secret_file() {
    let sandbox = Sandbox::new();
    let dockerfile = "context = \"frontend\"\ndockerfile = \"frontend/id_rsa\"";
    sandbox.write("taskflow.toml", &CONFIG.replace("context = \"frontend\"", dockerfile));
    sandbox.write("frontend/id_rsa", "FROM node:20-alpine\n");
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[secret-file]: a secret in `frontend/id_rsa`: it is a private SSH key
  --> frontend/id_rsa
note: the file would be sent to the builder
hint: add `id_rsa` to `frontend/.dockerignore`

"#]],
    );
}
