//! Inputs of taskflow.toml that the Dockerfile does not have.

use super::Mutation;
use crate::world::{BACKEND, FRONTEND, TOML};

const RULE: &str = "declared-inputs";
const HEADER: &str = "[component.backend.contract]\n";

pub(super) const ROWS: &[Mutation] = &[
    (RULE, &[(FRONTEND, "ARG NODE_ENV=production\n", "")]),
    (RULE, &[(FRONTEND, "ARG NODE_ENV=production\n", "# ARG NODE_ENV=production\n")]),
    (RULE, &[(FRONTEND, "ARG NODE_ENV=production\n", "ARG node_env=production\n")]),
    (RULE, &[(FRONTEND, "ARG NODE_ENV=production\n", "ARG NODE_ENVS=production\n")]),
    (RULE, &[(FRONTEND, "ARG NODE_ENV=production\n", "ENV NODE_ENV=production\n")]),
    (RULE, &[(FRONTEND, "ARG NODE_ENV=production\n", "ONBUILD ARG NODE_ENV=production\n")]),
    (RULE, &[(FRONTEND, "ARG NODE_ENV=production\n", "RUN <<EOF\nARG NODE_ENV=production\nEOF\n")]),
    (RULE, &[(TOML, HEADER, "[component.backend.build-args.PYTHON]\n\n[component.backend.contract]\n")]),
    (
        RULE,
        &[(TOML, HEADER, "[component.backend.build-args.PYTHON]\ndefault = \"3\"\n\n[component.backend.contract]\n")],
    ),
    // A stage that the image does not need has no effect on it.
    (
        RULE,
        &[
            (FRONTEND, "ARG NODE_ENV=production\n", ""),
            (FRONTEND, "# Stage 2: the server", "FROM node:20-alpine AS unused\nARG NODE_ENV\n# Stage 2: the server"),
        ],
    ),
    // Targets.
    (RULE, &[(TOML, "context = \"frontend\"\n", "context = \"frontend\"\ntarget = \"runer\"\n")]),
    (RULE, &[(TOML, "context = \"frontend\"\n", "context = \"frontend\"\ntarget = \"2\"\n")]),
    (RULE, &[(TOML, "context = \"backend\"\n", "context = \"backend\"\ntarget = \"run ner\"\n")]),
    // Build secrets.
    (
        RULE,
        &[(
            TOML,
            HEADER,
            "[component.backend.build-secrets.npm-token]\nenv = \"NPM_TOKEN\"\n\n[component.backend.contract]\n",
        )],
    ),
    (
        RULE,
        &[
            (
                TOML,
                HEADER,
                "[component.backend.build-secrets.index]\nenv = \"PIP_INDEX\"\n\n[component.backend.contract]\n",
            ),
            (
                BACKEND,
                "RUN --mount=type=cache,target=/root/.cache/pip",
                "RUN --mount=type=secret,id=Index --mount=type=cache,target=/root/.cache/pip",
            ),
        ],
    ),
    (
        RULE,
        &[
            (
                TOML,
                HEADER,
                "[component.backend.build-secrets.index]\nenv = \"PIP_INDEX\"\n\n[component.backend.contract]\n",
            ),
            (
                BACKEND,
                "RUN --mount=type=cache,target=/root/.cache/pip",
                "RUN --mount=type=ssh,id=index --mount=type=cache,target=/root/.cache/pip",
            ),
        ],
    ),
    (
        RULE,
        &[
            (
                TOML,
                HEADER,
                "[component.backend.build-secrets.index]\nenv = \"PIP_INDEX\"\n\n[component.backend.contract]\n",
            ),
            (
                BACKEND,
                "RUN --mount=type=cache,target=/root/.cache/pip",
                "RUN --mount=type=secret,id=other,target=/run/secrets/index --mount=type=cache,target=/root/.cache/pip",
            ),
        ],
    ),
];
