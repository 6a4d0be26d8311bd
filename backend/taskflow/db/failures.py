"""What went wrong with the database, in words that quote nothing of the configuration."""

from typing import Final

import psycopg
from psycopg import errors
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class DatabaseUnavailableError(Exception):
    """The database cannot be used now. Carries a reason without any part of the configuration."""


class SchemaError(Exception):
    """The tables are not what this version needs. The text names tables and columns and nothing else."""


class SilentServerError(psycopg.OperationalError):
    """The server accepted a statement and did not answer within the limit."""


_NO_ANSWER: Final = "no answer within the time limit"
_KINDS: Final[dict[type[BaseException], str]] = {
    errors.ConnectionTimeout: _NO_ANSWER,
    SilentServerError: _NO_ANSWER,
    TimeoutError: _NO_ANSWER,
    PoolTimeoutError: "all connections are in use",
    errors.UndefinedTable: "the tables are missing",
    errors.UndefinedColumn: "a column is missing",
    errors.LockNotAvailable: "another instance changes the tables, or a table is locked",
    errors.InsufficientPrivilege: "the role may not do what is needed",
    errors.AdminShutdown: "the server closed the connection",
}
# While connecting there is only text, and no code to tell one refusal from another.
_SIGNS: Final = {
    "authentication failed": "the server refused the credentials",
    "no pg_hba.conf entry": "the server refused the credentials",
    "too many connections": "the server has no connection to spare",
    "remaining connection slots": "the server has no connection to spare",
    "not currently accepting connections": "the database does not accept connections",
    "starting up": "the server is starting",
    "shutting down": "the server is stopping",
    "resolve host": "the name of the host is unknown",
    "connection refused": "nothing listens there",
    "ssl": "no agreement on encryption",
    "does not exist": "the database or the role does not exist",
    "closed the connection": "the server closed the connection",
}


def cause_of(error: BaseException) -> BaseException | None:
    """Return the driver's own error, if SQLAlchemy has wrapped it."""
    return error.orig if isinstance(error, DBAPIError) else error


def reason(error: BaseException) -> str:
    """Say what went wrong without quoting the driver, whose texts name hosts and users."""
    if isinstance(error, SchemaError):
        return str(error)
    cause = cause_of(error)
    for kind, words in _KINDS.items():
        if isinstance(cause, kind):
            return words
    lines = str(cause).lower()
    for sign, words in _SIGNS.items():
        if sign in lines:
            return words
    state = getattr(cause, "sqlstate", None)
    return type(cause).__name__ + (f", SQLSTATE {state}" if state else "")
