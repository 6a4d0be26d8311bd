//! Other steps: users, installations, copies, and mounts.

use super::Rewrite;
use crate::world::{BACKEND, FRONTEND};

const USER: &str = "USER nextjs\n";
const CREATED: &str = "RUN addgroup -S nodejs -g 1001 && adduser -S nextjs -u 1001 -G nodejs\n";
const PY_USER: &str = "USER appuser\n";
const PY_CREATED: &str =
    "useradd --uid 1000 --gid appuser --no-create-home --home-dir /app --shell /usr/sbin/nologin appuser";
const MANIFESTS: &str = "COPY package*.json ./\n";
const NPM: &str = "RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts --no-audit --no-fund\n";
const COPY: &str = "COPY --from=builder /app/.next/standalone ./";
const ALL: &str = "COPY . .\n";
const PY_COPY: &str = "COPY main.py ./\n";

pub(super) const ROWS: &[Rewrite] = &[
    // The user.
    (&[], &[(FRONTEND, CREATED, "RUN adduser -S nextjs -u 1001\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN adduser -S -u 1001 nextjs\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN adduser -Su1001 nextjs\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN adduser --system --uid 1001 nextjs\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN adduser --system --uid=1001 --ingroup users nextjs\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN adduser -D -H -u 1001 -s /sbin/nologin nextjs\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN adduser -u 1001 -g '' -D nextjs && addgroup nextjs users\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN addgroup -g 1001 -S nodejs\nRUN adduser -u 1001 -S -G nodejs nextjs\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN apk add --no-cache shadow && useradd -u 1001 nextjs\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN apk add shadow\nRUN adduser -S nextjs && usermod -u 1001 nextjs\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN [\"adduser\", \"-S\", \"nextjs\", \"-u\", \"1001\"]\n")]),
    (
        &[],
        &[(
            FRONTEND,
            CREATED,
            "RUN <<EOF\nset -eu\naddgroup -S nodejs -g 1001\nadduser -S nextjs -u 1001 -G nodejs\nEOF\n",
        )],
    ),
    (&[], &[(FRONTEND, CREATED, "RUN /bin/sh -c 'adduser -S nextjs -u 1001'\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN /usr/sbin/adduser -S nextjs -u 1001\n")]),
    (&[], &[(FRONTEND, CREATED, "ARG UID=1001\nRUN adduser -S nextjs -u $UID\n")]),
    (&[], &[(FRONTEND, CREATED, "ENV WHO=nextjs\nRUN adduser -S \"${WHO}\" -u 1001\n")]),
    (&[], &[(FRONTEND, CREATED, "RUN deluser --remove-home node && adduser -S nextjs -u 1001\n")]),
    (&["user-created"], &[(FRONTEND, CREATED, "RUN ID=1001; adduser -S nextjs -u $ID\n")]),
    (
        &["user-created"],
        &[(
            FRONTEND,
            CREATED,
            "RUN echo 'nextjs:x:1001:1001::/app:/sbin/nologin' >> /etc/passwd\nCOPY passwd /etc/passwd\n",
        )],
    ),
    (
        &[],
        &[
            (
                FRONTEND,
                "FROM node:20-alpine AS runner",
                "FROM node:20-alpine AS base\nRUN adduser -S nextjs -u 1001\nFROM base AS runner",
            ),
            (FRONTEND, CREATED, ""),
        ],
    ),
    (&[], &[(BACKEND, PY_CREATED, "useradd -u 1000 -g appuser appuser")]),
    (&[], &[(BACKEND, PY_CREATED, "useradd --uid=1000 --gid=1000 appuser")]),
    (&[], &[(BACKEND, PY_CREATED, "useradd -rmu1000 -s/usr/sbin/nologin appuser")]),
    (&[], &[(BACKEND, PY_CREATED, "useradd --system --create-home --uid 1000 appuser")]),
    (&[], &[(BACKEND, PY_CREATED, "apt-get install -y adduser && adduser --system --uid 1000 appuser")]),
    (&[], &[(BACKEND, PY_CREATED, "useradd app && usermod --login appuser --uid 1000 app && id appuser")]),
    (&[], &[(BACKEND, "groupadd --gid 1000 appuser \\\n    && ", "")]),
    // Packages that are no build tools.
    (&[], &[(FRONTEND, USER, "RUN apk add --no-cache curl libc6-compat tini vips\nUSER nextjs\n")]),
    (&[], &[(FRONTEND, USER, "RUN apk del gcc && echo apk add gcc\nUSER nextjs\n")]),
    (
        &[],
        &[(
            BACKEND,
            PY_USER,
            "RUN apt-get update && apt-get install -y --no-install-recommends libpq5 ca-certificates && rm -rf /var/lib/apt/lists/*\nUSER appuser\n",
        )],
    ),
    (&[], &[(BACKEND, PY_USER, "RUN apt-get remove -y gcc make\nUSER appuser\n")]),
    (&[], &[(BACKEND, "WORKDIR /build\n", "RUN apt-get update && apt-get install -y gcc libpq-dev\nWORKDIR /build\n")]),
    // The installation.
    (&[], &[(FRONTEND, NPM, "RUN npm ci\n")]),
    (&[], &[(FRONTEND, NPM, "RUN [\"npm\", \"ci\"]\n")]),
    (&[], &[(FRONTEND, NPM, "RUN <<EOF\nnpm ci --omit=dev\nEOF\n")]),
    (&[], &[(FRONTEND, NPM, "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n")]),
    (&[], &[(FRONTEND, NPM, "RUN npm install --production && npm cache clean --force\n")]),
    (
        &[],
        &[
            (FRONTEND, NPM, "RUN corepack enable pnpm && pnpm install --frozen-lockfile\n"),
            (FRONTEND, MANIFESTS, "COPY package.json pnpm-lock.yaml .npmrc ./\nCOPY patches ./patches\n"),
        ],
    ),
    (
        &[],
        &[
            (
                FRONTEND,
                NPM,
                "RUN --mount=type=bind,source=package.json,target=package.json --mount=type=bind,source=package-lock.json,target=package-lock.json npm ci\n",
            ),
            (FRONTEND, MANIFESTS, ""),
        ],
    ),
    (&[], &[(FRONTEND, MANIFESTS, "COPY package.json package-lock.json ./\n")]),
    (&[], &[(FRONTEND, MANIFESTS, "COPY [\"package.json\", \"package-lock.json\", \"./\"]\n")]),
    (&[], &[(FRONTEND, MANIFESTS, "COPY --link package*.json ./\n")]),
    (&[], &[(FRONTEND, MANIFESTS, "ADD ./package.json ./package-lock.json /app/\n")]),
    (&[], &[(FRONTEND, MANIFESTS, "COPY package*.json ./\nCOPY <<EOF .npmrc\nfund=false\nEOF\n")]),
    (&[], &[(FRONTEND, ALL, "COPY app ./app\nCOPY lib components ./\nCOPY . .\n")]),
    (&[], &[(FRONTEND, ALL, "COPY . .\nRUN npm run lint\nRUN npm test\n")]),
    (&[], &[(FRONTEND, "npm run build \\\n", "npx next build \\\n")]),
    (
        &[],
        &[
            (
                FRONTEND,
                "FROM node:20-alpine AS builder",
                "FROM node:20-alpine AS deps\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nFROM node:20-alpine AS builder",
            ),
            (FRONTEND, NPM, "COPY --from=deps /app/node_modules ./node_modules\n"),
        ],
    ),
    (
        &[],
        &[(
            FRONTEND,
            "# Stage 2: the server",
            "FROM node:20-alpine AS check\nCOPY . .\nRUN npm ci && npm run lint\n# Stage 2: the server",
        )],
    ),
    (&[], &[(BACKEND, "COPY requirements.txt ./\n", "COPY requirements.txt constraints.txt ./\n")]),
    (
        &[],
        &[
            (BACKEND, "    pip install --disable", "    python -m pip install -c constraints.txt --disable"),
            (BACKEND, "COPY requirements.txt ./\n", "COPY requirements*.txt constraints.txt pyproject.toml ./\n"),
        ],
    ),
    (&[], &[(BACKEND, PY_COPY, "COPY main.py ./\nRUN pip install --no-deps .\n")]),
    (
        &[],
        &[
            (
                BACKEND,
                "COPY requirements.txt ./\n",
                "COPY requirements.txt pyproject.toml uv.lock ./\nRUN uv sync --locked --no-install-project\n",
            ),
            (BACKEND, PY_COPY, "COPY main.py ./\nRUN uv sync --locked\n"),
        ],
    ),
    // What the final stage takes.
    (&[], &[(FRONTEND, COPY, "COPY --from=builder --chown=root:root --chmod=0755 /app/.next/standalone ./")]),
    (&[], &[(FRONTEND, COPY, "COPY --from=0 /app/.next/standalone/ /app/")]),
    (&[], &[(FRONTEND, COPY, "COPY --link --from=Builder /app/.next/standalone /app")]),
    (&[], &[(FRONTEND, COPY, "COPY --from=builder [\"/app/.next/standalone\", \"./\"]")]),
    (
        &[],
        &[(
            FRONTEND,
            COPY,
            "COPY --from=builder /app/.next/standalone ./\nCOPY --from=builder /app/.next/static ./.next/static\nCOPY --from=builder /app/public ./public",
        )],
    ),
    (&[], &[(FRONTEND, COPY, "COPY --from=builder /app/.next/standalone ./\nCOPY public ./public")]),
    (
        &[],
        &[(FRONTEND, COPY, "RUN --mount=type=bind,from=builder,source=/app/.next/standalone,target=/in cp -r /in/. .")],
    ),
    (
        &[],
        &[(
            FRONTEND,
            COPY,
            "COPY --from=builder /app/.next/standalone ./\nCOPY <<EOF /app/health.js\nprocess.exit(0)\nEOF",
        )],
    ),
    (
        &[],
        &[(
            FRONTEND,
            COPY,
            "COPY --from=node:20-alpine /usr/local/bin/node ./n\nCOPY --from=builder /app/.next/standalone ./",
        )],
    ),
    (
        &[],
        &[(
            BACKEND,
            "COPY --from=builder /app ./\n",
            "COPY --from=builder /app/main.py ./\nCOPY --from=builder /app/taskflow ./taskflow\n",
        )],
    ),
    (
        &[],
        &[(
            BACKEND,
            PY_USER,
            "RUN python -m compileall -q /app && pip --version && rm -rf /root/.cache\nUSER appuser\n",
        )],
    ),
    (&[], &[(BACKEND, PY_USER, "RUN cat <<EOF > /app/notes\npip install x\napt-get install gcc\nEOF\nUSER appuser\n")]),
];
