"""Health, and the rest, while the database is away, silent, full, wiped or not configured."""

import asyncio
import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx2
import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from taskflow.config import database_conninfo
from taskflow.db import Database, DatabaseUnavailableError, failures, schema
from taskflow.db import connection as db_connection
from taskflow.db import database as db_database
from tests.helpers import (
    HEALTHY,
    PASSWORD,
    UNHEALTHY,
    Client,
    Process,
    Proxy,
    Server,
    SilentListener,
    environment,
    wait_until,
)

LIMIT = 0.8


def timed_health(client: Client) -> tuple[int, Any]:
    """Ask for the health; too late is wrong whatever the answer is."""
    began = time.monotonic()
    answer = client.health()
    assert time.monotonic() - began < LIMIT
    return answer


@contextmanager
def running(url: str | None, **more: str) -> Iterator[Client]:
    with Server(environment(url, **more)) as server, server.client() as client:
        yield client


def becomes(client: Client, state: tuple[int, Any], seconds: float = 15) -> None:
    wait_until(lambda: timed_health(client) == state, seconds)


@pytest.mark.parametrize("name", ["DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY"])
@pytest.mark.parametrize("value", ["", "\udcff"])
def test_unhealthy_without_each_required_variable(database_url: str, name: str, value: str) -> None:
    with running(**{"url": database_url, name: value}) as client:
        assert timed_health(client) == UNHEALTHY


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("DATABASE_URL", "/api/auth/sign-up"),
        ("BETTER_AUTH_SECRET", "/api/auth/sign-up"),
        ("OPENAI_API_KEY", "/api/chat"),
    ],
)
def test_what_needs_a_missing_variable_answers_503(database_url: str, name: str, path: str) -> None:
    with running(**{"url": database_url, name: ""}) as client:
        if path == "/api/chat":
            client.new_user()
        answer = client.post(path, json={"email": "a@b.c", "password": PASSWORD, "message": "x"})
        assert answer.status_code == 503
        assert isinstance(answer.json()["detail"], str)


@pytest.mark.parametrize("accept", [True, False], ids=["silent", "dropping"])
def test_a_database_that_never_answers(accept: bool) -> None:  # noqa: FBT001
    listener = SilentListener(accept=accept)
    try:
        began = time.monotonic()
        with running(listener.url()) as client:
            assert time.monotonic() - began < db_database.STARTUP_LIMIT + 1
            for _ in range(3):
                assert timed_health(client) == UNHEALTHY
    finally:
        listener.close()


def test_a_database_that_refuses(proxy: Proxy, proxied_url: str) -> None:
    proxy.stop()
    began = time.monotonic()
    with running(proxied_url) as client:
        assert time.monotonic() - began < 1
        assert timed_health(client) == UNHEALTHY
        assert client.post("/api/auth/sign-in", json={"email": "a@b.c", "password": PASSWORD}).status_code == 503
        proxy.start()
        becomes(client, HEALTHY)
        client.new_user()


def test_a_host_that_does_not_exist() -> None:
    with running("postgresql://u:p@no-such-host.invalid/db") as client:
        assert timed_health(client) == UNHEALTHY


def test_the_database_goes_and_comes_back(proxy: Proxy, proxied_url: str) -> None:
    with running(proxied_url) as client:
        assert timed_health(client) == HEALTHY
        client.new_user()
        proxy.stop()
        assert timed_health(client) == UNHEALTHY
        answer = client.get("/api/tasks")
        assert (answer.status_code, answer.json()) == (503, {"detail": "the database is not available"})
        proxy.start()
        assert timed_health(client) == HEALTHY
        assert client.get("/api/tasks").status_code == 200


def test_the_server_cuts_all_connections(empty_database_url: str, server_url: str) -> None:
    name = empty_database_url.rpartition("/")[2]
    with running(empty_database_url) as client, psycopg.connect(server_url, autocommit=True) as admin:
        client.new_user()
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert timed_health(client) == HEALTHY
        assert client.get("/api/tasks").status_code == 200
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert timed_health(client) == UNHEALTHY
        assert client.get("/api/tasks").status_code == 503
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        becomes(client, HEALTHY)
        assert client.get("/api/tasks").status_code == 200


def test_the_database_falls_silent_while_running(proxy: Proxy, proxied_url: str) -> None:
    with running(proxied_url) as client:
        client.new_user()
        assert timed_health(client) == HEALTHY
        proxy.silence()
        for _ in range(3):
            assert timed_health(client) == UNHEALTHY
        began = time.monotonic()
        assert client.get("/api/tasks").status_code == 503
        assert time.monotonic() - began < db_database.SESSION_LIMIT + 1
        proxy.resume()
        becomes(client, HEALTHY)
        assert client.get("/api/tasks").status_code == 200


def test_many_probes_while_the_database_is_silent(proxy: Proxy, proxied_url: str) -> None:
    """They share one attempt: all are quick, and the database is not stormed."""

    async def storm(url: str) -> list[tuple[int, float]]:
        async with httpx2.AsyncClient(base_url=url, timeout=20, trust_env=False) as many:

            async def probe() -> tuple[int, float]:
                began = time.monotonic()
                answer = await many.get("/health")
                return answer.status_code, time.monotonic() - began

            # Connections first, so that only answers are measured.
            await asyncio.gather(*(many.get("/nothing") for _ in range(50)))
            return [answer for _ in range(3) for answer in await asyncio.gather(*(probe() for _ in range(50)))]

    with Process(environment(proxied_url)) as process, process.client() as client:
        assert timed_health(client) == HEALTHY
        before = proxy.connections()
        proxy.silence()
        answers = asyncio.run(storm(process.url))
        assert {status for status, _ in answers} == {503}
        assert max(seconds for _, seconds in answers) < LIMIT
        assert proxy.connections() - before <= 1
        # Requests that need no database are not held up either.
        began = time.monotonic()
        assert client.get("/api/me").status_code == 401
        assert time.monotonic() - began < LIMIT
        proxy.resume()
        becomes(client, HEALTHY)


def test_many_probes_while_all_is_well(server: Server) -> None:
    end = time.monotonic() + 2

    def probe(_: int) -> set[int]:
        with server.client() as client:
            answers = set()
            while time.monotonic() < end:
                answers.add(client.get("/health").status_code)
            return answers

    with ThreadPoolExecutor(16) as pool:
        assert set().union(*pool.map(probe, range(16))) == {200}


@pytest.mark.parametrize("limit", [0.3, 60], ids=["our limit", "the limit of the driver"])
def test_a_failed_attempt_leaves_no_socket_behind(monkeypatch: pytest.MonkeyPatch, limit: float) -> None:
    monkeypatch.setattr(db_connection, "CONNECT_LIMIT", limit)
    listener = SilentListener()
    conninfo = database_conninfo(listener.url()).replace("connect_timeout=5", "connect_timeout=2")

    async def fail() -> list[int]:
        still_open = []
        for _ in range(2):
            with pytest.raises((TimeoutError, psycopg.OperationalError)):
                await db_connection.Connection.open(SecretStr(conninfo))
            await asyncio.sleep(0.1)
            still_open.append(listener.still_open())
        return still_open

    gc.disable()
    try:
        assert asyncio.run(fail()) == [0, 0]
        assert listener.accepted == 2
    finally:
        gc.enable()
        listener.close()


def test_attempts_to_connect_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db_connection, "CONNECT_LIMIT", 0.3)
    listener = SilentListener()
    try:
        with running(listener.url()) as client:
            for _ in range(20):
                assert timed_health(client) == UNHEALTHY
                assert listener.still_open() <= 1
                time.sleep(0.2)
            assert listener.accepted >= 4
        wait_until(lambda: listener.still_open() == 0, 2)
    finally:
        listener.close()


def test_a_full_pool_is_not_an_unreachable_database(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db_database, "POOL_SIZE", 1)
    monkeypatch.setattr(db_database, "POOL_OVERFLOW", 0)
    monkeypatch.setattr(db_database, "POOL_LIMIT", 1)

    def sign_in(client: Client) -> int:
        return client.post("/api/auth/sign-in", json={"email": "a@b.c", "password": PASSWORD}).status_code

    with Server(environment(empty_database_url)) as server, server.client() as client, server.client() as other:
        with psycopg.connect(empty_database_url) as lock, ThreadPoolExecutor(1) as pool:
            lock.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            stuck = pool.submit(sign_in, other)
            time.sleep(0.5)
            assert timed_health(client) == HEALTHY
            began = time.monotonic()
            assert sign_in(client) == 503
            assert 0.9 < time.monotonic() - began < 2
            assert timed_health(client) == HEALTHY
            assert not stuck.done()
            lock.rollback()
            assert stuck.result() == 401
        assert sign_in(client) == 401


def test_an_empty_database_in_the_place_of_ours(empty_database_url: str) -> None:
    """What a database without a volume leaves behind when it restarts."""
    with running(empty_database_url) as client:
        client.new_user()
        with psycopg.connect(empty_database_url, autocommit=True) as connection:
            connection.execute("DROP TABLE tasks, users")
        assert timed_health(client) == UNHEALTHY
        becomes(client, HEALTHY)
        assert client.get("/api/tasks").status_code == 401
        client.new_user()
        assert client.get("/api/tasks").json() == []


def test_a_slow_connection_is_unhealthy_first_and_healthy_then(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hosted database may take more than a second to wake up: the attempt must survive the answer."""
    with running(database_url) as client:
        real = db_connection.Connection.open.__func__  # type: ignore[attr-defined]
        attempts = 0

        async def slow(
            cls: type[db_connection.Connection], conninfo: SecretStr, *, autocommit: bool = False
        ) -> db_connection.Connection:
            nonlocal attempts
            attempts += 1
            await asyncio.sleep(1.5)
            opened: db_connection.Connection = await real(cls, conninfo, autocommit=autocommit)
            return opened

        monkeypatch.setattr(db_connection.Connection, "open", classmethod(slow))
        assert timed_health(client) == UNHEALTHY
        becomes(client, HEALTHY, 3)
        assert attempts == 1


def count_connections(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert row is not None
    number: int = row[0]
    return number


def test_closing_leaves_no_connection(empty_database_url: str) -> None:
    with running(empty_database_url) as client:
        client.new_user()
        assert timed_health(client) == HEALTHY
        assert count_connections(empty_database_url) == 2
    wait_until(lambda: count_connections(empty_database_url) == 0, 2)


def test_replicas_that_start_together_create_the_tables_once(
    empty_database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", "taskflow")

    async def start_all() -> None:
        replicas = [Database(SecretStr(database_conninfo(empty_database_url))) for _ in range(8)]
        await asyncio.gather(*(replica.start() for replica in replicas))
        assert [await replica.reachable(5) for replica in replicas] == [True] * 8
        await asyncio.gather(*(replica.close() for replica in replicas))

    asyncio.run(start_all())
    assert caplog.text == ""
    with psycopg.connect(empty_database_url) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        assert {name for (name,) in rows} == {"users", "tasks", "alembic_version"}


@pytest.mark.parametrize("locked", [True, False])
def test_the_lock_is_what_keeps_replicas_apart(
    empty_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    locked: bool,  # noqa: FBT001
) -> None:
    """One has created the tables and not committed yet when the other one looks."""
    if not locked:
        monkeypatch.setattr(schema, "_LOCK_STATEMENT", "SELECT CAST(:key AS bigint)")
    engines = [db_database.create_engine(SecretStr(database_conninfo(empty_database_url))) for _ in range(2)]

    async def create(engine: AsyncEngine) -> None:
        async with asyncio.timeout(10) as limit, engine.begin() as connection:
            await schema.prepare(connection, limit)

    async def both() -> BaseException | None:
        first, second = engines
        async with asyncio.timeout(10) as limit, first.begin() as connection:
            await schema.prepare(connection, limit)
            other = asyncio.create_task(create(second))
            await asyncio.sleep(0.7)
            assert not other.done()
        await asyncio.wait({other})
        await first.dispose()
        await second.dispose()
        return other.exception()

    failure = asyncio.run(both())
    assert (failure is None) == locked
    assert locked or isinstance(failure, DBAPIError)


def test_a_statement_that_takes_too_long_is_given_up(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db_connection, "ANSWER_LIMIT", 0.3)

    async def sleep() -> float:
        database = Database(SecretStr(database_conninfo(database_url)))
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailableError, match="no answer within the time limit"):
            async with database.session() as session:
                await session.exec(text("SELECT pg_sleep(10)"))  # type: ignore[call-overload]
        took = time.monotonic() - began
        await database.close()
        return took

    assert asyncio.run(sleep()) < 2


def test_a_cancelled_statement_frees_its_connection(proxy: Proxy, proxied_url: str) -> None:
    """At once, although the server does not answer to the cancellation either."""

    async def cancel() -> float:
        database = Database(SecretStr(database_conninfo(proxied_url)))

        async def query() -> None:
            async with database.session() as session:
                await session.exec(text("SELECT pg_sleep(10)"))  # type: ignore[call-overload]

        task = asyncio.create_task(query())
        await asyncio.sleep(0.5)
        proxy.silence()
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert database._parts.engine.pool.checkedout() == 0  # type: ignore[union-attr] # noqa: SLF001
        await database.close()
        return time.monotonic() - began

    assert asyncio.run(cancel()) < 1


def test_an_interrupted_connection_is_closed(database_url: str) -> None:
    """Nobody may use it again: the answer to the interrupted statement is still to come."""

    async def interrupt() -> bool:
        connection = await db_connection.Connection.open(SecretStr(database_conninfo(database_url)))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await connection.execute("SELECT pg_sleep(10)")
        return connection.closed

    assert asyncio.run(interrupt())


def test_all_who_ask_share_one_probe(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> tuple[list[bool], int]:
        database = Database(SecretStr(database_conninfo(database_url)))
        await database.start()
        probes = 0

        async def hang() -> bool:
            nonlocal probes
            probes += 1
            await asyncio.sleep(60)
            return True

        monkeypatch.setattr(database._parts.probe, "_ask", hang)  # type: ignore[union-attr] # noqa: SLF001
        answers = await asyncio.gather(*(database.reachable(0.2) for _ in range(50)))
        answers.append(await database.reachable(0.2))
        await database.close()
        return answers, probes

    assert asyncio.run(ask()) == ([False] * 51, 1)


def test_reasons_name_no_part_of_the_url() -> None:
    error = psycopg.OperationalError('connection to server at "db.example.com", user "ann", password "s3cr3t" failed')
    assert failures.reason(error) == "OperationalError"
