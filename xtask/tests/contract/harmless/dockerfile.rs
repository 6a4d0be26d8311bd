//! Other spellings of the instructions that do not run anything.

use super::Rewrite;
use crate::world::{BACKEND, FRONTEND};

const BUILDER: &str = "FROM node:20-alpine AS builder";
const RUNNER: &str = "FROM node:20-alpine AS runner";
const USER: &str = "USER nextjs\n";
const EXPOSE: &str = "EXPOSE 3000\n";
const COMMAND: &str = "CMD [\"node\", \"server.js\"]";
const RUNNER_DIR: &str = "FROM node:20-alpine AS runner\nWORKDIR /app\n";
const FIRST: &str = "# Stage 1: install";

pub(super) const ROWS: &[Rewrite] = &[
    // FROM.
    (
        &[],
        &[(
            FRONTEND,
            RUNNER,
            "FROM node:20-alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS runner",
        )],
    ),
    (&[], &[(FRONTEND, RUNNER, "FROM --platform=linux/amd64 node:20-alpine AS runner")]),
    (&[], &[(FRONTEND, BUILDER, "FROM --platform=$BUILDPLATFORM node:20-alpine AS builder")]),
    (&[], &[(FRONTEND, RUNNER, "FROM docker.io/library/node:20-alpine AS runner")]),
    (&[], &[(FRONTEND, RUNNER, "FROM docker.io/node:20-alpine AS runner")]),
    (&[], &[(FRONTEND, RUNNER, "FROM index.docker.io/library/node:20-alpine AS runner")]),
    (&[], &[(FRONTEND, RUNNER, "FROM library/node:20-alpine AS runner")]),
    (&[], &[(FRONTEND, RUNNER, "from node:20-alpine as runner")]),
    (&[], &[(FRONTEND, RUNNER, "From node:20-alpine As Runner")]),
    (&[], &[(FRONTEND, RUNNER, "FROM   node:20-alpine\tAS   runner  ")]),
    (&[], &[(FRONTEND, RUNNER, "FROM \\\n    node:20-alpine \\\n    AS runner")]),
    (&[], &[(FRONTEND, RUNNER, "FROM \"node:20-alpine\" AS runner")]),
    (
        &[],
        &[
            (FRONTEND, FIRST, "ARG NODE=20\n# Stage 1: install"),
            (FRONTEND, RUNNER, "FROM node:${NODE}-alpine AS runner"),
        ],
    ),
    (
        &[],
        &[(FRONTEND, FIRST, "ARG BASE=node:20-alpine\n# Stage 1: install"), (FRONTEND, RUNNER, "FROM $BASE AS runner")],
    ),
    (
        &[],
        &[
            (FRONTEND, FIRST, "ARG V=22\nARG V=20-alpine\n# Stage 1: install"),
            (FRONTEND, RUNNER, "FROM node:${V:-latest} AS runner"),
        ],
    ),
    (&[], &[(FRONTEND, RUNNER, "FROM node:${VERSION:-20}-alpine AS runner")]),
    (&[], &[(FRONTEND, RUNNER, "FROM node:20-alpine AS test\nRUN node --version\nFROM node:20-alpine AS runner")]),
    (&[], &[(FRONTEND, RUNNER, "FROM builder AS test\nRUN npm test\n\nFROM node:20-alpine AS runner")]),
    (
        &[],
        &[
            (FRONTEND, BUILDER, "FROM node:20-alpine AS base\nWORKDIR /app\nFROM base AS builder"),
            (FRONTEND, RUNNER, "FROM base AS runner"),
        ],
    ),
    // Directives.
    (&[], &[(FRONTEND, FIRST, "# syntax=docker/dockerfile:1\n# Stage 1: install")]),
    (&[], &[(FRONTEND, FIRST, "# syntax = docker.io/docker/dockerfile:1.7-labs\n# Stage 1: install")]),
    (&[], &[(FRONTEND, FIRST, "# check=skip=JSONArgsRecommended;error=true\n# Stage 1: install")]),
    (&[], &[(FRONTEND, FIRST, "# escape=\\\n# Stage 1: install")]),
    (&[], &[(FRONTEND, FIRST, "#syntax=docker/dockerfile:1\n#escape=\\\n\n# Stage 1: install")]),
    (
        &[
            "dockerfile-valid",
            "declared-inputs",
            "base-image",
            "stages",
            "runtime-artifacts",
            "build-tools",
            "port",
            "command",
            "exec-form",
            "workdir",
            "stop-signal",
            "environment",
            "non-root",
            "user",
            "user-created",
            "layer-order",
        ],
        &[(FRONTEND, FIRST, "# syntax=example.org/frontend:1\n# Stage 1: install")],
    ),
    // USER.
    (&[], &[(FRONTEND, USER, "USER 1001\n")]),
    (&[], &[(FRONTEND, USER, "USER 1001:1001\n")]),
    (&[], &[(FRONTEND, USER, "USER nextjs:nodejs\n")]),
    (&[], &[(FRONTEND, USER, "USER nextjs:0\n")]),
    (&[], &[(FRONTEND, USER, "USER \"nextjs\"\n")]),
    (&[], &[(FRONTEND, USER, "user   nextjs\n")]),
    (&[], &[(FRONTEND, USER, "ARG WHO=nextjs\nUSER $WHO\n")]),
    (&[], &[(FRONTEND, USER, "ENV APP_UID=1001\nUSER ${APP_UID}:${APP_UID}\n")]),
    (&[], &[(FRONTEND, USER, "USER root\nRUN date\nUSER nextjs\n")]),
    (&["non-root", "user"], &[(FRONTEND, USER, "ARG WHO=$HOSTTYPE\nUSER $WHO\n")]),
    // WORKDIR.
    (&[], &[(FRONTEND, RUNNER_DIR, "FROM node:20-alpine AS runner\nWORKDIR /app/\n")]),
    (&[], &[(FRONTEND, RUNNER_DIR, "FROM node:20-alpine AS runner\nWORKDIR /\nWORKDIR app\n")]),
    (&[], &[(FRONTEND, RUNNER_DIR, "FROM node:20-alpine AS runner\nWORKDIR /srv\nWORKDIR ../app/.\n")]),
    (&[], &[(FRONTEND, RUNNER_DIR, "FROM node:20-alpine AS runner\nWORKDIR //app\n")]),
    (&[], &[(FRONTEND, RUNNER_DIR, "FROM node:20-alpine AS runner\nARG DIR=/app\nWORKDIR ${DIR}\n")]),
    (&[], &[(FRONTEND, RUNNER_DIR, "FROM node:20-alpine AS runner\nWORKDIR \"/app\"\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000\nWORKDIR /tmp\nWORKDIR /app\n")]),
    // EXPOSE.
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000/tcp\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000/TCP\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000 3000/tcp\nEXPOSE 3000\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000-3000\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 80:3000\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE \"3000\"\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE $PORT\n")]),
    (&[], &[(FRONTEND, EXPOSE, "ARG WEB=3000\nEXPOSE ${WEB}/tcp\n")]),
    (&[], &[(FRONTEND, EXPOSE, "ARG NONE=\nEXPOSE $NONE 3000\n")]),
    (&["port"], &[(FRONTEND, EXPOSE, "EXPOSE ${WEB}\n")]),
    // CMD and ENTRYPOINT.
    (&[], &[(FRONTEND, COMMAND, "CMD [\"node\",\"server.js\"]")]),
    (&[], &[(FRONTEND, COMMAND, "CMD  [ \"node\" , \"server.js\" ]  ")]),
    (&[], &[(FRONTEND, COMMAND, "cmd [\"node\", \\\n     \"server.js\"]")]),
    (&[], &[(FRONTEND, COMMAND, "CMD [\"node\", \"server\\u002ejs\"]")]),
    (&[], &[(FRONTEND, COMMAND, "CMD [\"npm\", \"start\"]\nCMD [\"node\", \"server.js\"]")]),
    (&[], &[(FRONTEND, COMMAND, "ENTRYPOINT []\nCMD [\"node\", \"server.js\"]")]),
    (&[], &[(FRONTEND, COMMAND, "ENTRYPOINT [\"x\"]\nENTRYPOINT []\nCMD [\"node\", \"server.js\"]")]),
    (&[], &[(FRONTEND, COMMAND, "CMD [\"node\", \"server.js\"]\nONBUILD ENTRYPOINT [\"x\"]\nONBUILD USER root")]),
    // STOPSIGNAL.
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000\nSTOPSIGNAL SIGTERM\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000\nSTOPSIGNAL 15\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000\nSTOPSIGNAL term\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000\nSTOPSIGNAL SIGINT\nSTOPSIGNAL \"SIGTERM\"\n")]),
    // ENV, LABEL, and others.
    (&[], &[(FRONTEND, "HOSTNAME=0.0.0.0 \\\n", "HOSTNAME=\"0.0.0.0\" \\\n")]),
    (&[], &[(FRONTEND, "HOSTNAME=0.0.0.0 \\\n    PORT=3000", "PORT=3000 HOSTNAME='0.0.0.0'")]),
    (&[], &[(FRONTEND, "HOSTNAME=0.0.0.0 \\\n    PORT=3000", "A=b\nENV PORT 3000\nENV HOSTNAME 0.0.0.0")]),
    (&[], &[(FRONTEND, "    PORT=3000", "    # The port.\n\n    PORT=3000")]),
    (&[], &[(FRONTEND, "    PORT=3000\n", "    PORT=80\nARG WEB=3000\nENV PORT=$WEB\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000\nENV NODE_OPTIONS=--max-old-space-size=192\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000\nLABEL org.opencontainers.image.title=\"USER root\"\n")]),
    (&[], &[(FRONTEND, EXPOSE, "EXPOSE 3000\nVOLUME /tmp\nHEALTHCHECK --interval=5s CMD [\"node\", \"health.js\"]\n")]),
    (
        &[],
        &[(
            FRONTEND,
            "USER nextjs\nEXPOSE 3000\nCMD [\"node\", \"server.js\"]",
            "CMD [\"node\", \"server.js\"]\nEXPOSE 3000\nUSER nextjs",
        )],
    ),
    (&[], &[(FRONTEND, EXPOSE, "# EXPOSE 8080\n# USER root\nEXPOSE 3000\n  # CMD node\n")]),
    (&[], &[(BACKEND, "    PYTHONDONTWRITEBYTECODE=1 \\\n", "    # No bytecode.\n    PYTHONDONTWRITEBYTECODE=1 \\\n")]),
    (&[], &[(BACKEND, "USER appuser\n", "USER 1000\n")]),
    (&[], &[(BACKEND, "FROM python:3.13-slim AS runner", "FROM docker.io/python:3.13-slim AS runner")]),
];
