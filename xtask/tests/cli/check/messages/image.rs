//! What is said of stages and of the configuration of the image.

use snapbox::str;

use super::{DOCKERFILE, told};

#[test]
fn stages_and_what_the_last_one_takes() {
    let contract = "[component.frontend.contract]\nbase-images = [\"node:20\"]\nstages = [\"builder\", \"runner\"]\n";
    let swapped = "FROM node:20 AS runner\nUSER node\nFROM node:20 AS builder\nUSER node\n";
    told(
        contract,
        &[(DOCKERFILE, swapped)],
        1,
        str![[r#"
error[base-variant]: the base image `node:20` is no alpine or slim variant
  --> taskflow.toml:14
note: contract: Minimal Base Images, "Use alpine or slim variants only"
hint: declare the alpine or slim variant, and use it in the Dockerfile

error[stages]: the stage `runner` stands before a stage that it must follow
 --> frontend/Dockerfile:1:1
  |
1 | FROM node:20 AS runner
  | ^^^^^^^^^^^^^^^^^^^^^^
note: the contract wants the stages `builder` and `runner` in this order, the last one for the image
note: contract: Multi-Stage Build Structure
hint: give the Dockerfile the stages `builder` and `runner` in this order, the last one for the image; further stages may stand before the last one

     Checked 1 component in [TIME]: 8 held, 2 broken, 0 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
    let dockerfile = "FROM node:20 AS builder\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN --mount=type=bind,target=. npm ci\n\
                      FROM node:20 AS runner\nCOPY --from=builder /app ./\nCOPY . /src\nRUN apt-get install -y gcc make\n\
                      RUN npm ci\nUSER node\n";
    told(
        contract,
        &[(DOCKERFILE, dockerfile)],
        1,
        str![[r#"
error[base-variant]: the base image `node:20` is no alpine or slim variant
  --> taskflow.toml:14
note: contract: Minimal Base Images, "Use alpine or slim variants only"
hint: declare the alpine or slim variant, and use it in the Dockerfile

error[runtime-artifacts]: `/app` of the stage that it is copied from contains the sources of the build
 --> frontend/Dockerfile:7:1
  |
7 | COPY --from=builder /app ./
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
note: contract: Multi-Stage Build Structure, "Copy only runtime artifacts from builder"
hint: copy what the command needs, each folder by its own path in the builder stage

error[runtime-artifacts]: the final stage copies the whole build context
 --> frontend/Dockerfile:8:1
  |
8 | COPY . /src
  | ^^^^^^^^^^^
note: contract: Multi-Stage Build Structure, "Copy only runtime artifacts from builder"
hint: copy what the command needs, each folder by its own path in the builder stage

error[runtime-artifacts]: `npm ci` installs dependencies in the final stage
  --> frontend/Dockerfile:10:5
   |
10 | RUN npm ci
   |     ^^^^^^
note: contract: Multi-Stage Build Structure, "Copy only runtime artifacts from builder"
hint: do it in the builder stage, and copy the result

error[build-tools]: the image gets build tools: `gcc` and `make`
 --> frontend/Dockerfile:9:5
  |
9 | RUN apt-get install -y gcc make
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^
note: contract: Multi-Stage Build Structure, "No build tools in final image"
hint: install them in a stage that the image does not begin from

error[layer-order]: `npm ci` runs again whenever a source changes that line 3 copies
 --> frontend/Dockerfile:4:5
  |
4 | RUN npm ci
  |     ^^^^^^
note: contract: Layer Caching Strategy, "Install dependencies before copying code"
hint: copy the manifests, install, and then copy the sources

error[layer-order]: `npm ci` runs again whenever a source changes that line 3 copies
 --> frontend/Dockerfile:5:32
  |
5 | RUN --mount=type=bind,target=. npm ci
  |                                ^^^^^^
note: contract: Layer Caching Strategy, "Install dependencies before copying code"
hint: copy the manifests, install, and then copy the sources

error[layer-order]: `npm ci` runs again whenever a source changes that line 7 copies
  --> frontend/Dockerfile:10:5
   |
10 | RUN npm ci
   |     ^^^^^^
note: contract: Layer Caching Strategy, "Install dependencies before copying code"
hint: copy the manifests, install, and then copy the sources

     Checked 1 component in [TIME]: 6 held, 4 broken, 0 not decided
error: 8 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
    let mounted = "FROM node:20 AS builder\nWORKDIR /app\nCOPY . .\nFROM node:20 AS runner\nWORKDIR /app\nCOPY --from=builder / /b\n\
                   RUN --mount=type=bind,from=builder,target=/b cp -r /b/app /a\nRUN npm run build\n\
                   RUN --mount=type=bind,target=. npm ci\nUSER node\n";
    told(
        contract,
        &[(DOCKERFILE, mounted)],
        1,
        str![[r#"
error[base-variant]: the base image `node:20` is no alpine or slim variant
  --> taskflow.toml:14
note: contract: Minimal Base Images, "Use alpine or slim variants only"
hint: declare the alpine or slim variant, and use it in the Dockerfile

error[runtime-artifacts]: the final stage copies all files of another stage
 --> frontend/Dockerfile:6:1
  |
6 | COPY --from=builder / /b
  | ^^^^^^^^^^^^^^^^^^^^^^^^
note: contract: Multi-Stage Build Structure, "Copy only runtime artifacts from builder"
hint: copy what the command needs, each folder by its own path in the builder stage

error[runtime-artifacts]: the final stage copies `/b/app`, which contains the sources of the build
 --> frontend/Dockerfile:7:1
  |
7 | RUN --mount=type=bind,from=builder,target=/b cp -r /b/app /a
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
note: contract: Multi-Stage Build Structure, "Copy only runtime artifacts from builder"
hint: copy what the command needs, each folder by its own path in the builder stage

error[runtime-artifacts]: `npm run build` builds in the final stage
 --> frontend/Dockerfile:8:5
  |
8 | RUN npm run build
  |     ^^^^^^^^^^^^^
note: contract: Multi-Stage Build Structure, "Copy only runtime artifacts from builder"
hint: do it in the builder stage, and copy the result

error[runtime-artifacts]: `npm ci` installs dependencies in the final stage
 --> frontend/Dockerfile:9:32
  |
9 | RUN --mount=type=bind,target=. npm ci
  |                                ^^^^^^
note: contract: Multi-Stage Build Structure, "Copy only runtime artifacts from builder"
hint: do it in the builder stage, and copy the result

error[layer-order]: `npm ci` runs again whenever a source changes that line 6 copies
 --> frontend/Dockerfile:9:32
  |
9 | RUN --mount=type=bind,target=. npm ci
  |                                ^^^^^^
note: contract: Layer Caching Strategy, "Install dependencies before copying code"
hint: copy the manifests, install, and then copy the sources

     Checked 1 component in [TIME]: 7 held, 3 broken, 0 not decided
error: 6 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
    let bound = "FROM node:20 AS builder\nRUN --mount=type=bind,target=. npm ci\nFROM node:20 AS runner\n\
                 COPY --from=builder /node_modules /a\nUSER node\n";
    told(
        contract,
        &[(DOCKERFILE, bound)],
        1,
        str![[r#"
error[base-variant]: the base image `node:20` is no alpine or slim variant
  --> taskflow.toml:14
note: contract: Minimal Base Images, "Use alpine or slim variants only"
hint: declare the alpine or slim variant, and use it in the Dockerfile

error[layer-order]: `npm ci` runs again whenever a file changes that the step mounts
 --> frontend/Dockerfile:2:32
  |
2 | RUN --mount=type=bind,target=. npm ci
  |                                ^^^^^^
note: contract: Layer Caching Strategy, "Install dependencies before copying code"
hint: copy the manifests, install, and then copy the sources

     Checked 1 component in [TIME]: 8 held, 2 broken, 0 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
    let later = "FROM node:20 AS builder\nFROM node:20 AS runner\nUSER node\nFROM runner AS debug\n";
    told(
        contract,
        &[(DOCKERFILE, later)],
        1,
        str![[r#"
error[base-variant]: the base image `node:20` is no alpine or slim variant
  --> taskflow.toml:14
note: contract: Minimal Base Images, "Use alpine or slim variants only"
hint: declare the alpine or slim variant, and use it in the Dockerfile

error[stages]: the image is made from another stage than `runner`
 --> frontend/Dockerfile:4:1
  |
4 | FROM runner AS debug
  | ^^^^^^^^^^^^^^^^^^^^
note: the contract wants the stages `builder` and `runner` in this order, the last one for the image
note: contract: Multi-Stage Build Structure
hint: give the Dockerfile the stages `builder` and `runner` in this order, the last one for the image; further stages may stand before the last one

     Checked 1 component in [TIME]: 8 held, 2 broken, 0 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
}

#[test]
fn the_configuration_of_the_image() {
    let contract = "[component.frontend.contract]\nworkdir = \"/app\"\ncommand = [\"node\", \"a.js\"]\nstop-signal = \"SIGTERM\"\n\
                    [component.frontend.contract.env.PORT]\nfrom = \"image\"\ndefault = \"3000\"\n\
                    [component.frontend.contract.env.MODE]\nfrom = \"image\"\ndefault = \"a\"\n\
                    [component.frontend.contract.env.API_URL]\nfrom = \"config-map\"\n";
    let dockerfile = "FROM node:20-alpine\nWORKDIR /srv\nENV MODE=b API_URL=c\nUSER node\nSTOPSIGNAL SIGKILL\n\
                      ENTRYPOINT [\"sh\"]\nCMD [\"node\", \"b.js\"]\n";
    told(
        contract,
        &[(DOCKERFILE, dockerfile)],
        1,
        str![[r#"
error[command]: `ENTRYPOINT` makes the command the arguments of another program
 --> frontend/Dockerfile:6:1
  |
6 | ENTRYPOINT ["sh"]
  | ^^^^^^^^^^^^^^^^^
note: contract: Entry Command
hint: remove `ENTRYPOINT`
hint: write `CMD ["node", "a.js"]`

error[command]: the command is not the declared one
 --> frontend/Dockerfile:7:1
  |
7 | CMD ["node", "b.js"]
  | ^^^^^^^^^^^^^^^^^^^^
note: contract: Entry Command
hint: write `CMD ["node", "a.js"]`

error[workdir]: the working directory is `/srv`, not `/app`
 --> frontend/Dockerfile:2:1
  |
2 | WORKDIR /srv
  | ^^^^^^^^^^^^
note: contract: Entry Command, "Working Directory"
hint: write `WORKDIR /app`

error[stop-signal]: the stop signal is SIGKILL, not SIGTERM
 --> frontend/Dockerfile:5:1
  |
5 | STOPSIGNAL SIGKILL
  | ^^^^^^^^^^^^^^^^^^
note: contract: Graceful Shutdown, "SIGTERM"
hint: write `STOPSIGNAL SIGTERM`

error[environment]: the image does not set `PORT`
  --> taskflow.toml:17
note: contract: Environment Variables, "injected at runtime"
hint: write `ENV PORT=3000`

error[environment]: the image sets `MODE` to another value than the declared one
 --> frontend/Dockerfile:3:1
  |
3 | ENV MODE=b API_URL=c
  | ^^^^^^^^^^^^^^^^^^^^
note: contract: Environment Variables, "injected at runtime"
hint: write `ENV MODE=a`

error[environment]: the image sets `API_URL`, which comes from outside
 --> frontend/Dockerfile:3:1
  |
3 | ENV MODE=b API_URL=c
  | ^^^^^^^^^^^^^^^^^^^^
note: contract: Environment Variables, "injected at runtime"
hint: remove it, or declare its value: `default` under `[component.frontend.contract.env.API_URL]`

     Checked 1 component in [TIME]: 5 held, 4 broken, 0 not decided
error: 7 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
    let quotes = "FROM node:20-alpine\nWORKDIR app\nENV PORT=3000 MODE=a\nUSER node\nCMD ['node', 'a.js']\n";
    told(
        contract,
        &[(DOCKERFILE, quotes)],
        1,
        str![[r#"
error[exec-form]: `CMD` is in shell form
 --> frontend/Dockerfile:5:1
  |
5 | CMD ['node', 'a.js']
  | ^^^^^^^^^^^^^^^^^^^^
note: it looks like a JSON array, and is none: strings need double quotes
note: contract: Entry Command, Graceful Shutdown
hint: write `CMD` as a JSON array of words, as in `CMD ["node", "server.js"]`

error[workdir]: the working directory is `app` below that of the base image
 --> frontend/Dockerfile:2:1
  |
2 | WORKDIR app
  | ^^^^^^^^^^^
note: contract: Entry Command, "Working Directory"
hint: write `WORKDIR /app`

note: `command` of `frontend` is not decided: the command is in shell form
     Checked 1 component in [TIME]: 6 held, 2 broken, 1 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
    let nothing = "FROM node:20-alpine\nENV PORT=3000 MODE=a\nUSER node\nCMD [\"node\", \"a.js\"]\n";
    told(
        &contract.replace("SIGTERM", "SIGINT"),
        &[(DOCKERFILE, nothing)],
        1,
        str![[r#"
error[workdir]: the image sets no working directory, and the contract wants `/app`
  --> taskflow.toml:14
note: contract: Entry Command, "Working Directory"
hint: write `WORKDIR /app`

error[stop-signal]: the image sets no stop signal, and the contract wants SIGINT
  --> taskflow.toml:16
note: contract: Graceful Shutdown, "SIGTERM"
hint: write `STOPSIGNAL SIGINT`

     Checked 1 component in [TIME]: 7 held, 2 broken, 0 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
}
