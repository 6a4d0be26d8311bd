"""Tables: made at the start, migrated from what earlier versions made, and never incomplete and healthy."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import Connection as SyncConnection
from sqlmodel import SQLModel

from taskflow.config import database_conninfo
from taskflow.db import Database, migrate, schema
from taskflow.db import database as db_database
from tests.helpers import (
    BACKEND,
    HEALTHY,
    PASSWORD,
    UNHEALTHY,
    Client,
    Process,
    Server,
    environment,
    scrypt_hash,
    wait_until,
)

# What version 1.0.0 created, as PostgreSQL describes it, and one account with one task.
TABLES_BEFORE_MIGRATIONS = """
CREATE TABLE users (
    email VARCHAR(254) NOT NULL,
    name VARCHAR(100),
    id UUID NOT NULL,
    password_hash VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (email)
);
CREATE TABLE tasks (
    id UUID NOT NULL,
    owner_id UUID NOT NULL,
    title VARCHAR(200) NOT NULL,
    done BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(owner_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_tasks_owner_id ON tasks (owner_id);
"""


def run(url: str, statement: str, *parameters: object) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), parameters or None)
        return [] if cursor.description is None else cursor.fetchall()


def revision(url: str) -> object:
    return run(url, "SELECT version_num FROM alembic_version")[0][0]


def indexes(url: str) -> set[object]:
    return {name for (name,) in run(url, "SELECT indexname FROM pg_indexes WHERE tablename = 'tasks'")}


@contextmanager
def running(url: str) -> Iterator[Client]:
    with Server(environment(url)) as server, server.client() as client:
        yield client


@contextmanager
def healthy(url: str) -> Iterator[Client]:
    """Run the application until it is healthy, which may be a moment after its start."""
    with running(url) as client:
        wait_until(lambda: client.health() == HEALTHY)
        yield client


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("taskflow")]


@pytest.fixture
def old_database_url(empty_database_url: str) -> str:
    run(empty_database_url, TABLES_BEFORE_MIGRATIONS)
    return empty_database_url


def add_account(url: str) -> str:
    """Add somebody with a task, as an earlier version would have."""
    email, user = f"{uuid4()}@example.com", uuid4()
    stored = scrypt_hash(PASSWORD)
    run(url, "INSERT INTO users VALUES (%s, 'Ann', %s, %s, %s)", email, user, stored, datetime.now(UTC))
    run(url, "INSERT INTO tasks VALUES (%s, %s, 'Kept', true, %s)", uuid4(), user, datetime.now(UTC))
    return email


def test_a_new_database_is_what_the_models_say(empty_database_url: str) -> None:
    with healthy(empty_database_url) as client:
        assert client.health() == HEALTHY
    assert revision(empty_database_url) == schema.HEAD

    def difference(connection: SyncConnection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata)
        return found

    async def compare() -> list[object]:
        engine = db_database.create_engine(SecretStr(database_conninfo(empty_database_url)))
        async with engine.begin() as connection:
            found = await connection.run_sync(difference)
        await engine.dispose()
        return found

    assert asyncio.run(compare()) == []


def test_the_newest_migration_is_the_one_that_the_application_expects() -> None:
    assert migrate.head() == schema.HEAD


def test_a_database_of_a_version_without_migrations_keeps_its_data(
    old_database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "taskflow")
    email = add_account(old_database_url)
    with healthy(old_database_url) as client:
        assert client.health() == HEALTHY
        answer = client.post("/api/auth/sign-in", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200
        assert answer.json()["user"]["name"] == "Ann"
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        assert [(task["title"], task["done"]) for task in client.get("/api/tasks").json()] == [("Kept", True)]
        client.add_task("New")
    assert f"database: migrated from nothing to {schema.HEAD}" in said(caplog)
    assert revision(old_database_url) == schema.HEAD
    assert indexes(old_database_url) == {"tasks_pkey", "ix_tasks_owner_id_created_at_id"}


def test_a_database_of_the_first_migration_is_brought_to_the_newest(old_database_url: str) -> None:
    run(old_database_url, "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    run(old_database_url, "INSERT INTO alembic_version VALUES ('0001')")
    with healthy(old_database_url) as client:
        assert client.health() == HEALTHY
    assert revision(old_database_url) == schema.HEAD
    assert "ix_tasks_owner_id" not in indexes(old_database_url)


@pytest.mark.parametrize("old", [True, False], ids=["old tables", "no tables"])
def test_of_two_processes_that_start_at_once_one_migrates(empty_database_url: str, old: bool) -> None:  # noqa: FBT001
    if old:
        run(empty_database_url, TABLES_BEFORE_MIGRATIONS)
        add_account(empty_database_url)
    processes = [Process(environment(empty_database_url)) for _ in range(2)]
    with processes[0] as first, processes[1] as second, first.client() as one, second.client() as two:
        wait_until(lambda: one.health() == HEALTHY and two.health() == HEALTHY)
        migrated = [
            message
            for each in (first, second)
            for message in each.messages()
            if message.startswith("database: migrated")
        ]
    assert migrated == [f"database: migrated from nothing to {schema.HEAD}"]
    assert run(empty_database_url, "SELECT count(*) FROM tasks") == [(int(old),)]


COLUMNS = [(column.table, column.name) for column in schema.COLUMNS if (column.table, column.name) != ("users", "id")]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
@pytest.mark.parametrize("renamed", [True, False], ids=["renamed", "dropped"])
def test_a_table_that_loses_a_column_is_not_healthy(
    empty_database_url: str,
    caplog: pytest.LogCaptureFixture,
    table: str,
    column: str,
    renamed: bool,  # noqa: FBT001
) -> None:
    names = sql.Identifier(table), sql.Identifier(column)
    change = "ALTER TABLE {} RENAME COLUMN {} TO other" if renamed else "ALTER TABLE {} DROP COLUMN {} CASCADE"
    with healthy(empty_database_url) as client:
        client.new_user()
        assert client.health() == HEALTHY
        with psycopg.connect(empty_database_url, autocommit=True) as connection:
            connection.execute(sql.SQL(change).format(*names))
        assert client.health() == UNHEALTHY
        wait_until(
            lambda: f"database: not ready, will try again: the table {table} lacks the column {column}" in said(caplog)
        )
        assert client.health() == UNHEALTHY
        if renamed:
            # Nothing was done to the table: as soon as the column is back, so is the application, with its data.
            with psycopg.connect(empty_database_url, autocommit=True) as connection:
                connection.execute(sql.SQL("ALTER TABLE {} RENAME COLUMN other TO {}").format(*names))
            wait_until(lambda: client.health() == HEALTHY)
            assert client.get("/api/me").status_code == 200


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("ALTER TABLE tasks DROP COLUMN done", "the table tasks lacks the column done"),
        ("ALTER TABLE tasks DROP COLUMN done, DROP COLUMN title", "the table tasks lacks the columns title, done"),
        ("ALTER TABLE users DROP COLUMN name", "the table users lacks the column name"),
        ("ALTER TABLE users RENAME COLUMN created_at TO born", "the table users lacks the column created_at"),
    ],
)
def test_an_old_database_that_lacks_a_column_is_neither_healthy_nor_changed(
    old_database_url: str, caplog: pytest.LogCaptureFixture, change: str, words: str
) -> None:
    email = add_account(old_database_url)
    run(old_database_url, change)
    with running(old_database_url) as client:
        assert client.health() == UNHEALTHY
        assert client.post("/api/auth/sign-in", json={"email": email, "password": PASSWORD}).status_code in {200, 503}
        assert client.health() == UNHEALTHY
    assert f"database: not ready, will try again: {words}" in said(caplog)
    assert run(old_database_url, "SELECT to_regclass('alembic_version')") == [(None,)]
    assert "ix_tasks_owner_id" in indexes(old_database_url)


def test_a_request_that_finds_a_column_missing_says_503(empty_database_url: str) -> None:
    with healthy(empty_database_url) as client:
        client.new_user()
        run(empty_database_url, "ALTER TABLE tasks DROP COLUMN done")
        answer = client.get("/api/tasks")
        assert (answer.status_code, answer.json()) == (503, {"detail": "the database is not available"})
        assert client.health() == UNHEALTHY


def test_one_table_that_is_missing_is_said_and_not_made_up(
    empty_database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with healthy(empty_database_url) as client:
        assert client.health() == HEALTHY
        run(empty_database_url, "DROP TABLE tasks")
        assert client.health() == UNHEALTHY
        wait_until(lambda: "database: not ready, will try again: the table tasks is missing" in said(caplog))
        assert client.health() == UNHEALTHY


def test_a_database_of_a_newer_version_works_if_it_has_what_is_needed(
    empty_database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An instance that starts again while a newer version is being rolled out."""
    with healthy(empty_database_url) as client:
        client.new_user()
    run(empty_database_url, "ALTER TABLE tasks ADD COLUMN colour VARCHAR")
    run(empty_database_url, "UPDATE alembic_version SET version_num = '9999'")
    with healthy(empty_database_url) as client:
        assert client.health() == HEALTHY
        client.new_user()
        client.add_task("Still here")
    assert revision(empty_database_url) == "9999"
    assert f"database: revision 9999 is of a newer version; this one knows {schema.HEAD}" in said(caplog)
    run(empty_database_url, "ALTER TABLE tasks DROP COLUMN title")
    with running(empty_database_url) as client:
        assert client.health() == UNHEALTHY


def test_a_migration_that_has_to_wait_for_a_table_lets_others_pass(
    old_database_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(schema, "_LOCK_LIMIT_STATEMENT", "SET LOCAL lock_timeout = '300ms'")
    with psycopg.connect(old_database_url) as lock:
        lock.execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
        with running(old_database_url) as client:
            assert client.health() == UNHEALTHY
            wait_until(lambda: any("a table is locked" in message for message in said(caplog)))
            lock.rollback()
            wait_until(lambda: client.health() == HEALTHY)


def test_a_migration_may_take_longer_than_an_answer(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "taskflow")
    monkeypatch.setattr("taskflow.db.connection.ANSWER_LIMIT", 0.8)
    monkeypatch.setattr(db_database, "SESSION_LIMIT", 2.0)
    real = migrate.upgrade

    def slow(connection: SyncConnection) -> None:
        connection.exec_driver_sql("SELECT pg_sleep(2.5)")
        real(connection)

    monkeypatch.setattr(migrate, "upgrade", slow)

    async def start() -> bool:
        database = Database(SecretStr(database_conninfo(empty_database_url)))
        await database.start()
        for _ in range(100):
            if await database.reachable(1):
                break
            await asyncio.sleep(0.1)
        reachable = await database.reachable(1)
        await database.close()
        return reachable

    assert asyncio.run(start())
    assert [message for message in said(caplog) if "migrated" in message] == [
        f"database: migrated from nothing to {schema.HEAD}"
    ]
    assert not any("not ready" in message for message in said(caplog))


def test_a_start_that_finds_everything_in_place_does_not_load_alembic(database_url: str) -> None:
    with healthy(database_url):
        pass
    code = """
import asyncio, os, sys
from taskflow.config import database_conninfo
from taskflow.db import Database
from pydantic import SecretStr
async def start():
    database = Database(SecretStr(database_conninfo(os.environ["DATABASE_URL"])))
    await database.start()
    print(await database.reachable(5), "alembic" in sys.modules)
    await database.close()
asyncio.run(start())
"""
    command = [sys.executable, "-c", code]
    env = {"DATABASE_URL": database_url}
    run = subprocess.run(command, cwd=BACKEND, env=env, check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "True False"


@pytest.mark.parametrize(
    ("column", "change", "words"),
    [
        ("done", "integer USING done::integer", "the column done of the table tasks has the type integer, not boolean"),
        ("done", "text", "the column done of the table tasks has the type text, not boolean"),
        (
            "title",
            "bytea USING title::bytea",
            "the column title of the table tasks has the type bytea, not varchar(200)",
        ),
        ("title", "text", None),
        ("title", "varchar(500)", None),
    ],
)
def test_a_column_of_another_type_is_not_healthy_unless_it_holds_the_same(
    empty_database_url: str, caplog: pytest.LogCaptureFixture, column: str, change: str, words: str | None
) -> None:
    with healthy(empty_database_url) as client:
        client.new_user()
        run(empty_database_url, f"ALTER TABLE tasks ALTER COLUMN {column} TYPE {change}")
        if words is None:
            assert client.health() == HEALTHY
            client.add_task("Still here")
            assert client.health() == HEALTHY
        else:
            assert client.health() == UNHEALTHY
            wait_until(lambda: f"database: not ready, will try again: {words}" in said(caplog))


def lost(table: str, column: str) -> schema.Flaw:
    return schema.Flaw(table, column, "varchar", None)


@pytest.mark.parametrize(
    ("flaws", "words"),
    [
        ([lost("tasks", "done")], "the table tasks lacks the column done"),
        (
            [lost("tasks", "done"), lost("tasks", "title"), lost("users", "name")],
            "the table tasks lacks the columns done, title; the table users lacks the column name",
        ),
        (
            [lost("tasks", "done"), schema.Flaw("tasks", "title", "uuid", "integer")],
            "the table tasks lacks the column done; the column title of the table tasks has the type integer, not uuid",
        ),
        ([lost(*column[:2]) for column in schema.COLUMNS if column.table == "tasks"], "the table tasks is missing"),
        ([lost(*column[:2]) for column in schema.COLUMNS], "the table users is missing; the table tasks is missing"),
    ],
)
def test_flaws_in_words(flaws: list[schema.Flaw], words: str) -> None:
    assert schema.describe(flaws) == words
