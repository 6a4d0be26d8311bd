//! Ignore files that exclude less than the contract wants.

use super::Mutation;
use crate::world::{BACKEND_IGNORE, FRONTEND_IGNORE, TOML};

const RULE: &str = "ignore-entries";
const VALID: &str = "ignore-file-valid";
const END: &str = "Dockerfile*\n";
const PY_END: &str = "requirements-dev.txt\n";

pub(super) const ROWS: &[Mutation] = &[
    // One entry removed, in both forms.
    (RULE, &[(FRONTEND_IGNORE, "\nnode_modules\n", "\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n.next\n", "\n"), (FRONTEND_IGNORE, "**/.next\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n.git\n", "\n"), (FRONTEND_IGNORE, "**/.git\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n.env*\n", "\n"), (FRONTEND_IGNORE, "**/.env*\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n*.md\n", "\n"), (FRONTEND_IGNORE, "**/*.md\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n.vscode\n", "\n"), (FRONTEND_IGNORE, "**/.vscode\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n.idea\n", "\n"), (FRONTEND_IGNORE, "**/.idea\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\n__pycache__\n", "\n"), (BACKEND_IGNORE, "**/__pycache__\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\n*.pyc\n", "\n"), (BACKEND_IGNORE, "**/*.pyc\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\n*.pyo\n", "\n"), (BACKEND_IGNORE, "**/*.pyo\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\n.venv\n", "\n"), (BACKEND_IGNORE, "**/.venv\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\nvenv\n", "\n"), (BACKEND_IGNORE, "**/venv\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\n.git\n", "\n"), (BACKEND_IGNORE, "**/.git\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\n.env*\n", "\n"), (BACKEND_IGNORE, "**/.env*\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\ntests/\n", "\n"), (BACKEND_IGNORE, "**/tests/\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\n*.md\n", "\n"), (BACKEND_IGNORE, "**/*.md\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\n.pytest_cache\n", "\n"), (BACKEND_IGNORE, "**/.pytest_cache\n", "")]),
    // Near misses.
    (RULE, &[(FRONTEND_IGNORE, "\nnode_modules\n", "\n# node_modules\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\nnode_modules\n", "\nNode_Modules\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")]),
    (
        RULE,
        &[
            (FRONTEND_IGNORE, "\nnode_modules\n", "\nnode_modules # dependencies\n"),
            (FRONTEND_IGNORE, "**/node_modules\n", ""),
        ],
    ),
    (RULE, &[(FRONTEND_IGNORE, "\nnode_modules\n", "\nnode_modules;\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")]),
    (
        RULE,
        &[(FRONTEND_IGNORE, "\nnode_modules\n", "\n\"node_modules\"\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")],
    ),
    (RULE, &[(FRONTEND_IGNORE, "\nnode_modules\n", "\nnode_module\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\nnode_modules\n", "\nnode-modules\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\nnode_modules\n", "\n*/node_modules\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")]),
    (
        RULE,
        &[
            (FRONTEND_IGNORE, "\nnode_modules\n", "\nfrontend/node_modules\n"),
            (FRONTEND_IGNORE, "**/node_modules\n", ""),
        ],
    ),
    (
        RULE,
        &[(FRONTEND_IGNORE, "\nnode_modules\n", "\nnode_modules/.cache\n"), (FRONTEND_IGNORE, "**/node_modules\n", "")],
    ),
    (
        RULE,
        &[
            (FRONTEND_IGNORE, "\nnode_modules\n", "\nnode_modules/**/*.js\n"),
            (FRONTEND_IGNORE, "**/node_modules\n", ""),
        ],
    ),
    (RULE, &[(FRONTEND_IGNORE, "\n.env*\n", "\n.env\n"), (FRONTEND_IGNORE, "**/.env*\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n.env*\n", "\n.env.*\n"), (FRONTEND_IGNORE, "**/.env*\n", "**/.env.*\n")]),
    (
        RULE,
        &[(FRONTEND_IGNORE, "\n.env*\n", "\n.env.local\n.env\n.env.production\n"), (FRONTEND_IGNORE, "**/.env*\n", "")],
    ),
    (RULE, &[(FRONTEND_IGNORE, "\n.env*\n", "\n.env?*\n"), (FRONTEND_IGNORE, "**/.env*\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n.env*\n", "\nenv*\n"), (FRONTEND_IGNORE, "**/.env*\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n.env*\n", "\n[.]env\n"), (FRONTEND_IGNORE, "**/.env*\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n*.md\n", "\n"), (FRONTEND_IGNORE, "**/*.md\n", "docs/*.md\n")]),
    (RULE, &[(FRONTEND_IGNORE, "\n*.md\n", "\n*.MD\n"), (FRONTEND_IGNORE, "**/*.md\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n*.md\n", "\n*.mdx\n"), (FRONTEND_IGNORE, "**/*.md\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n*.md\n", "\nCHANGELOG.md\n"), (FRONTEND_IGNORE, "**/*.md\n", "")]),
    (RULE, &[(FRONTEND_IGNORE, "\n.git\n", "\n.git/objects\n"), (FRONTEND_IGNORE, "**/.git\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\n*.pyc\n", "\n*.py[od]\n"), (BACKEND_IGNORE, "**/*.pyc\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\n*.pyc\n", "\n*.{pyc,pyo}\n"), (BACKEND_IGNORE, "**/*.pyc\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\ntests/\n", "\ntests/unit/\n"), (BACKEND_IGNORE, "**/tests/\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\ntests/\n", "\ntest/\n"), (BACKEND_IGNORE, "**/tests/\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\ntests/\n", "\ntests/*.py\n"), (BACKEND_IGNORE, "**/tests/\n", "")]),
    (RULE, &[(BACKEND_IGNORE, "\nvenv\n", "\n"), (BACKEND_IGNORE, "**/venv\n", "**/venv/bin\n")]),
    // Included again.
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!.env.production\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!.env.example\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!.env\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!.env*\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!**/.env.local\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!.env.staging-eu\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!.env.[ps]*\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!README.md\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!LICENSE.md\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!node_modules/next\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!node_modules/*/package.json\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!**/package.json\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!.git/HEAD\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!*\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!**\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n! .vscode\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!/.idea/\n")]),
    (RULE, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!./.vscode/settings.json\n")]),
    (RULE, &[(BACKEND_IGNORE, PY_END, "requirements-dev.txt\n!tests/fixtures\n")]),
    (RULE, &[(BACKEND_IGNORE, PY_END, "requirements-dev.txt\n!tests\n")]),
    (RULE, &[(BACKEND_IGNORE, PY_END, "requirements-dev.txt\n!*.pyc\n")]),
    (RULE, &[(BACKEND_IGNORE, PY_END, "requirements-dev.txt\n!**/*.py?\n")]),
    // A pattern for a folder that is excluded already does not count for what is inside of it.
    (
        RULE,
        &[(FRONTEND_IGNORE, END, "Dockerfile*\n!**/*.ts\nnode_modules\n.next\n.git\n.env*\n*.md\n.vscode\n.idea\n")],
    ),
    // Another file takes the place of the ignore file.
    (RULE, &[("frontend/Dockerfile.dockerignore", "", "node_modules\n.next\n.git\n")]),
    (RULE, &[("backend/Dockerfile.dockerignore", "", "")]),
    (RULE, &[(TOML, "context = \"frontend\"\n", "context = \"frontend-app\"\ndockerfile = \"frontend/Dockerfile\"\n")]),
    // A file that is there, although the root of the context has none.
    (RULE, &[(FRONTEND_IGNORE, "**/.env*\n", ""), ("frontend/lib/.env.local", "", "A=b\n")]),
    (RULE, &[(FRONTEND_IGNORE, "**/node_modules\n", ""), ("frontend/packages/a/node_modules/b/index.js", "", "")]),
    (
        RULE,
        &[
            (FRONTEND_IGNORE, "**/*.md\n", ""),
            (FRONTEND_IGNORE, "**/README.md\n", ""),
            ("frontend/app/README.md", "", "# A\n"),
        ],
    ),
    (RULE, &[(BACKEND_IGNORE, "**/tests/\n", ""), ("backend/taskflow/tests/test_a.py", "", "")]),
    (
        RULE,
        &[
            (BACKEND_IGNORE, PY_END, "requirements-dev.txt\n!taskflow/**\n"),
            ("backend/taskflow/__pycache__/a.cpython-313.pyc", "", ""),
        ],
    ),
    // Patterns that are not valid.
    (VALID, &[(FRONTEND_IGNORE, END, "Dockerfile*\n[\n")]),
    (VALID, &[(FRONTEND_IGNORE, END, "Dockerfile*\n!\n")]),
    (VALID, &[(FRONTEND_IGNORE, END, "Dockerfile*\n[a-\n")]),
    (VALID, &[(FRONTEND_IGNORE, END, "Dockerfile*\n[]a]\n")]),
    (VALID, &[(FRONTEND_IGNORE, END, "Dockerfile*\n[z-a]\n")]),
    (VALID, &[(FRONTEND_IGNORE, END, "Dockerfile*\na\\\n")]),
    (VALID, &[(BACKEND_IGNORE, PY_END, "requirements-dev.txt\n![\n")]),
];
