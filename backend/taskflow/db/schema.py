"""What the tables must have, and the way there.

The tables are changed by the migrations beside this file and by nothing else, at the start of the
application and under a lock, all steps in one transaction: replicas that start together take turns,
and what fails leaves no trace.
"""

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection as EngineConnection
from sqlmodel import SQLModel, text

import taskflow.models  # noqa: F401 - registers the tables
from taskflow.db.connection import Connection
from taskflow.db.failures import SchemaError

if TYPE_CHECKING:
    from types import ModuleType

logger = logging.getLogger(__name__)

HEAD: Final = "0002"
"""The newest migration. A database that has it needs no Alembic, which is 10 MB of memory and time to import."""
MIGRATION_LIMIT: Final = 300.0
"""Seconds for all migrations together; an index of a large table takes its time."""

_LOCK: Final = 0x7461736B666C6F77  # "taskflow"
# A change waits for a table behind whoever uses it, and everybody else waits behind the change. Not longer than this.
_LOCK_LIMIT_STATEMENT: Final = "SET LOCAL lock_timeout = '3s'"
_LOCK_STATEMENT: Final = "SELECT pg_advisory_xact_lock(:key)"
_HAS_REVISION: Final = "SELECT to_regclass('alembic_version') IS NOT NULL"
_REVISION: Final = "SELECT version_num FROM alembic_version"
# What somebody emptied has to be made from the beginning.
_FORGET_REVISION: Final = "DELETE FROM alembic_version"


class Column(NamedTuple):
    """A column that this version reads or writes."""

    table: str
    name: str
    type: str


class Flaw(NamedTuple):
    """A column that is not as this version needs it: missing, or of a type that cannot hold the same values."""

    table: str
    column: str
    wanted: str
    found: str | None


_DIALECT: Final = make_url("postgresql+psycopg://").get_dialect()()
COLUMNS: Final = [
    Column(table.name, column.name, column.type.compile(_DIALECT).lower())
    for table in SQLModel.metadata.sorted_tables
    for column in table.columns
]

# It reads catalogs only: a lock on a table does not hold it up. Types of one category (varchar and text) do the same.
_FLAWS: Final = """
SELECT wanted.table_name, wanted.column_name, wanted.type_name, format_type(there.atttypid, there.atttypmod)
FROM unnest(%s::text[], %s::text[], %s::text[]) AS wanted (table_name, column_name, type_name)
LEFT JOIN pg_attribute there ON there.attrelid = to_regclass(quote_ident(wanted.table_name))
    AND there.attname = wanted.column_name AND there.attnum > 0 AND NOT there.attisdropped
LEFT JOIN pg_type found ON found.oid = there.atttypid
LEFT JOIN pg_type needed ON needed.oid = to_regtype(wanted.type_name)
WHERE there.attname IS NULL OR found.typcategory <> needed.typcategory
"""
_FLAWS_PARAMETERS: Final = [list(values) for values in zip(*COLUMNS, strict=True)]


def describe(flaws: list[Flaw]) -> str:
    """Say what is missing, a table as a whole or the columns that it lacks, and what has another type."""
    sentences = []
    for table in dict.fromkeys(flaw.table for flaw in flaws):
        here = [flaw for flaw in flaws if flaw.table == table]
        lost = [flaw.column for flaw in here if flaw.found is None]
        if len(lost) == sum(column.table == table for column in COLUMNS):
            sentences.append(f"the table {table} is missing")
        elif lost:
            noun = "the column" if len(lost) == 1 else "the columns"
            sentences.append(f"the table {table} lacks {noun} {', '.join(lost)}")
        sentences += [
            f"the column {flaw.column} of the table {table} has the type {flaw.found}, not {flaw.wanted}"
            for flaw in here
            if flaw.found is not None
        ]
    return "; ".join(sentences)


async def find_flaws(connection: Connection) -> list[Flaw]:
    """Return every column that is not as this version needs it."""
    rows = await (await connection.execute(_FLAWS, _FLAWS_PARAMETERS)).fetchall()
    return [Flaw(*row) for row in rows]


async def prepare(connection: EngineConnection, limit: asyncio.Timeout) -> None:
    """Make the tables what this version needs, or raise; the transaction of the caller has all of it or nothing.

    ``limit`` is extended when there is something to change.
    """
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, Connection):
        raise TypeError
    await connection.execute(text(_LOCK_LIMIT_STATEMENT))
    await connection.execute(text(_LOCK_STATEMENT), {"key": _LOCK})
    revision = await _revision(connection)
    flaws = await find_flaws(driver)
    if revision is not None and [flaw.found for flaw in flaws] == [None] * len(COLUMNS):
        await connection.execute(text(_FORGET_REVISION))
        revision = None
    if revision != HEAD:
        limit.reschedule(asyncio.get_running_loop().time() + MIGRATION_LIMIT)
        driver.answer_limit = MIGRATION_LIMIT
        try:
            await _migrate(connection, revision)
        finally:
            driver.answer_limit = None
        flaws = await find_flaws(driver)
    if flaws:
        raise SchemaError(describe(flaws))


async def _revision(connection: EngineConnection) -> str | None:
    if not (await connection.execute(text(_HAS_REVISION))).scalar_one():
        return None
    revision = (await connection.execute(text(_REVISION))).scalar_one_or_none()
    return None if revision is None else str(revision)


async def _migrate(connection: EngineConnection, revision: str | None) -> None:
    migrate = await asyncio.to_thread(_alembic)
    if revision is not None and not migrate.knows(revision):
        # A newer version was here. It may have kept what this one needs, as during a rolling update.
        logger.warning("database: revision %s is of a newer version; this one knows %s", revision, HEAD)
        return
    await connection.run_sync(migrate.upgrade)
    logger.info("database: migrated from %s to %s", revision or "nothing", HEAD)


def _alembic() -> "ModuleType":
    from taskflow.db import migrate  # noqa: PLC0415 - few starts need it

    return migrate
