"""A database for the tests, and the application in front of it."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.helpers import Client, FakeOpenAI, Proxy, Server, environment

VARIABLE = "TASKFLOW_TEST_DATABASE_URL"
MISSING = f"{VARIABLE} is not set: no PostgreSQL to test against"
REQUIRED = os.environ.get("TASKFLOW_REQUIRE_RIG") == "1"

_skipped: list[str] = []


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> str:
    url = os.environ.get(VARIABLE, "")
    if not url:
        if REQUIRED:
            pytest.fail(MISSING)
        _skipped.append(request.node.name)
        pytest.skip(MISSING)
    return url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _skipped:
        count = sum(MISSING in str(report.longrepr) for report in terminalreporter.stats.get("skipped", []))
        terminalreporter.section("NOT TESTED", red=True, bold=True)
        terminalreporter.line(f"{count} tests need a database and were skipped. {MISSING}.", red=True)
        terminalreporter.line("TASKFLOW_REQUIRE_RIG=1 makes this a failure.", red=True)


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    yield from _new_database(server_url)


@pytest.fixture(scope="session")
def database_url(server_url: str) -> Iterator[str]:
    yield from _new_database(server_url)


def _new_database(server_url: str) -> Iterator[str]:
    name = f"taskflow_test_{uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def openai_server() -> Iterator[FakeOpenAI]:
    fake = FakeOpenAI()
    yield fake
    fake.close()


@pytest.fixture
def openai(openai_server: FakeOpenAI) -> FakeOpenAI:
    openai_server.script = []
    openai_server.requests.clear()
    openai_server.headers.clear()
    return openai_server


@pytest.fixture(scope="session")
def server(database_url: str, openai_server: FakeOpenAI) -> Iterator[Server]:
    env = environment(database_url, OPENAI_BASE_URL=openai_server.url, OPENAI_TIMEOUT_SECONDS="2")
    with Server(env) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with server.client() as client:
        yield client


@pytest.fixture
def user(client: Client) -> Client:
    """A client that is signed in as somebody new."""
    client.new_user()
    return client


@pytest.fixture
def proxy(database_url: str) -> Iterator[Proxy]:
    target = conninfo_to_dict(database_url)
    proxy = Proxy(str(target["host"]), int(target.get("port") or 5432))
    proxy.start()
    yield proxy
    proxy.stop()


@pytest.fixture
def proxied_url(proxy: Proxy, database_url: str) -> str:
    parts = urlsplit(database_url)
    userinfo = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{userinfo}@127.0.0.1:{proxy.port}"))
