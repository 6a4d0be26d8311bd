//! A final stage that takes more than what runs.

use super::Mutation;
use crate::world::{BACKEND, FRONTEND};

const COPY: &str = "COPY --from=builder /app/.next/standalone ./";
const USER: &str = "USER nextjs";
const PY_COPY: &str = "COPY --from=builder /app ./";
const PY_USER: &str = "USER appuser";
const RULE: &str = "runtime-artifacts";

pub(super) const ROWS: &[Mutation] = &[
    // The whole stage, or the folder with the sources.
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder /app ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder /app/ ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder /app/. ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder /app/* ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder app ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder /app/.next/../ ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder / /")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder /. /")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder . /")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder /* /")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=0 /app ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=BUILDER /app ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY --link --chown=1001:1001 --from=builder /app ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder [\"/app\", \"./\"]")]),
    (RULE, &[(FRONTEND, COPY, "COPY --from=builder /app/.next/standalone /app /app/")]),
    (RULE, &[(FRONTEND, COPY, "copy --from=builder \\\n  /app \\\n  ./")]),
    (RULE, &[(FRONTEND, COPY, "ARG OUT=/app\nCOPY --from=builder ${OUT} ./")]),
    (RULE, &[(FRONTEND, COPY, "RUN --mount=type=bind,from=builder,source=/app,target=/in cp -r /in/. .")]),
    (RULE, &[(FRONTEND, COPY, "RUN --mount=from=builder,target=/in cp -r /in/app/. .")]),
    (RULE, &[(BACKEND, PY_COPY, "COPY --from=builder / /")]),
    (RULE, &[(BACKEND, PY_COPY, "COPY --from=builder /app ./\nCOPY --from=builder /build/../ /all")]),
    // The build context.
    (RULE, &[(FRONTEND, COPY, "COPY . .")]),
    (RULE, &[(FRONTEND, COPY, "COPY ./ ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY / .")]),
    (RULE, &[(FRONTEND, COPY, "COPY * ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY ./* ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY [\".\", \".\"]")]),
    (RULE, &[(FRONTEND, COPY, "ADD . /app")]),
    (RULE, &[(FRONTEND, COPY, "COPY --chown=nextjs . .")]),
    (RULE, &[(FRONTEND, COPY, "COPY lib/.. ./")]),
    (RULE, &[(FRONTEND, COPY, "COPY package.json . ./")]),
    (RULE, &[(FRONTEND, COPY, "ENV SRC=.\nCOPY $SRC ./")]),
    (RULE, &[(BACKEND, PY_COPY, "COPY . /app")]),
    (RULE, &[(BACKEND, PY_COPY, "ADD --chown=1000:1000 ./ .")]),
    // Installs and builds.
    (RULE, &[(FRONTEND, USER, "RUN npm ci --omit=dev\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN [\"npm\", \"ci\"]\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN cd /app && npm install --production && rm -rf /root/.npm\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN /usr/local/bin/npm i\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN sh -c \"npm ci\"\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN <<EOF\nset -e\nnpm --prefix /app ci\nEOF\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN --mount=type=cache,target=/root/.npm NODE_ENV=production npm ci\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN corepack enable && yarn --immutable\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN if [ -f pnpm-lock.yaml ]; then pnpm i; fi\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "SHELL [\"/bin/ash\", \"-ec\"]\nRUN npm ci\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN npx next build\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN npm run build\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN npm exec -- next build\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "RUN yarn build\nUSER nextjs")]),
    (RULE, &[(FRONTEND, USER, "USER nextjs\nRUN npm add left-pad")]),
    (RULE, &[(BACKEND, PY_USER, "RUN pip install uvicorn\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN pip3 install --no-cache-dir uvicorn\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN pip3.13 install uvicorn\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN python -m pip install uvicorn\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN python3 -I -m pip install uvicorn\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN python3.13 -m pip --no-cache-dir install -r requirements.txt\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN bash -lc 'pip install uvicorn'\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN [\"/bin/sh\", \"-c\", \"pip install uvicorn\"]\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN <<EOF bash\npip install \\\n  uvicorn\nEOF\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN env PIP_NO_CACHE_DIR=1 pip install uvicorn\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN uv sync --frozen\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN uv pip install uvicorn\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN poetry install --no-root\nUSER appuser")]),
    (RULE, &[(BACKEND, PY_USER, "RUN xargs pip install < requirements.txt\nUSER appuser")]),
];
