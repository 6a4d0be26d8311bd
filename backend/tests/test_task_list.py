"""Reading a task list in pages."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx2
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow.task_list import MAX_PAGE, Cursor
from tests.helpers import Client, Server

TIMES = st.datetimes(timezones=st.just(UTC))


@given(TIMES, st.uuids())
def test_a_cursor_is_read_as_it_was_written(time: datetime, task_id: UUID) -> None:
    cursor = Cursor(time, task_id)
    assert Cursor.parse(str(cursor)) == cursor
    assert str(cursor).replace("-", "").replace("_", "").isalnum()


@given(st.text() | st.text("ABCdef019-_=", min_size=32, max_size=32))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    outcome: Cursor | ValueError
    try:
        outcome = Cursor.parse(text)
    except ValueError as error:
        outcome = error
    assert str(outcome) in {text, "is not a place in a task list"}


def titles(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [task["title"] for task in answer.json()]


def earlier(answer: httpx2.Response) -> str | None:
    link = answer.links.get("prev")
    return None if link is None else link["url"]


def with_tasks(user: Client, database_url: str, count: int) -> list[str]:
    """Add tasks by hand, several of them at the same time, as a script could."""
    owner = user.get("/api/me").json()["id"]
    with psycopg.connect(database_url, autocommit=True) as connection:
        for index in range(count):
            # Three tasks share each second, so that their ids decide.
            row = (uuid4(), owner, str(index), datetime(2026, 1, 1, 0, index // 180, index // 3 % 60, tzinfo=UTC))
            connection.execute(
                "INSERT INTO tasks (id, owner_id, title, done, created_at) VALUES (%s, %s, %s, false, %s)", row
            )
        rows = connection.execute("SELECT title FROM tasks WHERE owner_id = %s ORDER BY created_at, id", [owner])
        return [title for (title,) in rows]


@pytest.mark.parametrize(("count", "limit"), [(0, 5), (1, 1), (5, 5), (6, 5), (11, 5), (10, 3), (9, 100)])
def test_pages_together_are_the_list(user: Client, database_url: str, count: int, limit: int) -> None:
    expected = with_tasks(user, database_url, count)
    seen: list[str] = []
    pages = 0
    path: str | None = f"/api/tasks?limit={limit}"
    while path is not None:
        answer = user.get(path)
        page = titles(answer)
        assert len(page) <= limit
        seen = page + seen
        pages += 1
        path = earlier(answer)
    assert seen == expected
    assert pages == max(1, -(-count // limit))


def test_a_page_has_the_newest_tasks_and_at_most_a_hundred(user: Client, database_url: str) -> None:
    expected = with_tasks(user, database_url, MAX_PAGE + 1)
    answer = user.get("/api/tasks")
    assert titles(answer) == expected[1:]
    assert titles(user.get(earlier(answer) or "")) == expected[:1]
    user.add_task("the newest")
    assert titles(user.get("/api/tasks")) == [*expected[2:], "the newest"]


def test_pages_stay_right_while_tasks_come_and_go(user: Client, database_url: str) -> None:
    expected = with_tasks(user, database_url, 6)
    answer = user.get("/api/tasks?limit=3")
    # The task that the place was named after goes, and a new one comes.
    user.delete(f"/api/tasks/{answer.json()[0]['id']}")
    user.add_task("new")
    assert titles(user.get(earlier(answer) or "")) == expected[:3]


def test_a_place_in_the_list_of_another_shows_nothing_of_it(server: Server, user: Client, database_url: str) -> None:
    with_tasks(user, database_url, 3)
    path = earlier(user.get("/api/tasks?limit=1"))
    assert path is not None
    with server.client() as other:
        other.new_user()
        assert titles(other.get(path)) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limit=0", "limit: "),
        ("limit=101", "limit: "),
        ("limit=-1", "limit: "),
        ("limit=many", "limit: "),
        ("before=", "before: is not a place in a task list"),
        ("before=0", "before: is not a place in a task list"),
        ("before=" + "f" * 32, "before: is not a place in a task list"),
        ("before=" + "%C3%A4" * 32, "before: is not a place in a task list"),
    ],
)
def test_a_page_that_is_none(user: Client, query: str, words: str) -> None:
    answer = user.get(f"/api/tasks?{query}")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(words)


def test_browsers_of_the_frontend_may_read_the_link(user: Client) -> None:
    answer = user.get("/api/tasks", headers={"Origin": "http://localhost:3000"})
    assert answer.headers["Access-Control-Expose-Headers"] == "Link"
