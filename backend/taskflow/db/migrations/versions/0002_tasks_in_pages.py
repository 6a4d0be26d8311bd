"""An index in the order of the task list, for reading it page by page."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace the index of owners; the new one begins with the owner, too."""
    op.create_index("ix_tasks_owner_id_created_at_id", "tasks", ["owner_id", "created_at", "id"])
    op.drop_index("ix_tasks_owner_id", "tasks")


def downgrade() -> None:
    """Bring the index of owners back."""
    op.create_index("ix_tasks_owner_id", "tasks", ["owner_id"])
    op.drop_index("ix_tasks_owner_id_created_at_id", "tasks")
