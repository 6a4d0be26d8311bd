"""The tables, and the shapes that go over the wire."""

import re
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, StringConstraints
from sqlalchemy import DateTime, Index
from sqlmodel import Field, SQLModel

MAX_TITLE = 200
MAX_NAME = 100
MAX_EMAIL = 254
MAX_MESSAGE = 4000
MIN_PASSWORD = 8
MAX_PASSWORD = 128

# One "@", something on both sides, no blanks. Whether it exists only a message could tell.
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\.]+(?:\.[^\s@<>()\[\],;:\"\\.]+)*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def now() -> datetime:
    """Return the present, with its time zone."""
    return datetime.now(UTC)


def one_line(text: str) -> str:
    """Refuse control characters and line breaks (PostgreSQL would refuse NUL later)."""
    if _CONTROL.search(text):
        message = "must not contain control characters"
        raise ValueError(message)
    return text


def _no_nul(text: str) -> str:
    if "\x00" in text:
        message = "must not contain NUL"
        raise ValueError(message)
    return text


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        message = "must be an e-mail address"
        raise ValueError(message)
    return one_line(text).lower()


def _password(value: SecretStr) -> SecretStr:
    if not MIN_PASSWORD <= len(value.get_secret_value()) <= MAX_PASSWORD:
        message = f"must have {MIN_PASSWORD} to {MAX_PASSWORD} characters"
        raise ValueError(message)
    if any("\ud800" <= char <= "\udfff" for char in value.get_secret_value()):
        # JSON can say half a character; nothing can be computed from it.
        message = "must be valid text"
        raise ValueError(message)
    return value


Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE), AfterValidator(one_line)
]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME), AfterValidator(one_line)
]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_EMAIL), AfterValidator(_email)]
NewPassword = Annotated[SecretStr, AfterValidator(_password)]
Message = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_MESSAGE), AfterValidator(_no_nul)
]


class User(SQLModel, table=True):
    """An account."""

    __tablename__ = "users"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    email: str = Field(max_length=MAX_EMAIL, unique=True)
    name: str | None = Field(default=None, max_length=MAX_NAME)
    password_hash: str
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class Task(SQLModel, table=True):
    """Something to do, and whose it is."""

    __tablename__ = "tasks"
    # The order of the list. It begins with the owner, as deleting an account needs it.
    __table_args__ = (Index("ix_tasks_owner_id_created_at_id", "owner_id", "created_at", "id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    owner_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    title: str = Field(max_length=MAX_TITLE)
    done: bool = Field(default=False)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class _Request(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class SignUp(_Request):
    """Body of a sign-up."""

    email: Email
    password: NewPassword
    name: Name | None = None


class SignIn(_Request):
    """Body of a sign-in. The lengths are not checked again: a wrong password is wrong, not invalid."""

    email: Email
    password: SecretStr


class UserOut(BaseModel):
    """What is told about an account."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str
    name: str | None


class Session(BaseModel):
    """Answer to a sign-up or sign-in."""

    token: str
    user: UserOut


class TaskIn(_Request):
    """Body of a new task."""

    title: Title


class TaskPatch(_Request):
    """Body of a change: what is absent stays."""

    title: Title | None = None
    done: bool | None = None


class TaskOut(BaseModel):
    """A task as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    done: bool
    created_at: datetime


class ChatIn(_Request):
    """A message to the assistant."""

    message: Message


class ChatOut(BaseModel):
    """Its answer, and whether the list of tasks is to be read again."""

    reply: str
    tasks_changed: bool
