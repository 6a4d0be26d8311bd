"""The real process: its log, its start, its end."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx2
import pytest

from taskflow.exit import EXIT_LIMIT
from tests.conftest import REQUIRED
from tests.helpers import (
    BACKEND,
    HEALTHY,
    KEY,
    SECRET,
    UNHEALTHY,
    FakeOpenAI,
    Process,
    SilentListener,
    environment,
    refusing_server,
    says,
    wait_until,
)

PASSWORD = "p4ss-7f3a"

# Uvicorn raises the signal again when it is done. PID 1, as in a container, has no default action
# for it and exits 0; any other process shows that it ended by the signal.
STOPPED = {0, -15}
GRACE = "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"


@pytest.fixture
def patient(openai: FakeOpenAI) -> Iterator[FakeOpenAI]:
    """A model whose slow answers do not outlive the test."""
    openai.released.clear()
    yield openai
    openai.released.set()
    openai.released = threading.Event()


@pytest.fixture
def as_pid_1() -> tuple[str, ...]:
    """What to put before a command to run it as in a container."""
    command = ("unshare", "--pid", "--fork", "--kill-child")
    missing = "no permission to make a PID namespace"
    if os.geteuid() != 0:
        # The same is tested with containers; pytest names this skip in its summary.
        pytest.skip(f"{missing}: not root")
    if subprocess.run([*command, "true"], check=False, capture_output=True).returncode:
        if REQUIRED:
            pytest.fail(missing)
        pytest.skip(missing)
    return command


def slow_request(process: Process, openai: FakeOpenAI, seconds: float) -> "Future[httpx2.Response]":
    """Start a request that takes a while, and return when it is under way."""
    openai.script = [openai.after(seconds, says("at last"))]
    client = process.client()
    client.new_user()
    before = len(openai.requests)
    with_thread = ThreadPoolExecutor(1)
    future = with_thread.submit(client.post, "/api/chat", json={"message": "hello"})
    with_thread.shutdown(wait=False)
    wait_until(lambda: len(openai.requests) > before)
    future.add_done_callback(lambda _: client.close())
    return future


def test_the_log_is_json_and_quiet(database_url: str) -> None:
    with Process(environment(database_url)) as process, process.client() as client:
        for _ in range(3):
            assert client.health() == HEALTHY
        client.get("/api/me?token=abc")
        process.terminate()
        code, took = process.wait()
        assert code in STOPPED
        assert took < 3
        messages = process.messages()
        assert not any("/health" in message for message in messages)
        assert any('"GET /api/me HTTP/1.1" 401' in message for message in messages)
        assert "database: ready" in messages
        assert "database: connections closed" in messages
        assert "Finished server process" in messages[-1]


@pytest.mark.parametrize("name", ["DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY"])
def test_a_missing_variable_is_named(database_url: str, name: str) -> None:
    env = environment(database_url)
    del env[name]
    with Process(env) as process, process.client() as client:
        assert client.health() == UNHEALTHY
        assert f"configuration: {name} is not set" in process.messages()
        assert_no_secret(process, database_url)


def test_nothing_configured_at_all() -> None:
    with Process({}) as process, process.client() as client:
        assert client.health() == UNHEALTHY
        named = {message.split()[1] for message in process.messages() if message.startswith("configuration: ")}
        assert named == {"DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY", "FRONTEND_URL"}


def assert_no_secret(process: Process, *more: str) -> None:
    log = process.log()
    assert log
    for secret in (SECRET, KEY, *more):
        assert secret not in log


def test_a_server_that_repeats_the_password_in_its_errors() -> None:
    password, encoded = "p@ss/w0rd-7f3a", "p%40ss%2Fw0rd-7f3a"
    with refusing_server(f'password authentication failed for user "ann", "{password}" ({encoded})') as port:
        url = f"postgresql+psycopg://ann:{encoded}@127.0.0.1:{port}/app"
        with Process(environment(url)) as process, process.client() as client:
            assert client.health() == UNHEALTHY
            answer = client.post("/api/auth/sign-in", json={"email": "a@b.c", "password": "x" * 8})
            assert answer.status_code == 503
            assert "ann" not in answer.text
            assert any("the server refused the credentials" in message for message in process.messages())
            assert_no_secret(process, password, encoded, url)


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://ann:{PASSWORD}@h/app",
        PASSWORD,
        f"postgresql://ann:{PASSWORD}@[::1/app",
        f"postgresql://ann:{PASSWORD}@h:x/",
    ],
)
def test_an_unusable_database_url_is_named_and_not_shown(url: str) -> None:
    with Process(environment(url)) as process, process.client() as client:
        assert client.health() == UNHEALTHY
        assert any(message.startswith("configuration: DATABASE_URL ") for message in process.messages())
        assert_no_secret(process, url, PASSWORD)


def test_it_starts_in_time_although_the_database_is_silent() -> None:
    listener = SilentListener()
    try:
        with Process(environment(listener.url())) as process, process.client() as client:
            assert time.monotonic() - process.started < 10
            assert client.health() == UNHEALTHY
            process.terminate()
            code, took = process.wait()
            assert code in STOPPED
            assert took < 5
            assert_no_secret(process, "pass-word")
    finally:
        listener.close()


def test_sigterm_while_still_starting() -> None:
    listener = SilentListener()
    process = Process(environment(listener.url()))
    try:
        wait_until(lambda: listener.accepted > 0)
        process.terminate()
        code, took = process.wait()
        assert code in STOPPED
        assert took < 8
    finally:
        process.__exit__()
        listener.close()


def test_a_request_in_flight_is_finished(database_url: str, patient: FakeOpenAI) -> None:
    env = environment(database_url, OPENAI_BASE_URL=patient.url, **{GRACE: "25"})
    with Process(env) as process:
        answer = slow_request(process, patient, 2)
        process.terminate()
        time.sleep(0.5)
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(process.url + "/health", trust_env=False)
        assert answer.result(10).json() == {"reply": "at last", "tasks_changed": False}
        code, took = process.wait()
        assert code in STOPPED
        assert took < 5
        assert "database: connections closed" in process.messages()


def test_a_request_that_takes_too_long_is_cut(database_url: str, patient: FakeOpenAI) -> None:
    env = environment(database_url, OPENAI_BASE_URL=patient.url, OPENAI_TIMEOUT_SECONDS="100", **{GRACE: "2"})
    with Process(env) as process:
        answer = slow_request(process, patient, 60)
        process.terminate()
        code, took = process.wait()
        assert code in STOPPED
        assert 2 <= took < 5
        assert answer.result(5).status_code == 503
        assert answer.result().json() == {"detail": "the server is stopping"}
        messages = process.messages()
        assert "database: connections closed" in messages
        assert any(message.startswith("Cancel 1 running task(s)") for message in messages)
        assert_no_secret(process)


def test_a_request_that_hangs_in_the_database_is_cut(empty_database_url: str) -> None:
    import psycopg  # noqa: PLC0415

    with Process(environment(empty_database_url, **{GRACE: "1"})) as process, process.client() as client:
        client.new_user()
        with psycopg.connect(empty_database_url) as lock, ThreadPoolExecutor(1) as pool:
            lock.execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
            stuck = pool.submit(client.get, "/api/tasks")
            time.sleep(0.5)
            process.terminate()
            code, took = process.wait()
            assert code in STOPPED
            assert took < 4
            assert "database: connections closed" in process.messages()
            assert stuck.result(5).json() == {"detail": "the server is stopping"}


@pytest.mark.parametrize("path", ["/block/worker", "/block/executor"])
def test_a_blocked_thread_does_not_hold_the_process(database_url: str, as_pid_1: tuple[str, ...], path: str) -> None:
    env = environment(database_url, **{GRACE: "1"})
    with Process(env, app="tests.blocking_app:app", before=as_pid_1) as process, process.client() as client:
        pool = ThreadPoolExecutor(1)
        blocked = pool.submit(client.get, path)
        time.sleep(1)
        process.terminate(process.inner())
        code, took = process.wait()
        assert code == 0
        assert 1 + EXIT_LIMIT <= took < 1 + EXIT_LIMIT + 2
        assert any("leaving now" in message for message in process.messages())
        assert "database: connections closed" in process.messages()
        assert isinstance(blocked.exception(5), httpx2.TransportError) or blocked.result().status_code == 503
        pool.shutdown()


def test_as_pid_1_it_exits_0(database_url: str, as_pid_1: tuple[str, ...]) -> None:
    with Process(environment(database_url), before=as_pid_1) as process, process.client() as client:
        assert client.health() == HEALTHY
        process.terminate(process.inner())
        code, took = process.wait()
        assert code == 0
        assert took < 3


def test_the_image_leaves_time_before_the_kill() -> None:
    dockerfile = (BACKEND / "Dockerfile").read_text(encoding="utf-8")
    match = re.search(rf"{GRACE}=(\d+)", dockerfile)
    assert match is not None
    assert int(match[1]) + EXIT_LIMIT < 30 - 1


def test_the_sdk_is_not_imported_before_the_first_message() -> None:
    code = """
import asyncio, sys, main
async def start():
    async with main.app.router.lifespan_context(main.app):
        print("openai" in sys.modules)
asyncio.run(start())
"""
    output = subprocess.run(
        [sys.executable, "-c", code], cwd=BACKEND, check=True, capture_output=True, text=True
    ).stdout
    assert output.strip() == "False"


def test_the_first_message_does_not_hold_up_the_health(database_url: str, patient: FakeOpenAI) -> None:
    env = environment(database_url, OPENAI_BASE_URL=patient.url)
    with Process(env) as process, process.client() as client:
        client.new_user()
        patient.script = [says("ok")]
        slowest = 0.0
        with process.client() as other, ThreadPoolExecutor(1) as pool:
            other.headers = client.headers
            message = pool.submit(other.post, "/api/chat", json={"message": "x"})
            while not message.done():
                began = time.monotonic()
                assert client.health() == HEALTHY
                slowest = max(slowest, time.monotonic() - began)
            assert message.result().status_code == 200
        assert slowest < 0.8
