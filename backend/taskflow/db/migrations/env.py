"""How Alembic runs the migrations: on the application's connection, or from the command line on ``DATABASE_URL``."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

import taskflow.models  # noqa: F401 - registers the tables
from taskflow.config import database_conninfo


def run(connection: Connection) -> None:
    """Run the migrations in one transaction, or in the one that is open."""
    context.configure(connection=connection, target_metadata=SQLModel.metadata)
    with context.begin_transaction():
        context.run_migrations()


def from_command_line() -> None:
    """Connect as the application does."""
    import psycopg  # noqa: PLC0415

    conninfo = database_conninfo(os.environ.get("DATABASE_URL", ""))
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=NullPool)
    with engine.connect() as connection:
        run(connection)


given = context.config.attributes.get("connection")
if given is None:
    from_command_line()
else:
    run(given)
