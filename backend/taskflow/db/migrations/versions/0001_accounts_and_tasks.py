"""Accounts and tasks; takes over the tables that versions without migrations have made."""

import sqlalchemy as sa
from alembic import op

from taskflow.db.failures import SchemaError

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = {
    "users": ("id", "email", "name", "password_hash", "created_at"),
    "tasks": ("id", "owner_id", "title", "done", "created_at"),
}


def upgrade() -> None:
    """Create the tables that are not there; those that are there must be complete."""
    _refuse_other_tables()
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.String(100), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_tasks_owner_id", "tasks", ["owner_id"], if_not_exists=True)


def _refuse_other_tables() -> None:
    inspector = sa.inspect(op.get_bind())
    for table, wanted in _TABLES.items():
        if inspector.has_table(table):
            found = {column["name"] for column in inspector.get_columns(table)}
            if lost := [column for column in wanted if column not in found]:
                message = (
                    f"the table {table} lacks {'the column' if len(lost) == 1 else 'the columns'} {', '.join(lost)}"
                )
                raise SchemaError(message)


def downgrade() -> None:
    """Refuse: the only way back is to drop all data."""
    message = "there is nothing before the first migration: drop the tables by hand"
    raise NotImplementedError(message)
