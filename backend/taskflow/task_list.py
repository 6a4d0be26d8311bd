"""The order of a task list, and reading it in pages."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from taskflow.models import Task

MAX_PAGE: Final = 100

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_BYTES: Final = 8
_CURSOR_BYTES: Final = _TIME_BYTES + 16
_CURSOR_CHARACTERS: Final = _CURSOR_BYTES // 3 * 4


@dataclass(frozen=True)
class Cursor:
    """A place in a task list: just before the task that was created then and has this id.

    It stays good when tasks come and go, the task itself included.
    """

    created_at: datetime
    id: UUID

    @classmethod
    def of(cls, task: Task) -> Self:
        """Return the place of a task."""
        return cls(task.created_at, task.id)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``str`` has written; anything else is a ``ValueError``."""
        message = "is not a place in a task list"
        if len(text) != _CURSOR_CHARACTERS:
            raise ValueError(message)
        try:
            raw = base64.b64decode(text, altchars=b"-_", validate=True)
            microseconds = int.from_bytes(raw[:_TIME_BYTES], "big", signed=True)
            return cls(_EPOCH + timedelta(microseconds=microseconds), UUID(bytes=raw[_TIME_BYTES:]))
        except (ValueError, OverflowError):
            raise ValueError(message) from None

    def __str__(self) -> str:
        microseconds = (self.created_at - _EPOCH) // timedelta(microseconds=1)
        raw = microseconds.to_bytes(_TIME_BYTES, "big", signed=True) + self.id.bytes
        return base64.urlsafe_b64encode(raw).decode()


@dataclass(frozen=True)
class Page:
    """Some tasks that follow each other, the oldest first."""

    tasks: list[Task]
    earlier: Cursor | None
    """Where the page before this one ends, if there is one."""


async def read_page(session: AsyncSession, owner_id: UUID, limit: int = MAX_PAGE, before: Cursor | None = None) -> Page:
    """Read the newest tasks of somebody, or the newest before a place."""
    place = tuple_(col(Task.created_at), col(Task.id))
    query = select(Task).where(col(Task.owner_id) == owner_id)
    if before is not None:
        query = query.where(place < (before.created_at, before.id))
    query = query.order_by(col(Task.created_at).desc(), col(Task.id).desc()).limit(limit + 1)
    found = list((await session.exec(query)).all())
    tasks = found[:limit][::-1]
    return Page(tasks, Cursor.of(tasks[0]) if len(found) > limit else None)
