"""Servers to test with: the application's, a database that misbehaves, and a model that says what it is told."""

import base64
import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Self
from uuid import uuid4

import httpx2
import uvicorn

from taskflow.app import create_app
from taskflow.config import Settings

BACKEND = Path(__file__).parent.parent
SECRET = "a-signing-secret-of-enough-length-0123456789"
KEY = "sk-test-5f1d8c0a7e42"
PASSWORD = "correct horse battery"
HEALTHY = (200, {"status": "healthy"})
UNHEALTHY = (503, {"status": "unhealthy"})


def environment(database_url: str | None, **more: str) -> dict[str, str]:
    env = {
        "BETTER_AUTH_SECRET": SECRET,
        "OPENAI_API_KEY": KEY,
        "FRONTEND_URL": "http://localhost:3000",
    }
    if database_url is not None:
        env["DATABASE_URL"] = database_url
    return env | more


def scrypt_hash(password: str) -> str:
    """Return what earlier versions stored for a password."""
    salt = os.urandom(16)
    key = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=5, dklen=32, maxmem=64 * 1024 * 1024)
    encoded = (base64.b64encode(part).decode() for part in (salt, key))
    return "$".join(("scrypt", str(2**14), "8", "5", *encoded))


def wait_until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)


class Client(httpx2.Client):
    """A client that can sign up and look at the health."""

    def health(self) -> tuple[int, Any]:
        answer = self.get("/health")
        return answer.status_code, answer.json()

    def new_user(self, email: str | None = None, **more: str) -> dict[str, Any]:
        """Sign up and send the token from now on."""
        body = {"email": email or f"{uuid4()}@example.com", "password": PASSWORD, **more}
        answer = self.post("/api/auth/sign-up", json=body)
        assert answer.status_code == 201, answer.text
        self.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        session: dict[str, Any] = answer.json()
        return session

    def add_task(self, title: str) -> dict[str, Any]:
        answer = self.post("/api/tasks", json={"title": title})
        assert answer.status_code == 201, answer.text
        task: dict[str, Any] = answer.json()
        return task


class Server:
    """The application inside this process, on a port of its own."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.app = create_app(Settings.from_env(env))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(self.app, log_config=None, lifespan="on", timeout_graceful_shutdown=5)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def __enter__(self) -> Self:
        self._thread.start()
        wait_until(lambda: self._server.started or not self._thread.is_alive())
        assert self._server.started
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()

    def client(self) -> Client:
        return Client(base_url=self.url, timeout=20, trust_env=False)


class Process:
    """The application as the image runs it, but for the port."""

    def __init__(self, env: Mapping[str, str], *, app: str = "main:app", before: tuple[str, ...] = ()) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._output = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed at the exit
        command = (*before, sys.executable, "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", str(port))
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            command,
            cwd=BACKEND,
            env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **env},
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        self._signalled = 0.0

    def __enter__(self) -> Self:
        def answers() -> bool:
            assert self._process.poll() is None, self.log()
            with suppress(httpx2.TransportError):
                httpx2.get(self.url + "/nothing", trust_env=False, timeout=5)
                return True
            return False

        wait_until(answers, 30)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._output.close()

    def client(self) -> Client:
        return Client(base_url=self.url, timeout=60, trust_env=False)

    def terminate(self, pid: int | None = None) -> None:
        self._signalled = time.monotonic()
        os.kill(pid or self._process.pid, signal.SIGTERM)

    def wait(self, seconds: float = 40) -> tuple[int, float]:
        """Wait for the end; return the exit code and the seconds since the signal."""
        code = self._process.wait(seconds)
        return code, time.monotonic() - self._signalled

    @property
    def pid(self) -> int:
        return self._process.pid

    def inner(self) -> int:
        """Return the process inside of the namespace."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return int(listed)

    def log(self) -> str:
        self._output.seek(0)
        return self._output.read()

    def messages(self) -> list[str]:
        return [json.loads(line)["message"] for line in self.log().splitlines()]


class SilentListener:
    """Accepts connections and says nothing, or not even accepts them."""

    def __init__(self, *, accept: bool = True) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128 if accept else 0)
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._fillers: list[socket.socket] = []
        self.accepted = 0
        if accept:
            threading.Thread(target=self._accept, daemon=True).start()
        else:
            # A full queue: the kernel drops what else comes, as a firewall would.
            for _ in range(4):
                filler = socket.socket()
                filler.settimeout(0)
                filler.connect_ex(("127.0.0.1", self.port))
                self._fillers.append(filler)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.accepted += 1
                self._open.append(connection)

    def still_open(self) -> int:
        """Count the connections that the other side has not closed."""
        count = 0
        for connection in self._open:
            connection.settimeout(0)
            try:
                while connection.recv(4096):
                    pass
            except BlockingIOError:
                count += 1
            except OSError:
                pass
        return count

    def url(self) -> str:
        return f"postgresql://user:pass-word@127.0.0.1:{self.port}/db"

    def close(self) -> None:
        # shutdown() wakes up accept(), close() alone does not.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for each in (self._listener, *self._open, *self._fillers):
            each.close()


class Proxy:
    """Stands between the application and the real database, and can fail as networks and servers do."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener: socket.socket | None = None
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._pumps: list[threading.Thread] = []
        self._flowing = threading.Event()
        self._flowing.set()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    def connections(self) -> int:
        """Count the connections so far."""
        return len(self._pairs)

    def start(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                self._pairs.append((near, far))
                pump = threading.Thread(target=self._pump, args=(near, far), daemon=True)
                self._pumps.append(pump)
                pump.start()

    def _pump(self, near: socket.socket, far: socket.socket) -> None:
        with near, far, suppress(OSError, ValueError):
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    data = ready.recv(65536)
                    self._flowing.wait()
                    if not data:
                        return
                    (far if ready is near else near).sendall(data)

    def silence(self) -> None:
        """Connections stay, new ones are accepted, nothing is answered."""
        self._flowing.clear()

    def resume(self) -> None:
        self._flowing.set()

    def stop(self) -> None:
        """Connections are cut and new ones refused."""
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for pair in self._pairs:
            for each in pair:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()
        self._flowing.set()
        for pump in self._pumps:
            pump.join(5)


@contextmanager
def refusing_server(message: str) -> Iterator[int]:
    """Run a PostgreSQL server that refuses everybody, in words that it should better keep to itself."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    hello = connection.recv(4096)
                    if len(hello) == 8:  # asks for encryption
                        connection.sendall(b"N")
                        connection.recv(4096)
                    fields = b"SFATAL\0VFATAL\0C28P01\0M" + message.encode() + b"\0\0"
                    connection.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


Script = Callable[[dict[str, Any]], tuple[int, dict[str, Any] | str]]


def says(text: str | None, *calls: tuple[str, str]) -> Script:
    """Answer with a text, or with calls of tools."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if calls:
        message["tool_calls"] = [
            {"id": f"call-{index}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for index, (name, arguments) in enumerate(calls)
        ]
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test",
        "choices": [{"index": 0, "finish_reason": "tool_calls" if calls else "stop", "message": message}],
    }
    return lambda _request: (200, body)


def fails(status: int, message: str = "no") -> Script:
    return lambda _request: (status, {"error": {"message": message, "type": "x", "code": "y"}})


class FakeOpenAI:
    """Speaks the chat completions protocol; plays a script, and repeats the last line of it."""

    def __init__(self) -> None:
        self.script: list[Script] = [says("hello")]
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(body)
                outer.headers.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
                step = outer.script.pop(0) if len(outer.script) > 1 else outer.script[0]
                status, answer = step(body)
                data = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
                with suppress(OSError):
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def after(self, seconds: float, step: Script) -> Script:
        """Wait, or until the test is over, before the answer."""

        def slow(request: dict[str, Any]) -> tuple[int, dict[str, Any] | str]:
            self.released.wait(seconds)
            return step(request)

        return slow

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
