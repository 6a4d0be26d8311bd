//! Other ignore files, taskflow.toml, and manifests.

use super::Rewrite;
use crate::world::{BACKEND, BACKEND_IGNORE, FRONTEND, FRONTEND_IGNORE, TOML};

const END: &str = "Dockerfile*\n";

pub(super) const ROWS: &[Rewrite] = &[
    (
        &[],
        &[
            (FRONTEND_IGNORE, "\nnode_modules\n", "\n"),
            (FRONTEND_IGNORE, "\n**/node_modules\n", "\n**/node_modules\n\n"),
        ],
    ),
    (&[], &[(FRONTEND_IGNORE, "\nnode_modules\n", "\n/node_modules\n")]),
    (&[], &[(FRONTEND_IGNORE, "\nnode_modules\n", "\nnode_modules/\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")]),
    (&[], &[(FRONTEND_IGNORE, "\nnode_modules\n", "\n./node_modules\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")]),
    (&[], &[(FRONTEND_IGNORE, "\nnode_modules\n", "\n  node_modules  \n"), (FRONTEND_IGNORE, "**/node_modules\n", "")]),
    (&[], &[(FRONTEND_IGNORE, "\nnode_modules\n", "\nnode_mod*\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")]),
    (&[], &[(FRONTEND_IGNORE, "README.md\n*.md\n", "*.md\n"), (FRONTEND_IGNORE, "**/README.md\n", "")]),
    (&[], &[(FRONTEND_IGNORE, "\n.env*\n", "\n.env*\n.env\n.env.local\n")]),
    (&[], &[(FRONTEND_IGNORE, "\n.vscode\n.idea\n", "\n.idea\n# An editor.\n.vscode\n")]),
    (&[], &[(FRONTEND_IGNORE, "\n.vscode\n.idea\n", "\n.[iv]*\n")]),
    (&[], &[(FRONTEND_IGNORE, END, "Dockerfile*\n!Dockerfile.md.template\n")]),
    (&[], &[(FRONTEND_IGNORE, END, "Dockerfile*\n!playwright.config.ts\n!public/**\n")]),
    (&[], &[(FRONTEND_IGNORE, END, "Dockerfile*\n!Dockerfile\n# !.env\n")]),
    (&[], &[(FRONTEND_IGNORE, "# The contract's list.", "!.env.example\n# The contract's list.")]),
    (&[], &[(FRONTEND_IGNORE, "# The contract's list.", "!README.md\n!node_modules\n# The contract's list.")]),
    (&[], &[(FRONTEND_IGNORE, END, "Dockerfile*\n!.env.production\n.env.production\n")]),
    (&[], &[(FRONTEND_IGNORE, "**/.env*\n", ""), (FRONTEND_IGNORE, "**/.git\n", "")]),
    (&[], &[(BACKEND_IGNORE, "\n*.pyc\n", "\n*.p[!y]c\n*.p[xy]c\n")]),
    (&[], &[(BACKEND_IGNORE, "\n*.pyc\n**/*.pyc\n*.pyo\n**/*.pyo\n", "\n**/*.py[co]\n")]),
    (&[], &[(BACKEND_IGNORE, "\n*.pyc\n**/*.pyc\n*.pyo\n**/*.pyo\n", "\n**/*.py?\n")]),
    (&[], &[(BACKEND_IGNORE, "\ntests/\n", "\ntests\n"), (BACKEND_IGNORE, "**/tests/\n", "")]),
    (
        &[],
        &[
            (BACKEND_IGNORE, "\n.venv\n", "\n"),
            (BACKEND_IGNORE, "\nvenv\n", "\n"),
            (BACKEND_IGNORE, "**/.venv\n", "**/*venv\n"),
        ],
    ),
    (
        &[],
        &[(
            "backend/Dockerfile.dockerignore",
            "",
            "*\n!main.py\n!taskflow\n!requirements.txt\n**/__pycache__\n**/*.py[co]\n**/.env*\n**/tests\n**/*.md\n**/.pytest_cache\n**/.venv\n**/venv\n**/.git\n",
        )],
    ),
    (&[], &[(FRONTEND_IGNORE, "**/*.log\n", "**/*.log\n*.log\n/dist/\nout/**\n")]),
    // taskflow.toml.
    (&[], &[(TOML, "context = \"frontend\"\n", "context = \"frontend\"\ntarget = \"runner\"\n")]),
    (&[], &[(TOML, "context = \"frontend\"\n", "context = \"frontend\"\ntarget = \"Runner\"\n")]),
    (&[], &[(TOML, "context = \"frontend\"\n", "context = \"frontend\"\ntarget = \"1\"\n")]),
    (
        &[],
        &[
            (TOML, "context = \"frontend\"\n", "context = \"frontend\"\ntarget = \"runner\"\n"),
            (
                FRONTEND,
                "CMD [\"node\", \"server.js\"]",
                "CMD [\"node\", \"server.js\"]\nFROM runner AS debug\nUSER root\nEXPOSE 9229",
            ),
        ],
    ),
    (
        &[],
        &[
            (
                TOML,
                "[component.backend.contract]\n",
                "[component.backend.build-secrets.index]\nenv = \"PIP_INDEX\"\n\n[component.backend.contract]\n",
            ),
            (
                BACKEND,
                "RUN --mount=type=cache,target=/root/.cache/pip",
                "RUN --mount=type=secret,target=/run/secrets/index --mount=type=cache,target=/root/.cache/pip",
            ),
        ],
    ),
    (
        &[],
        &[(
            TOML,
            "[component.frontend.build-args.NODE_ENV]\n",
            "[component.frontend.build-args.NODE_ENV]\ndefault = \"production\"\n",
        )],
    ),
    // Manifests.
    (
        &[],
        &[(
            "k8s/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-frontend:1.0.0\n    imagePullPolicy: IfNotPresent\n",
        )],
    ),
    (
        &[],
        &[(
            "k8s/minikube/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-frontend:1.0.0\n    imagePullPolicy: Never\n",
        )],
    ),
    (
        &[],
        &[(
            "k8s/cloud/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: registry.example.org/taskflow-frontend:1.0.0\n",
        )],
    ),
    (
        &[],
        &[(
            "k8s/other.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: postgres:latest\n    imagePullPolicy: Always\n",
        )],
    ),
    (&[], &[("k8s/values.yaml", "", "image: taskflow-frontend:latest\nimagePullPolicy: Always\n")]),
];
