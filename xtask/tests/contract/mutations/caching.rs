//! Sources before the installation of dependencies.

use super::Mutation;
use crate::world::{BACKEND, FRONTEND};

const MANIFESTS: &str = "COPY package*.json ./\n";
const NPM: &str = "RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts --no-audit --no-fund\n";
const REQUIREMENTS: &str = "COPY requirements.txt ./\n";
const RULE: &str = "layer-order";

pub(super) const ROWS: &[Mutation] = &[
    (RULE, &[(FRONTEND, MANIFESTS, "COPY . .\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY ./ /app/\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "copy . ./\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "ADD . .\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY [\".\", \"./\"]\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY --link . .\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY --chown=node:node . .\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY * ./\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY *.json *.ts ./\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY package*.json ./\nCOPY app ./app\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY package.json package-lock.json lib ./\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY package*.json ./\nCOPY next.config.ts ./\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY package*.json ./\nCOPY p* ./\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY lib/../ ./\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY \\\n  # Everything.\n  . \\\n  .\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "ARG SRC=.\nCOPY ${SRC} .\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY --exclude=node_modules . .\n")]),
    (RULE, &[(FRONTEND, MANIFESTS, "COPY --parents ./**/*.ts ./\nCOPY package*.json ./\n")]),
    // The installation comes later, or again.
    (RULE, &[(FRONTEND, "COPY . .\n", "COPY . .\nRUN npm install\n")]),
    (RULE, &[(FRONTEND, "COPY . .\n", "COPY . .\nRUN [\"npm\", \"ci\"]\n")]),
    (RULE, &[(FRONTEND, "COPY . .\n", "COPY . .\nRUN cd /app; npm ci\n")]),
    (RULE, &[(FRONTEND, "COPY . .\n", "COPY . .\nRUN sh -c 'npm ci'\n")]),
    (RULE, &[(FRONTEND, "COPY . .\n", "COPY . .\nRUN <<EOF\nnpm ci\nEOF\n")]),
    (RULE, &[(FRONTEND, "COPY . .\n", "COPY . .\nRUN <<-EOF bash -e\n\tnpm ci\n\tEOF\n")]),
    (RULE, &[(FRONTEND, "COPY . .\n", "COPY . .\nRUN corepack yarn install\n")]),
    (RULE, &[(FRONTEND, "COPY . .\n", "COPY . .\nRUN yarn\n")]),
    (RULE, &[(FRONTEND, "COPY . .\n", "COPY . .\nRUN pnpm install --frozen-lockfile\n")]),
    (
        RULE,
        &[(
            FRONTEND,
            "RUN --mount=type=cache,target=/app/.next/cache npm run build",
            "RUN --mount=type=cache,target=/app/.next/cache npm ci && npm run build",
        )],
    ),
    // The step mounts the context.
    (RULE, &[(FRONTEND, NPM, "RUN --mount=type=bind,target=/src cd /src && npm ci\n")]),
    (RULE, &[(FRONTEND, NPM, "RUN --mount=target=. npm ci\n")]),
    (RULE, &[(FRONTEND, NPM, "RUN --mount=type=bind,source=.,target=/src npm --prefix /src ci\n")]),
    (RULE, &[(FRONTEND, NPM, "RUN --mount=type=bind,src=lib,target=/app/lib npm ci\n")]),
    // A stage between.
    (
        RULE,
        &[(
            FRONTEND,
            "FROM node:20-alpine AS builder",
            "FROM node:20-alpine AS sources\nCOPY . /src\nFROM sources AS builder",
        )],
    ),
    (
        RULE,
        &[
            (
                FRONTEND,
                "FROM node:20-alpine AS builder",
                "FROM node:20-alpine AS sources\nCOPY . /src\nFROM node:20-alpine AS builder",
            ),
            (FRONTEND, MANIFESTS, "COPY --from=sources /src .\n"),
        ],
    ),
    (
        RULE,
        &[
            (
                FRONTEND,
                "FROM node:20-alpine AS builder",
                "FROM node:20-alpine AS deps\nCOPY . .\nRUN npm ci\nFROM node:20-alpine AS builder",
            ),
            (FRONTEND, NPM, "COPY --from=deps /node_modules ./node_modules\n"),
        ],
    ),
    (RULE, &[(BACKEND, REQUIREMENTS, "COPY . .\n")]),
    (RULE, &[(BACKEND, REQUIREMENTS, "COPY . /build\n")]),
    (RULE, &[(BACKEND, REQUIREMENTS, "COPY requirements.txt main.py ./\n")]),
    (RULE, &[(BACKEND, REQUIREMENTS, "COPY taskflow ./taskflow\nCOPY requirements.txt ./\n")]),
    (RULE, &[(BACKEND, REQUIREMENTS, "ADD [\"requirements.txt\", \"main.py\", \"/build/\"]\n")]),
    (
        RULE,
        &[
            (BACKEND, "    pip install --disable", "    python -m pip install --disable"),
            (BACKEND, REQUIREMENTS, "COPY ./ ./\n"),
        ],
    ),
    (RULE, &[(BACKEND, "COPY main.py ./\n", "COPY main.py ./\nRUN pip install uvicorn\n")]),
    (
        RULE,
        &[(BACKEND, "COPY main.py ./\n", "COPY main.py ./\nRUN python3 -m venv /v && /v/bin/pip install uvicorn\n")],
    ),
    (RULE, &[(BACKEND, "COPY main.py ./\n", "COPY main.py ./\nRUN uv sync --locked\n")]),
    (RULE, &[(BACKEND, "COPY main.py ./\n", "COPY main.py ./\nRUN poetry install\n")]),
];
