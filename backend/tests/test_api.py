"""Accounts and tasks, over HTTP and against a real database."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import psycopg
import pytest
from argon2 import PasswordHasher, Type
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pydantic import SecretStr

from taskflow.app import create_app
from taskflow.config import Settings
from taskflow.middleware import MAX_BODY
from taskflow.models import MAX_TITLE
from taskflow.security import Tokens
from tests.helpers import HEALTHY, PASSWORD, SECRET, Client, Server, environment, scrypt_hash


def detail(answer: httpx2.Response) -> str:
    """Every error has one shape."""
    body = answer.json()
    assert set(body) == {"detail"}
    assert isinstance(body["detail"], str)
    text: str = body["detail"]
    assert text
    return text


def test_health(client: Client) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.content == b'{"status":"healthy"}'


def test_sign_up_then_in_then_me(client: Client) -> None:
    email = f"{uuid4()}@Example.com"
    up = client.post("/api/auth/sign-up", json={"email": email, "password": PASSWORD, "name": " Ann "})
    assert up.status_code == 201
    assert set(up.json()) == {"token", "user"}
    user = up.json()["user"]
    assert user == {"id": str(UUID(user["id"])), "email": email.lower(), "name": "Ann"}

    signed_in = client.post("/api/auth/sign-in", json={"email": email.upper(), "password": PASSWORD})
    assert signed_in.status_code == 200
    assert signed_in.json()["user"] == user

    for token in (up.json()["token"], signed_in.json()["token"]):
        me = client.get("/api/me", headers={"Authorization": f"Bearer {token}"})
        assert (me.status_code, me.json()) == (200, user)


def test_the_name_is_optional(client: Client) -> None:
    assert client.new_user()["user"]["name"] is None


def test_an_address_can_be_used_once(client: Client) -> None:
    email = f"{uuid4()}@example.com"
    client.new_user(email)
    again = client.post("/api/auth/sign-up", json={"email": email.upper(), "password": PASSWORD})
    assert again.status_code == 409
    assert email not in detail(again)


def test_sign_in_does_not_tell_who_exists(client: Client) -> None:
    email = f"{uuid4()}@example.com"
    client.new_user(email)
    wrong = client.post("/api/auth/sign-in", json={"email": email, "password": "not this one"})
    unknown = client.post("/api/auth/sign-in", json={"email": f"{uuid4()}@example.com", "password": "not this one"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    detail(wrong)


def stored_hash(database_url: str, user_id: str) -> str:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT password_hash FROM users WHERE id = %s", [user_id]).fetchone()
    assert row is not None
    return str(row[0])


def test_passwords_are_stored_as_argon2id(client: Client, database_url: str) -> None:
    stored = stored_hash(database_url, client.new_user()["user"]["id"])
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in stored


def outdated_hashes() -> dict[str, str]:
    weaker, another = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1), PasswordHasher(type=Type.I)
    return {"scrypt": scrypt_hash(PASSWORD), "weaker": weaker.hash(PASSWORD), "argon2i": another.hash(PASSWORD)}


@pytest.mark.parametrize("form", ["scrypt", "weaker", "argon2i"])
def test_signing_in_renews_an_old_hash(client: Client, database_url: str, form: str) -> None:
    email = f"{uuid4()}@example.com"
    user_id = client.new_user(email)["user"]["id"]
    with psycopg.connect(database_url) as connection:
        old = outdated_hashes()[form]
        connection.execute("UPDATE users SET password_hash = %s WHERE id = %s", [old, user_id])
    # Only who knows the password can have it renewed.
    assert client.post("/api/auth/sign-in", json={"email": email, "password": "not this one"}).status_code == 401
    assert stored_hash(database_url, user_id) == old
    for _ in range(2):
        answer = client.post("/api/auth/sign-in", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200
        assert answer.json()["user"]["id"] == user_id
    renewed = stored_hash(database_url, user_id)
    assert renewed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert client.post("/api/auth/sign-in", json={"email": email, "password": PASSWORD}).status_code == 200
    assert stored_hash(database_url, user_id) == renewed
    assert client.post("/api/auth/sign-in", json={"email": email, "password": "not this one"}).status_code == 401


def test_a_hash_that_cannot_be_renewed_does_not_keep_anybody_out(
    empty_database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Server(environment(empty_database_url)) as server, server.client() as client:
        email = client.new_user()["user"]["email"]
        with psycopg.connect(empty_database_url, autocommit=True) as connection:
            connection.execute("UPDATE users SET password_hash = %s", [scrypt_hash(PASSWORD)])
            connection.execute(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE check_violation; END'"
            )
            connection.execute("CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse()")
        assert client.post("/api/auth/sign-in", json={"email": email, "password": PASSWORD}).status_code == 200
    assert "a password hash was not renewed" in caplog.text
    assert "argon2" not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "no", "password": PASSWORD},
        {"email": "a@example.com", "password": "short-1"[:7]},
        {"email": "a@example.com", "password": "x" * 129},
        {"email": "a@example.com", "password": PASSWORD, "name": ""},
        {"email": "a@example.com", "password": PASSWORD, "name": "a\x00b"},
        {"email": "a@example.com", "password": 12345678},
        [],
        "text",
    ],
)
def test_sign_up_with_nonsense(client: Client, body: object) -> None:
    answer = client.post("/api/auth/sign-up", json=body)
    assert answer.status_code == 422
    assert PASSWORD not in detail(answer)


@pytest.mark.parametrize("body", [b"{", b"", b"\xff", b'{"email":"\\ud800@b.c","password":"x"}'])
def test_bodies_that_are_not_json(client: Client, body: bytes) -> None:
    answer = client.post("/api/auth/sign-in", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    detail(answer)


def test_passwords_of_half_characters(client: Client) -> None:
    body = b'{"email":"a@b","password":"\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800"}'
    headers = {"Content-Type": "application/json"}
    refused = client.post("/api/auth/sign-up", content=body, headers=headers)
    assert (refused.status_code, detail(refused)) == (422, "password: must be valid text")
    assert client.post("/api/auth/sign-in", content=body, headers=headers).status_code == 401


def test_a_deeply_nested_body_is_a_bad_request(client: Client) -> None:
    answer = client.post("/api/auth/sign-in", content=b"[" * 60000, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    detail(answer)


ROUTES = [
    ("GET", "/api/me"),
    ("GET", "/api/tasks"),
    ("POST", "/api/tasks"),
    ("GET", f"/api/tasks/{uuid4()}"),
    ("PATCH", f"/api/tasks/{uuid4()}"),
    ("DELETE", f"/api/tasks/{uuid4()}"),
    ("POST", "/api/chat"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer a.b.c", "Basic YTpi", "expired", "stranger"])
def test_nothing_without_a_good_token(client: Client, method: str, path: str, header: str | None) -> None:
    user_id = client.new_user()["user"]["id"] if header == "expired" else str(uuid4())
    client.headers.pop("Authorization", None)
    if header == "expired":
        header = f"Bearer {Tokens(SecretStr(SECRET)).issue(UUID(user_id), timedelta(seconds=-1))}"
    elif header == "stranger":
        # Well signed, for an account that does not exist.
        header = f"Bearer {Tokens(SecretStr(SECRET)).issue(UUID(user_id))}"
    body = {"title": "x", "message": "x"} if method in {"POST", "PATCH"} else None
    answer = client.request(method, path, json=body, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    detail(answer)


def test_tasks_from_creation_to_deletion(user: Client) -> None:
    assert user.get("/api/tasks").json() == []
    first = user.add_task("  buy milk ")
    assert set(first) == {"id", "title", "done", "created_at"}
    assert first == {**first, "id": str(UUID(first["id"])), "title": "buy milk", "done": False}
    age = datetime.now(UTC) - datetime.fromisoformat(first["created_at"])
    assert timedelta(0) <= age < timedelta(minutes=1)
    second = user.add_task("call Bob")
    assert user.get("/api/tasks").json() == [first, second]
    path = f"/api/tasks/{first['id']}"
    assert user.get(path).json() == first

    done = user.patch(path, json={"done": True})
    assert (done.status_code, done.json()) == (200, first | {"done": True})
    renamed = user.patch(path, json={"title": " buy oat milk "})
    assert renamed.json() == first | {"done": True, "title": "buy oat milk"}
    assert user.patch(path, json={}).json() == renamed.json()
    assert user.patch(path, json={"title": None, "done": None}).json() == renamed.json()
    assert user.get("/api/tasks").json() == [renamed.json(), second]

    gone = user.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    for answer in (user.get(path), user.delete(path), user.patch(path, json={"done": True})):
        assert answer.status_code == 404
        detail(answer)
    assert user.get("/api/tasks").json() == [second]


def test_tasks_of_others_do_not_exist(server: Server, user: Client) -> None:
    task = user.add_task("mine")
    path = f"/api/tasks/{task['id']}"
    with server.client() as other:
        other.new_user()
        assert other.get("/api/tasks").json() == []
        unknown = other.get(f"/api/tasks/{uuid4()}")
        for answer in (
            other.get(path),
            other.patch(path, json={"done": True, "title": "stolen"}),
            other.delete(path),
        ):
            assert answer.status_code == 404
            assert answer.content == unknown.content
    assert user.get(path).json() == task


@pytest.mark.parametrize("title", ["", "   ", "x" * (MAX_TITLE + 1), "a\x00b", "a\nb", 7, None, "\u2028"])
def test_a_title_that_is_refused(user: Client, title: object) -> None:
    answer = user.post("/api/tasks", json={"title": title})
    assert answer.status_code == 422
    assert detail(answer).startswith("title: ")
    if title is not None:
        task = user.add_task("good")
        assert user.patch(f"/api/tasks/{task['id']}", json={"title": title}).status_code == 422


@examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    title=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=MAX_TITLE)
)
def test_any_good_title_comes_back_as_it_was(user: Client, title: str) -> None:
    answer = user.post("/api/tasks", json={"title": title})
    if title.strip():
        assert answer.status_code == 201
        assert user.get(f"/api/tasks/{answer.json()['id']}").json()["title"] == title.strip()
    else:
        assert answer.status_code == 422


def test_an_id_that_is_none(user: Client) -> None:
    answer = user.get("/api/tasks/7")
    assert answer.status_code == 422
    assert detail(answer) == "task_id: is not a UUID"


def test_unknown_paths_and_methods(client: Client) -> None:
    assert client.get("/api/nothing").status_code == 404
    assert client.delete("/api/me").status_code == 405
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404


def test_there_are_no_other_routes() -> None:
    paths = create_app(Settings()).openapi()["paths"]
    assert {(method.upper(), path) for path, methods in paths.items() for method in methods} == {
        ("GET", "/health"),
        ("POST", "/api/auth/sign-up"),
        ("POST", "/api/auth/sign-in"),
        ("GET", "/api/me"),
        ("GET", "/api/tasks"),
        ("POST", "/api/tasks"),
        ("GET", "/api/tasks/{task_id}"),
        ("PATCH", "/api/tasks/{task_id}"),
        ("DELETE", "/api/tasks/{task_id}"),
        ("POST", "/api/chat"),
    }


def test_bodies_have_a_limit(user: Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(MAX_BODY // 1000 + 1):
            yield b" " * 1000

    for content in (b" " * (MAX_BODY + 1), chunks()):
        answer = user.post("/api/tasks", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        detail(answer)
    inside = b'{"title":"x"}' + b" " * (MAX_BODY - 13)
    answer = user.post("/api/tasks", content=inside, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201


def test_headers_that_calm_browsers(client: Client) -> None:
    for path in ("/health", "/api/me", "/nothing"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def preflight(client: Client, origin: str) -> httpx2.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return client.options("/api/tasks", headers=headers)


def test_cors_allows_the_frontend_only(client: Client) -> None:
    origin = "http://localhost:3000"
    allowed = preflight(client, origin)
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == origin
    assert allowed.headers["Access-Control-Allow-Credentials"] == "true"
    assert "PATCH" in allowed.headers["Access-Control-Allow-Methods"]
    answer = client.get("/api/me", headers={"Origin": origin})
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    for other in ("http://localhost:3001", "https://localhost:3000", "http://localhost:3000.evil.example", "null", "*"):
        refused = preflight(client, other)
        assert refused.status_code == 400
        assert "Access-Control-Allow-Origin" not in refused.headers
        assert "Access-Control-Allow-Origin" not in client.get("/health", headers={"Origin": other}).headers


@pytest.mark.parametrize("value", ["", "*"])
def test_without_a_usable_frontend_url_no_origin_is_allowed(database_url: str, value: str) -> None:
    with Server(environment(database_url, FRONTEND_URL=value)) as server, server.client() as client:
        for origin in ("http://localhost:3000", "*"):
            assert "Access-Control-Allow-Origin" not in preflight(client, origin).headers
        assert client.health() == HEALTHY


def test_several_frontends(database_url: str) -> None:
    env = environment(database_url, FRONTEND_URL="https://a.example/, https://b.example:8443")
    with Server(env) as server, server.client() as client:
        for origin in ("https://a.example", "https://b.example:8443"):
            assert preflight(client, origin).headers["Access-Control-Allow-Origin"] == origin


def test_an_unexpected_error_is_not_shown(user: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("taskflow.routes.tasks.own_task", broken)
    answer = user.get(f"/api/tasks/{uuid4()}")
    assert answer.status_code == 500
    assert SECRET not in detail(answer)


def test_two_at_once_cannot_take_the_same_address(server: Server) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    email = f"{uuid4()}@example.com"

    def sign_up(_: int) -> int:
        with server.client() as client:
            return client.post("/api/auth/sign-up", json={"email": email, "password": PASSWORD}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(sign_up, range(4))) == [201, 409, 409, 409]


def test_health_is_quick_while_passwords_are_hashed(server: Server) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    def sign_in(_: int) -> int:
        with server.client() as client:
            body = {"email": "nobody@example.com", "password": PASSWORD}
            return client.post("/api/auth/sign-in", json=body).status_code

    with ThreadPoolExecutor(8) as pool, server.client() as client:
        attempts = [pool.submit(sign_in, index) for index in range(16)]
        slowest = 0.0
        while not all(attempt.done() for attempt in attempts):
            began = time.monotonic()
            assert client.health() == HEALTHY
            slowest = max(slowest, time.monotonic() - began)
        assert {attempt.result() for attempt in attempts} == {401}
    assert slowest < 0.8
