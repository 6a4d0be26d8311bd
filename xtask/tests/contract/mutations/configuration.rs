//! Another port, command, working directory, stop signal, or environment.

use super::Mutation;
use crate::world::{BACKEND, FRONTEND, TOML};

const EXPOSE: &str = "EXPOSE 3000\n";
const COMMAND: &str = "CMD [\"node\", \"server.js\"]";
const PY_COMMAND: &str = "CMD [\"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]";

pub(super) const ROWS: &[Mutation] = &[
    ("port", &[(FRONTEND, EXPOSE, "")]),
    ("port", &[(FRONTEND, EXPOSE, "# EXPOSE 3000\n")]),
    ("port", &[(FRONTEND, EXPOSE, "EXPOSE 8080\n")]),
    ("port", &[(FRONTEND, EXPOSE, "EXPOSE 3000/udp\n")]),
    ("port", &[(FRONTEND, EXPOSE, "EXPOSE 3000/UDP\n")]),
    ("port", &[(FRONTEND, EXPOSE, "EXPOSE 3000 3000/udp\n")]),
    ("port", &[(FRONTEND, EXPOSE, "EXPOSE 3000/sctp\n")]),
    ("port", &[(FRONTEND, EXPOSE, "EXPOSE 3000-3001\n")]),
    ("port", &[(FRONTEND, EXPOSE, "EXPOSE 2999-3000\n")]),
    ("port", &[(FRONTEND, EXPOSE, "EXPOSE 3000 9229\n")]),
    ("port", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nEXPOSE 9229\n")]),
    ("port", &[(FRONTEND, EXPOSE, "EXPOSE 3000:8080\n")]),
    ("port", &[(FRONTEND, EXPOSE, "ARG P=3001\nEXPOSE $P\n")]),
    ("port", &[(FRONTEND, EXPOSE, "ENV WEB=3001\nEXPOSE ${WEB}/tcp\n")]),
    ("port", &[(FRONTEND, EXPOSE, "ARG P=\nEXPOSE ${P:+3000}\n")]),
    ("port", &[(FRONTEND, EXPOSE, "ARG P=\nEXPOSE $P\n")]),
    ("port", &[(FRONTEND, EXPOSE, "ONBUILD EXPOSE 3000\n")]),
    ("port", &[(FRONTEND, EXPOSE, "RUN <<EOF\nEXPOSE 3000\nEOF\n")]),
    // A build arg of the builder stage is not known here.
    (
        "port",
        &[
            (FRONTEND, "ARG NODE_ENV=production", "ARG NODE_ENV=production\nEXPOSE 3000"),
            (FRONTEND, "USER nextjs\nEXPOSE 3000\n", "USER nextjs\n"),
        ],
    ),
    ("port", &[(BACKEND, "EXPOSE 8000", "EXPOSE 3000")]),
    (
        "port",
        &[(
            BACKEND,
            "FROM python:3.13-slim AS runner",
            "FROM python:3.13-slim AS base\nEXPOSE 5000\nFROM base AS runner",
        )],
    ),
    ("port", &[(TOML, "port = 3000\nprotocol = \"http\"", "port = 3000\nprotocol = \"udp\"")]),
    ("port", &[(TOML, "port = 3000\n", "port = 3001\n")]),
    // The working directory.
    ("workdir", &[(FRONTEND, "FROM node:20-alpine AS runner\nWORKDIR /app", "FROM node:20-alpine AS runner")]),
    (
        "workdir",
        &[(FRONTEND, "FROM node:20-alpine AS runner\nWORKDIR /app", "FROM node:20-alpine AS runner\nWORKDIR /srv")],
    ),
    (
        "workdir",
        &[(FRONTEND, "FROM node:20-alpine AS runner\nWORKDIR /app", "FROM node:20-alpine AS runner\nWORKDIR app")],
    ),
    (
        "workdir",
        &[(FRONTEND, "FROM node:20-alpine AS runner\nWORKDIR /app", "FROM node:20-alpine AS runner\nWORKDIR /App")],
    ),
    (
        "workdir",
        &[(
            FRONTEND,
            "FROM node:20-alpine AS runner\nWORKDIR /app",
            "FROM node:20-alpine AS runner\nWORKDIR /app # the application",
        )],
    ),
    ("workdir", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nWORKDIR /tmp\n")]),
    ("workdir", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nWORKDIR server\n")]),
    ("workdir", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nWORKDIR ..\n")]),
    ("workdir", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nWORKDIR /\n")]),
    ("workdir", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nARG HOME_DIR=/srv\nWORKDIR $HOME_DIR\n")]),
    ("workdir", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nworkdir \"/app/sub\"\n")]),
    ("workdir", &[(BACKEND, "USER appuser\n", "USER appuser\nWORKDIR /home/appuser\n")]),
    // The stop signal.
    ("stop-signal", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nSTOPSIGNAL SIGKILL\n")]),
    ("stop-signal", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nSTOPSIGNAL 9\n")]),
    ("stop-signal", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nSTOPSIGNAL SIGINT\n")]),
    ("stop-signal", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nSTOPSIGNAL quit\n")]),
    ("stop-signal", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nSTOPSIGNAL SIGTERM\nSTOPSIGNAL SIGINT\n")]),
    ("stop-signal", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nARG SIG=SIGINT\nSTOPSIGNAL $SIG\n")]),
    (
        "stop-signal",
        &[(
            BACKEND,
            "FROM python:3.13-slim AS runner",
            "FROM python:3.13-slim AS base\nSTOPSIGNAL 2\nFROM base AS runner",
        )],
    ),
    (
        "stop-signal",
        &[(
            TOML,
            "stop-signal = \"SIGTERM\"\nstop-grace-seconds = 30\nread-only-root = true\n\n[component.frontend",
            "stop-signal = \"SIGQUIT\"\nstop-grace-seconds = 30\nread-only-root = true\n\n[component.frontend",
        )],
    ),
    // The environment.
    ("environment", &[(FRONTEND, "PORT=3000", "PORT=8080")]),
    ("environment", &[(FRONTEND, "HOSTNAME=0.0.0.0 \\\n", "HOSTNAME=127.0.0.1 \\\n")]),
    ("environment", &[(FRONTEND, "    HOSTNAME=0.0.0.0 \\\n", "")]),
    ("environment", &[(FRONTEND, " \\\n    PORT=3000", "")]),
    ("environment", &[(FRONTEND, "PORT=3000", "PORT=\"\"")]),
    ("environment", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nENV PORT 3001\n")]),
    ("environment", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nENV BACKEND_URL=http://backend:8000\n")]),
    ("environment", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nENV BACKEND_URL=\n")]),
    ("environment", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nENV A=b \\\n    NODE_ENV=production\n")]),
    ("environment", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nenv NODE_ENV production\n")]),
    ("environment", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nARG URL=http://backend:8000\nENV BACKEND_URL=$URL\n")]),
    ("environment", &[(FRONTEND, EXPOSE, "EXPOSE 3000\nARG NAME=NODE_ENV\nENV $NAME=production\n")]),
    (
        "environment",
        &[(
            FRONTEND,
            "FROM node:20-alpine AS runner",
            "FROM node:20-alpine AS base\nENV NODE_ENV=production\nFROM base AS runner",
        )],
    ),
    ("environment", &[(BACKEND, "GRACEFUL_SHUTDOWN=25", "GRACEFUL_SHUTDOWN=60")]),
    ("environment", &[(BACKEND, " \\\n    UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN=25", "")]),
    ("environment", &[(BACKEND, "EXPOSE 8000", "EXPOSE 8000\nENV FRONTEND_URL=http://frontend:3000")]),
];

pub(super) const COMMANDS: &[Mutation] = &[
    ("command", &[(FRONTEND, COMMAND, "")]),
    ("command", &[(FRONTEND, COMMAND, "# CMD [\"node\", \"server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"npm\", \"start\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"node\", \"./server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"node\", \"server.js \"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"node\", \"server.js\", \"\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"node server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"server.js\", \"node\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"Node\", \"server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"/usr/local/bin/node\", \"server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"node\", \"--inspect\", \"server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"sh\", \"-c\", \"node server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"$PROGRAM\", \"server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD []")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"node\", \"server.js\"]\nCMD [\"node\", \"other.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"node\", \"server.js\"]\nCMD []")]),
    ("command", &[(FRONTEND, COMMAND, "ONBUILD CMD [\"node\", \"server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "ENTRYPOINT [\"node\", \"server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "ENTRYPOINT [\"node\"]\nCMD [\"server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "ENTRYPOINT [\"docker-entrypoint.sh\"]\nCMD [\"node\", \"server.js\"]")]),
    ("command", &[(FRONTEND, COMMAND, "CMD [\"node\", \"server.js\"]\nENTRYPOINT [\"tini\", \"--\"]")]),
    (
        "command",
        &[(
            FRONTEND,
            "FROM node:20-alpine AS runner",
            "FROM node:20-alpine AS base\nENTRYPOINT [\"dumb-init\"]\nFROM base AS runner",
        )],
    ),
    (
        "command",
        &[
            (
                FRONTEND,
                "FROM node:20-alpine AS runner",
                "FROM node:20-alpine AS base\nCMD [\"node\", \"server.js\"]\nFROM base AS runner\nENTRYPOINT []",
            ),
            (FRONTEND, "EXPOSE 3000\nCMD [\"node\", \"server.js\"]", "EXPOSE 3000"),
        ],
    ),
    (
        "command",
        &[(BACKEND, PY_COMMAND, "CMD [\"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8080\"]")],
    ),
    (
        "command",
        &[(BACKEND, PY_COMMAND, "CMD [\"uvicorn\", \"main:app\", \"--port\", \"8000\", \"--host\", \"0.0.0.0\"]")],
    ),
    ("command", &[(BACKEND, PY_COMMAND, "CMD [\"uvicorn\", \"main:app\", \"--host=0.0.0.0\", \"--port=8000\"]")]),
    (
        "command",
        &[(
            BACKEND,
            PY_COMMAND,
            "CMD [\"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\", \"--reload\"]",
        )],
    ),
    (
        "command",
        &[(
            BACKEND,
            PY_COMMAND,
            "CMD [\"python\", \"-m\", \"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]",
        )],
    ),
    ("command", &[(BACKEND, PY_COMMAND, "CMD [\"uvicorn\", \"main:app\"]")]),
    // Shell form, and what only looks like exec form.
    ("exec-form", &[(FRONTEND, COMMAND, "CMD node server.js")]),
    ("exec-form", &[(FRONTEND, COMMAND, "CMD exec node server.js")]),
    ("exec-form", &[(FRONTEND, COMMAND, "cmd \"node\" \"server.js\"")]),
    ("exec-form", &[(FRONTEND, COMMAND, "CMD ['node', 'server.js']")]),
    ("exec-form", &[(FRONTEND, COMMAND, "CMD [\"node\", 'server.js']")]),
    ("exec-form", &[(FRONTEND, COMMAND, "CMD [“node”, “server.js”]")]),
    ("exec-form", &[(FRONTEND, COMMAND, "CMD [\"node\", \"server.js\",]")]),
    ("exec-form", &[(FRONTEND, COMMAND, "CMD [\"node\" \"server.js\"]")]),
    ("exec-form", &[(FRONTEND, COMMAND, "CMD [\"node\", \"server.js\"")]),
    ("exec-form", &[(FRONTEND, COMMAND, "CMD [node, server.js]")]),
    ("exec-form", &[(FRONTEND, COMMAND, "CMD [\"node\", \"server.js\"] # the server")]),
    ("exec-form", &[(FRONTEND, COMMAND, "CMD [\"node\", \"server.js\"] && true")]),
    ("exec-form", &[(FRONTEND, COMMAND, "CMD [\"node\", \"server.js\"]\nCMD node server.js")]),
    ("exec-form", &[(FRONTEND, COMMAND, "ENTRYPOINT node server.js")]),
    ("exec-form", &[(FRONTEND, COMMAND, "ENTRYPOINT exec node server.js\nCMD [\"node\", \"server.js\"]")]),
    ("exec-form", &[(BACKEND, PY_COMMAND, "CMD uvicorn main:app --host 0.0.0.0 --port 8000")]),
    (
        "exec-form",
        &[(
            BACKEND,
            PY_COMMAND,
            "CMD [ \"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\" ] \\\n  # uvicorn\n  --reload",
        )],
    ),
];
