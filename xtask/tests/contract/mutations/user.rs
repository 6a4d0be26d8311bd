//! Another user, the superuser, and a user that does not exist.

use super::Mutation;
use crate::world::{BACKEND, FRONTEND, TOML};

const USER: &str = "USER nextjs";
const CREATED: &str = "RUN addgroup -S nodejs -g 1001 && adduser -S nextjs -u 1001 -G nodejs\n";
const PY_USER: &str = "USER appuser";
const PY_CREATED: &str =
    "useradd --uid 1000 --gid appuser --no-create-home --home-dir /app --shell /usr/sbin/nologin appuser";

pub(super) const ROWS: &[Mutation] = &[
    // The superuser.
    ("non-root", &[(FRONTEND, "USER nextjs\n", "")]),
    ("non-root", &[(FRONTEND, "USER nextjs\n", "# USER nextjs\n")]),
    ("non-root", &[(FRONTEND, USER, "USER root")]),
    ("non-root", &[(FRONTEND, USER, "USER 0")]),
    ("non-root", &[(FRONTEND, USER, "USER 00")]),
    ("non-root", &[(FRONTEND, USER, "USER +0")]),
    ("non-root", &[(FRONTEND, USER, "USER 0:0")]),
    ("non-root", &[(FRONTEND, USER, "USER root:root")]),
    ("non-root", &[(FRONTEND, USER, "USER root:nodejs")]),
    ("non-root", &[(FRONTEND, USER, "USER \"\"")]),
    ("non-root", &[(FRONTEND, USER, "USER ''")]),
    ("non-root", &[(FRONTEND, USER, "USER :nodejs")]),
    ("non-root", &[(FRONTEND, USER, "USER \"root\"")]),
    ("non-root", &[(FRONTEND, USER, "ARG WHO=root\nUSER $WHO")]),
    ("non-root", &[(FRONTEND, USER, "ENV WHO=0\nUSER ${WHO}:${WHO}")]),
    ("non-root", &[(FRONTEND, USER, "ARG WHO=\nUSER ${WHO:-root}")]),
    ("non-root", &[(FRONTEND, USER, "ARG WHO=\nUSER $WHO")]),
    ("non-root", &[(FRONTEND, USER, "USER nextjs\nUSER root")]),
    ("non-root", &[(FRONTEND, "EXPOSE 3000\n", "EXPOSE 3000\nuser 0\n")]),
    ("non-root", &[(FRONTEND, USER, "ONBUILD USER nextjs")]),
    ("non-root", &[(FRONTEND, USER, "RUN <<EOF\nUSER nextjs\nEOF")]),
    ("non-root", &[(FRONTEND, USER, "RUN su nextjs")]),
    ("non-root", &[(FRONTEND, "-u 1001 -G nodejs", "-u 0 -G nodejs")]),
    (
        "non-root",
        &[(FRONTEND, CREATED, "RUN adduser -S nextjs -u 1001\nRUN apk add shadow && usermod -o -u 0 nextjs\n")],
    ),
    ("non-root", &[(BACKEND, "USER appuser\n", "")]),
    ("non-root", &[(BACKEND, PY_USER, "USER root")]),
    ("non-root", &[(BACKEND, PY_CREATED, "useradd --uid 0 --non-unique appuser")]),
    // The user of the builder is not that of the image.
    (
        "non-root",
        &[(FRONTEND, "USER nextjs\n", ""), (FRONTEND, "COPY package*.json ./", "USER node\nCOPY package*.json ./")],
    ),
    // Another user.
    ("user", &[(FRONTEND, USER, "USER node")]),
    ("user", &[(FRONTEND, USER, "USER 1000")]),
    ("user", &[(FRONTEND, USER, "USER 1002:1001")]),
    ("user", &[(FRONTEND, USER, "USER nobody")]),
    ("user", &[(FRONTEND, USER, "USER Nextjs")]),
    ("user", &[(FRONTEND, USER, "USER nextjs # not root")]),
    ("user", &[(FRONTEND, USER, "USER nextjs\nUSER node")]),
    ("user", &[(FRONTEND, USER, "ARG UID=1000\nUSER $UID")]),
    ("user", &[(FRONTEND, USER, "USER nodejs:nextjs")]),
    ("user", &[(BACKEND, PY_USER, "USER 1001")]),
    ("user", &[(BACKEND, PY_USER, "USER www-data")]),
    // Not created, or not in this stage.
    ("user-created", &[(FRONTEND, CREATED, "")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN addgroup -S nextjs -g 1001\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN echo adduser -S nextjs -u 1001\n")]),
    ("user-created", &[(FRONTEND, CREATED, "# RUN adduser -S nextjs -u 1001\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN adduser -S nextjs2 -u 1001\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN adduser nextjs nodejs\n")]),
    (
        "user-created",
        &[
            (FRONTEND, CREATED, ""),
            (FRONTEND, "COPY package*.json ./", "RUN adduser -S nextjs -u 1001\nCOPY package*.json ./"),
        ],
    ),
    ("user-created", &[(FRONTEND, CREATED, "ONBUILD RUN adduser -S nextjs -u 1001\n")]),
    ("user-created", &[(FRONTEND, CREATED, ""), (FRONTEND, USER, "USER 1001")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN adduser -S nextjs -u 1001\nRUN deluser nextjs\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN adduser -S nextjs -u 1001 && deluser --remove-home nextjs\n")]),
    ("user-created", &[(BACKEND, PY_USER, "RUN userdel -r appuser\nUSER appuser")]),
    ("user-created", &[(BACKEND, PY_USER, "RUN usermod -l app appuser\nUSER appuser")]),
    // Another ID, in every form of the option.
    ("user-created", &[(FRONTEND, "-u 1001 -G nodejs", "-u 1002 -G nodejs")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN adduser -S nextjs\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN adduser -S -u1002 nextjs\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN adduser -Su 1002 nextjs\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN adduser --system --uid 1002 nextjs\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN adduser --system --uid=1002 nextjs\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN adduser -D -h /app/1001 nextjs\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN adduser -S nextjs -g 1001\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN [\"adduser\", \"-S\", \"nextjs\", \"-u\", \"1003\"]\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN sh -c 'adduser -S nextjs -u 1003'\n")]),
    ("user-created", &[(FRONTEND, CREATED, "ARG UID=1003\nRUN adduser -S nextjs -u $UID\n")]),
    ("user-created", &[(BACKEND, PY_CREATED, "useradd appuser")]),
    ("user-created", &[(BACKEND, PY_CREATED, "useradd -u 1001 appuser")]),
    ("user-created", &[(BACKEND, PY_CREATED, "useradd --uid=1001 appuser")]),
    ("user-created", &[(BACKEND, PY_CREATED, "useradd -rmu1001 appuser")]),
    ("user-created", &[(BACKEND, PY_CREATED, "useradd -r -g appuser appuser")]),
    ("user-created", &[(BACKEND, PY_CREATED, "useradd --gid 1000 appuser")]),
    ("user-created", &[(BACKEND, PY_CREATED, "useradd --comment \"--uid 1000\" appuser")]),
    ("user-created", &[(BACKEND, PY_USER, "RUN usermod -u 2000 appuser\nUSER appuser")]),
    ("user-created", &[(BACKEND, PY_USER, "RUN usermod --uid=2000 appuser\nUSER appuser")]),
    ("user-created", &[(BACKEND, PY_USER, "USER appuser\nUSER root\nRUN usermod -u 2000 appuser\nUSER appuser")]),
    // A program that the base image does not have.
    ("user-created", &[(BACKEND, PY_CREATED, "adduser -S appuser -u 1000")]),
    ("user-created", &[(BACKEND, PY_CREATED, "adduser -D -H -u 1000 appuser")]),
    ("user-created", &[(BACKEND, PY_CREATED, "adduser --system --uid 1000 appuser")]),
    ("user-created", &[(BACKEND, "groupadd --gid 1000 appuser", "addgroup -S -g 1000 appuser")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN useradd --uid 1001 nextjs\n")]),
    ("user-created", &[(FRONTEND, CREATED, "RUN groupadd --gid 1001 nodejs && adduser -S nextjs -u 1001 -G nodejs\n")]),
    // taskflow.toml says something else.
    ("user-created", &[(TOML, "uid = 1001", "uid = 1002")]),
    ("user", &[(TOML, "user = \"appuser\"\n", ""), (TOML, "uid = 1000", "uid = 1001")]),
];
