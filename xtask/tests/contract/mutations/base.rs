//! Other base images.

use super::Mutation;
use crate::world::{BACKEND, FRONTEND, TOML};

const BUILDER: &str = "FROM node:20-alpine AS builder";
const RUNNER: &str = "FROM node:20-alpine AS runner";
const PY_BUILDER: &str = "FROM python:3.13-slim AS builder";
const PY_RUNNER: &str = "FROM python:3.13-slim AS runner";

pub(super) const ROWS: &[Mutation] = &[
    // Another tag.
    ("base-image", &[(FRONTEND, RUNNER, "FROM node:20 AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM node:22-alpine AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM node:20-slim AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM node:20-alpine3.22 AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM node:20.1-alpine AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM node:alpine AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM node:latest AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM node AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM node:20-ALPINE AS runner")]),
    ("base-image", &[(BACKEND, PY_RUNNER, "FROM python:3.13 AS runner")]),
    ("base-image", &[(BACKEND, PY_RUNNER, "FROM python:3.13-alpine AS runner")]),
    ("base-image", &[(BACKEND, PY_RUNNER, "FROM python:3.12-slim AS runner")]),
    ("base-image", &[(BACKEND, PY_RUNNER, "FROM python:3.13-slim-bookworm AS runner")]),
    ("base-image", &[(BACKEND, PY_RUNNER, "FROM python:slim AS runner")]),
    ("base-image", &[(BACKEND, PY_RUNNER, "FROM Python:3.13-slim AS runner")]),
    // The stage that only builds counts, too.
    ("base-image", &[(FRONTEND, BUILDER, "FROM node:20 AS builder")]),
    ("base-image", &[(BACKEND, PY_BUILDER, "FROM python:3.13 AS builder")]),
    ("base-image", &[(FRONTEND, BUILDER, "FROM node:20 AS deps\nFROM node:20-alpine AS builder")]),
    // A digest says nothing about the image, if there is no tag.
    (
        "base-image",
        &[(
            FRONTEND,
            RUNNER,
            "FROM node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS runner",
        )],
    ),
    (
        "base-image",
        &[(
            FRONTEND,
            RUNNER,
            "FROM node:22-alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS runner",
        )],
    ),
    // Another registry or repository.
    ("base-image", &[(FRONTEND, RUNNER, "FROM registry.example.org/node:20-alpine AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM localhost:5000/node:20-alpine AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM docker.io/bitnami/node:20-alpine AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM nodejs/node:20-alpine AS runner")]),
    ("base-image", &[(BACKEND, PY_RUNNER, "FROM registry.example.org/library/python:3.13-slim AS runner")]),
    ("base-image", &[(BACKEND, PY_RUNNER, "FROM pypy:3.11-slim AS runner")]),
    // Behind a build arg.
    (
        "base-image",
        &[
            (FRONTEND, "# Stage 1: install", "ARG BASE=node:22-alpine\n# Stage 1: install"),
            (FRONTEND, RUNNER, "FROM ${BASE} AS runner"),
        ],
    ),
    (
        "base-image",
        &[
            (FRONTEND, "# Stage 1: install", "ARG V=20-alpine\nARG V=20-slim\n# Stage 1: install"),
            (FRONTEND, RUNNER, "FROM node:$V AS runner"),
        ],
    ),
    ("base-image", &[(FRONTEND, RUNNER, "FROM node:20${VARIANT:-} AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM node:20-${VARIANT:-slim} AS runner")]),
    (
        "base-image",
        &[
            (BACKEND, "# Stage 1: the dependencies", "ARG A=python B=3.13\n# Stage 1: the dependencies"),
            (BACKEND, PY_RUNNER, "FROM $A:$B AS runner"),
        ],
    ),
    // The default in a stage is not the one before the first FROM.
    (
        "base-image",
        &[
            (FRONTEND, "# Stage 1: install", "ARG V=20\n# Stage 1: install"),
            (FRONTEND, "WORKDIR /app\nENV NEXT_TELEMETRY_DISABLED=1\n", "ARG V=20-alpine\nWORKDIR /app\n"),
            (FRONTEND, RUNNER, "FROM node:${V} AS runner"),
        ],
    ),
    // Other spellings of the instruction.
    ("base-image", &[(FRONTEND, RUNNER, "from node:20 as runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM --platform=linux/amd64 node:20 AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM \\\n  node:20 \\\n  AS runner")]),
    ("base-image", &[(FRONTEND, RUNNER, "FROM --platform=$BUILDPLATFORM \"node:20\" AS runner")]),
    // Files of another image.
    ("base-image", &[(FRONTEND, "USER nextjs", "COPY --from=busybox:1.37 /bin/busybox /bin/\nUSER nextjs")]),
    ("base-image", &[(FRONTEND, "USER nextjs", "COPY --from=node:22-alpine /usr/local/bin/node /bin/\nUSER nextjs")]),
    ("base-image", &[(FRONTEND, "USER nextjs", "COPY --from=runer /x ./x\nUSER nextjs")]),
    (
        "base-image",
        &[(BACKEND, "USER appuser", "RUN --mount=type=bind,from=alpine:3.22,target=/m cp /m/bin/x /x\nUSER appuser")],
    ),
    (
        "base-image",
        &[(BACKEND, "USER appuser", "RUN --mount=from=ghcr.io/astral-sh/uv,target=/m cp /m/uv /x\nUSER appuser")],
    ),
    ("base-image", &[(BACKEND, "USER appuser", "RUN --mount=type=cache,from=alpine,target=/m ls /m\nUSER appuser")]),
    // The declared image has to be a minimal one.
    (
        "base-variant",
        &[
            (TOML, "base-images = [\"node:20-alpine\"]", "base-images = [\"node:20\"]"),
            (FRONTEND, BUILDER, "FROM node:20 AS builder"),
            (FRONTEND, RUNNER, "FROM node:20 AS runner"),
        ],
    ),
    (
        "base-variant",
        &[(TOML, "base-images = [\"node:20-alpine\"]", "base-images = [\"node:20-alpine\", \"golang:1.24\"]")],
    ),
    (
        "base-variant",
        &[(
            TOML,
            "base-images = [\"python:3.13-slim\"]",
            "base-images = [\"python:3.13-slim\", \"python:3.13-slimmer\"]",
        )],
    ),
    (
        "base-variant",
        &[(
            TOML,
            "base-images = [\"python:3.13-slim\"]",
            "base-images = [\"python:3.13-slim\", \"alpinelinux/docker:1\"]",
        )],
    ),
    // Without declared images, the tag counts.
    (
        "base-tag",
        &[(TOML, "base-images = [\"node:20-alpine\"]\n", ""), (FRONTEND, BUILDER, "FROM node:latest AS builder")],
    ),
    ("base-tag", &[(TOML, "base-images = [\"node:20-alpine\"]\n", ""), (FRONTEND, RUNNER, "FROM node AS runner")]),
    (
        "base-tag",
        &[
            (TOML, "base-images = [\"node:20-alpine\"]\n", ""),
            (FRONTEND, "USER nextjs", "COPY --from=busybox /bin/busybox /bin/\nUSER nextjs"),
        ],
    ),
    (
        "base-tag",
        &[
            (TOML, "base-images = [\"python:3.13-slim\"]\n", ""),
            (BACKEND, "# Stage 1: the dependencies", "ARG TAG=latest\n# Stage 1: the dependencies"),
            (BACKEND, PY_RUNNER, "FROM localhost:5000/python:${TAG} AS runner"),
        ],
    ),
];
