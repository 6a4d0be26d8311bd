//! Dockerfiles that BuildKit refuses.

use super::Mutation;
use crate::world::{BACKEND, FRONTEND};

const RULE: &str = "dockerfile-valid";
const EXPOSE: &str = "EXPOSE 3000\n";

pub(super) const ROWS: &[Mutation] = &[
    (RULE, &[(FRONTEND, EXPOSE, "EXPOS 3000\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000 # the server\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 70000\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE http\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000/http\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3001-3000\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE ${P\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nRUN <<EOF\necho\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nCOPY package.json\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nCOPY\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nENV A\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nENV =b\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nENV A=b c\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nLABEL a=\"b\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nUSER\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nWORKDIR\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nSHELL /bin/sh -c\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nHEALTHCHECK node check.js\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nONBUILD FROM node\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\nCMD [\"node\", 1]\n")]),
    (RULE, &[(FRONTEND, EXPOSE, "EXPOSE 3000\necho hello\n")]),
    (RULE, &[(FRONTEND, "FROM node:20-alpine AS runner", "FROM node:20-alpine AS")]),
    (RULE, &[(FRONTEND, "FROM node:20-alpine AS runner", "FROM node:20-alpine runner")]),
    (RULE, &[(FRONTEND, "FROM node:20-alpine AS runner", "FROM node:20-alpine AS 2runner")]),
    (RULE, &[(FRONTEND, "FROM node:20-alpine AS runner", "FROM node:20-alpine AS runner # last")]),
    (RULE, &[(FRONTEND, "FROM node:20-alpine AS runner", "FROM ${BASE} AS runner")]),
    (RULE, &[(FRONTEND, "FROM node:20-alpine AS runner", "FROM ${BASE:?no base} AS runner")]),
    (RULE, &[(FRONTEND, "FROM node:20-alpine AS builder", "WORKDIR /app\nFROM node:20-alpine AS builder")]),
    (RULE, &[(FRONTEND, "# Stage 1: install", "# escape=x\n# Stage 1: install")]),
    (
        RULE,
        &[(
            FRONTEND,
            "# Stage 1: install",
            "# syntax=docker/dockerfile:1\n# syntax=docker/dockerfile:1\n# Stage 1: install",
        )],
    ),
    (
        RULE,
        &[(
            FRONTEND,
            "COPY --from=builder /node_modules ./node_modules",
            "COPY --from=runner /node_modules ./node_modules",
        )],
    ),
    (RULE, &[(BACKEND, "EXPOSE 8000", "EXPOSE 8000\n<<<<<<< HEAD")]),
    (RULE, &[(BACKEND, "COPY --from=builder /app ./", "COPY --from /app ./")]),
    (RULE, &[(BACKEND, "COPY --from=builder /app ./", "COPY --link=maybe --from=builder /app ./")]),
    (RULE, &[(BACKEND, "COPY --from=builder /app ./", "COPY --from=builder --from=builder /app ./")]),
    (RULE, &[(BACKEND, "COPY --from=builder /app ./", "COPY --from=builder /app <<EOF\nEOF")]),
    (RULE, &[(BACKEND, "USER appuser", "ARG WHO=\nUSER ${WHO:?}")]),
];
