//! Build tools in the image.

use super::Mutation;
use crate::world::{BACKEND, FRONTEND};

const USER: &str = "USER nextjs";
const PY_USER: &str = "USER appuser";
const RULE: &str = "build-tools";

pub(super) const ROWS: &[Mutation] = &[
    (RULE, &[(FRONTEND, USER, "RUN apk add gcc\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN apk add --no-cache build-base\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN apk --no-cache add python3 make g++\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN apk --update-cache --no-progress add git\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN apk add --virtual .build-deps gcc musl-dev && apk del .build-deps\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN apk add -t .deps make\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN apk add 'cmake>3.0'\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN apk add gcc@edge\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN apk add vips-dev=8.15.2-r0\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN apk add alpine-sdk\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN [\"apk\", \"add\", \"gcc\"]\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN sh -c \"apk add gcc\"\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN <<EOF\napk update\napk add gcc\nEOF\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN <<-'EOF' sh\n\tapk add gcc\n\tEOF\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN true; (apk add gcc) || true\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN for p in a b; do apk add gcc; done\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "ARG TOOLS=gcc\nRUN apk add $TOOLS\nUSER nextjs")]),
    (RULE, &[(BACKEND, PY_USER, "RUN apt-get update && apt-get install -y gcc\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN apt install -y build-essential\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN apt-get -y -q --no-install-recommends install gcc-14\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN apt-get -o Acquire::Retries=3 install -y make\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN DEBIAN_FRONTEND=noninteractive apt-get install -y libpq-dev\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN apt-get install -y \\\n    # The compiler.\n    g++ \\\n    curl\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN apt-get install -y python3-dev:amd64\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN sudo -E apt-get install -y clang\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN bash -o pipefail -c 'yes | apt-get install rustc'\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN apt-get install -y gcc && apt-get purge -y gcc\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN eval 'apt-get install -y gcc'\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN /usr/bin/apt-get install -y gcc/trixie\nUSER appuser")]),
    // In the stage that the image begins from.
    (
        RULE,
        &[(
            BACKEND,
            "FROM python:3.13-slim AS runner",
            "FROM python:3.13-slim AS base\nRUN apt-get install -y gcc\nFROM base AS runner",
        )],
    ),
    (
        RULE,
        &[(
            BACKEND,
            "FROM python:3.13-slim AS runner",
            "FROM python:3.13-slim AS base\nONBUILD RUN apt-get install -y gcc\nFROM base AS runner",
        )],
    ),
];
