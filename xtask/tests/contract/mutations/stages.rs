//! Other stages, another order, and another last stage.

use super::Mutation;
use crate::world::{BACKEND, FRONTEND, TOML};

const BUILDER: &str = "FROM node:20-alpine AS builder";
const RUNNER: &str = "FROM node:20-alpine AS runner";
const END: &str = "CMD [\"node\", \"server.js\"]";

pub(super) const ROWS: &[Mutation] = &[
    // Renamed.
    ("stages", &[(FRONTEND, RUNNER, "FROM node:20-alpine AS run")]),
    ("stages", &[(FRONTEND, RUNNER, "FROM node:20-alpine AS runner2")]),
    ("stages", &[(FRONTEND, RUNNER, "FROM node:20-alpine")]),
    (
        "stages",
        &[
            (FRONTEND, BUILDER, "FROM node:20-alpine AS build"),
            (FRONTEND, "COPY --from=builder /node_modules", "COPY --from=build /node_modules"),
            (FRONTEND, "COPY --from=builder /app/", "COPY --from=build /app/"),
        ],
    ),
    (
        "stages",
        &[
            (FRONTEND, BUILDER, "FROM node:20-alpine"),
            (FRONTEND, "COPY --from=builder /node_modules", "COPY --from=0 /node_modules"),
            (FRONTEND, "COPY --from=builder /app/", "COPY --from=0 /app/"),
        ],
    ),
    // A later stage becomes the image.
    ("stages", &[(FRONTEND, END, "CMD [\"node\", \"server.js\"]\nFROM runner AS debug")]),
    ("stages", &[(FRONTEND, END, "CMD [\"node\", \"server.js\"]\nFROM runner")]),
    ("stages", &[(FRONTEND, END, "CMD [\"node\", \"server.js\"]\n\nfrom Runner as final\nLABEL a=b")]),
    ("stages", &[(BACKEND, "USER appuser\nEXPOSE 8000\n", "USER appuser\nEXPOSE 8000\nFROM runner AS runner-dev\n")]),
    // A second stage of the name takes its place only if it is the last one.
    (
        "stages",
        &[
            (FRONTEND, BUILDER, "FROM node:20-alpine AS runner\nFROM node:20-alpine AS builder"),
            (FRONTEND, "FROM node:20-alpine AS runner\nWORKDIR", "FROM node:20-alpine AS end\nWORKDIR"),
        ],
    ),
    // The target of taskflow.toml.
    (
        "stages",
        &[
            (TOML, "context = \"frontend\"", "context = \"frontend\"\ntarget = \"debug\""),
            (FRONTEND, RUNNER, "FROM node:20-alpine AS runner\nFROM runner AS debug"),
        ],
    ),
    (
        "stages",
        &[
            (TOML, "context = \"frontend\"", "context = \"frontend\"\ntarget = \"1\""),
            (FRONTEND, RUNNER, "FROM node:20-alpine AS deps\nFROM node:20-alpine AS runner"),
            (
                FRONTEND,
                "FROM node:20-alpine AS deps",
                "FROM node:20-alpine AS deps\nARG NODE_ENV\nWORKDIR /app\nENV HOSTNAME=0.0.0.0 PORT=3000\nRUN adduser -S nextjs -u 1001\nUSER nextjs\nEXPOSE 3000\nCMD [\"node\", \"server.js\"]",
            ),
        ],
    ),
    // Swapped: the runner stands first, and cannot copy from the builder.
    (
        "stages",
        &[
            (FRONTEND, BUILDER, "FROM node:20-alpine AS runner"),
            (
                FRONTEND,
                "# Stage 2: the server and its files, and nothing else.\nFROM node:20-alpine AS runner",
                "FROM node:20-alpine AS builder",
            ),
            (FRONTEND, "COPY --from=builder /node_modules", "COPY --from=runner /node_modules"),
            (FRONTEND, "COPY --from=builder /app/", "COPY --from=runner /app/"),
        ],
    ),
    // One stage only.
    (
        "stages",
        &[
            (FRONTEND, BUILDER, "FROM node:20-alpine AS other"),
            (FRONTEND, "COPY --from=builder /node_modules", "COPY --from=other /node_modules"),
            (FRONTEND, "COPY --from=builder /app/", "COPY --from=other /app/"),
        ],
    ),
    // The contract asks for more than the Dockerfile has.
    (
        "stages",
        &[(
            TOML,
            "stages = [\"builder\", \"runner\"]\nport = 3000",
            "stages = [\"deps\", \"builder\", \"runner\"]\nport = 3000",
        )],
    ),
    (
        "stages",
        &[(TOML, "stages = [\"builder\", \"runner\"]\nport = 8000", "stages = [\"runner\", \"builder\"]\nport = 8000")],
    ),
];
