"""The assistant, with a server that speaks the protocol and says what the test wants."""

import json
import time
from typing import Any
from uuid import uuid4

import pytest

from tests.helpers import KEY, Client, FakeOpenAI, Server, environment, fails, says


def ask(client: Client, message: str = "hello") -> tuple[int, dict[str, Any]]:
    answer = client.post("/api/chat", json={"message": message})
    assert KEY not in answer.text
    body: dict[str, Any] = answer.json()
    return answer.status_code, body


def test_a_plain_answer(user: Client, openai: FakeOpenAI) -> None:
    task = user.add_task("buy milk")
    openai.script = [says("You have one task.")]
    assert ask(user, " what is there to do? ") == (200, {"reply": "You have one task.", "tasks_changed": False})
    (request,) = openai.requests
    assert openai.headers[0]["path"] == "/v1/chat/completions"
    assert openai.headers[0]["authorization"] == f"Bearer {KEY}"
    assert request["model"] == "gpt-4o-mini"
    system, message = request["messages"]
    assert system["role"] == "system"
    assert json.dumps([{"id": task["id"], "title": "buy milk", "done": False}]) in system["content"]
    assert message == {"role": "user", "content": "what is there to do?"}
    assert [tool["function"]["name"] for tool in request["tools"]] == ["add_task", "complete_task"]


def test_the_model_sees_nobody_elses_tasks(server: Server, user: Client, openai: FakeOpenAI) -> None:
    with server.client() as other:
        other.new_user()
        other.add_task("a secret of somebody else")
    openai.script = [says("ok")]
    ask(user)
    assert "somebody else" not in json.dumps(openai.requests)


def test_the_model_adds_a_task(user: Client, openai: FakeOpenAI) -> None:
    openai.script = [says(None, ("add_task", '{"title": " call Bob "}')), says("Added.")]
    assert ask(user, "remind me to call Bob") == (200, {"reply": "Added.", "tasks_changed": True})
    (task,) = user.get("/api/tasks").json()
    assert (task["title"], task["done"]) == ("call Bob", False)
    assistant, tool = openai.requests[1]["messages"][2:]
    assert assistant["tool_calls"][0]["id"] == tool["tool_call_id"] == "call-0"
    assert json.loads(tool["content"])["id"] == task["id"]


def test_the_model_completes_a_task_once(user: Client, openai: FakeOpenAI) -> None:
    task = user.add_task("buy milk")
    call = says(None, ("complete_task", json.dumps({"id": task["id"]})))
    openai.script = [call, says("Done.")]
    assert ask(user) == (200, {"reply": "Done.", "tasks_changed": True})
    assert user.get(f"/api/tasks/{task['id']}").json()["done"] is True
    openai.script = [call, says("It was done already.")]
    assert ask(user) == (200, {"reply": "It was done already.", "tasks_changed": False})


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("add_task", '{"title": ""}'),
        ("add_task", '{"title": "a\\u0000b"}'),
        ("add_task", "not json"),
        ("add_task", '{"title": "x", "owner_id": "y"}'),
        ("complete_task", '{"id": "7"}'),
        ("complete_task", json.dumps({"id": str(uuid4())})),
        ("delete_everything", "{}"),
    ],
)
def test_calls_that_make_no_sense_change_nothing(user: Client, openai: FakeOpenAI, name: str, arguments: str) -> None:
    openai.script = [says(None, (name, arguments)), says("Sorry.")]
    assert ask(user) == (200, {"reply": "Sorry.", "tasks_changed": False})
    assert openai.requests[1]["messages"][-1]["content"].startswith("error: ")
    assert user.get("/api/tasks").json() == []


def test_the_model_cannot_touch_tasks_of_others(server: Server, user: Client, openai: FakeOpenAI) -> None:
    with server.client() as other:
        other.new_user()
        task = other.add_task("not yours")
        openai.script = [says(None, ("complete_task", json.dumps({"id": task["id"]}))), says("?")]
        assert ask(user) == (200, {"reply": "?", "tasks_changed": False})
        assert other.get(f"/api/tasks/{task['id']}").json()["done"] is False


def test_a_model_that_never_stops_calling_is_stopped(user: Client, openai: FakeOpenAI) -> None:
    openai.script = [says(None, *[("add_task", '{"title": "again"}')] * 6)]
    status, body = ask(user)
    assert status == 200
    assert body["tasks_changed"] is True
    assert body["reply"].startswith("Done: added “again”")
    assert body["reply"].endswith("But the assistant gave no usable answer.")
    assert len(openai.requests) == 4
    assert len(user.get("/api/tasks").json()) == 10


@pytest.mark.parametrize(
    "case",
    [
        (401, 502, "refuses our credentials"),
        (403, 502, "refuses our credentials"),
        (400, 502, "failed"),
        (404, 502, "failed"),
        (429, 503, "busy"),
        (500, 502, "failed"),
        (503, 502, "failed"),
    ],
)
def test_errors_of_the_model(
    user: Client,
    openai: FakeOpenAI,
    caplog: pytest.LogCaptureFixture,
    case: tuple[int, int, str],
) -> None:
    upstream, status, words = case
    openai.script = [fails(upstream, f"Incorrect API key provided: {KEY}")]
    answered, body = ask(user)
    assert answered == status
    assert set(body) == {"detail"}
    assert words in body["detail"]
    assert "Incorrect" not in body["detail"]
    assert str(upstream) in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize("answer", ["", "{", "[]", "{}", '{"choices": []}', '{"choices": null}', '"text"', "null"])
def test_answers_that_are_none(user: Client, openai: FakeOpenAI, answer: str) -> None:
    openai.script = [lambda _: (200, answer)]
    assert ask(user) == (502, {"detail": "the assistant gave no usable answer"})


def test_an_empty_answer(user: Client, openai: FakeOpenAI) -> None:
    openai.script = [says(None)]
    assert ask(user) == (502, {"detail": "the assistant gave no usable answer"})


def test_a_model_that_hangs(user: Client, openai: FakeOpenAI) -> None:
    openai.script = [openai.after(8, says("too late"))]
    began = time.monotonic()
    assert ask(user) == (503, {"detail": "the assistant took too long to answer"})
    assert 1.5 < time.monotonic() - began < 4


def test_what_was_changed_before_a_failure_is_said(user: Client, openai: FakeOpenAI) -> None:
    openai.script = [says(None, ("add_task", '{"title": "x"}')), fails(500)]
    assert ask(user) == (200, {"reply": "Done: added “x”. But the assistant failed.", "tasks_changed": True})


def test_a_model_that_is_not_there(database_url: str) -> None:
    env = environment(database_url, OPENAI_BASE_URL="http://127.0.0.1:9/v1", OPENAI_MODEL="other")
    with Server(env) as server, server.client() as client:
        client.new_user()
        assert ask(client) == (503, {"detail": "the assistant cannot be reached"})


def test_the_model_can_be_chosen(database_url: str, openai: FakeOpenAI) -> None:
    openai.script = [says("ok")]
    env = environment(database_url, OPENAI_BASE_URL=openai.url + "/", OPENAI_MODEL="local-7b")
    with Server(env) as server, server.client() as client:
        client.new_user()
        assert ask(client)[0] == 200
    assert openai.requests[0]["model"] == "local-7b"
    assert openai.headers[0]["path"] == "/v1/chat/completions"


@pytest.mark.parametrize("message", ["", "  ", "x" * 4001, "a\x00b", None, 7])
def test_messages_that_are_refused(user: Client, openai: FakeOpenAI, message: object) -> None:
    openai.script = [says("no")]
    assert user.post("/api/chat", json={"message": message}).status_code == 422
    assert openai.requests == []


def test_a_slow_model_holds_no_database_connection(server: Server, openai: FakeOpenAI) -> None:
    """More conversations at once than there are connections: other requests still get one."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    openai.script = [openai.after(1.5, says("ok"))]

    def converse(_: int) -> int:
        with server.client() as client:
            client.new_user()
            return ask(client)[0]

    with ThreadPoolExecutor(14) as pool, server.client() as client:
        running = [pool.submit(converse, index) for index in range(14)]
        client.new_user()
        while not all(each.done() for each in running):
            began = time.monotonic()
            assert client.get("/api/tasks").status_code == 200
            assert time.monotonic() - began < 1.5
        assert {each.result() for each in running} <= {200, 503}
