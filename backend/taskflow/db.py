"""The database: connections that cannot hang, a schema that is there before anything is healthy.

Every wait for the server has a limit inside the driver, so a server that accepts connections and
then says nothing costs seconds, never a worker. All of it runs on the event loop; no thread can be
held by a query.
"""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Self

import psycopg
from psycopg import AsyncConnection, errors, waiting
from psycopg.abc import RV, PQGen
from psycopg.rows import TupleRow
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection as EngineConnection
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel import SQLModel, text
from sqlmodel.ext.asyncio.session import AsyncSession

import taskflow.models  # noqa: F401 - registers the tables

logger = logging.getLogger(__name__)

CONNECT_LIMIT: Final = 6.0
"""Seconds for a connection, all hosts of the URL together."""
ANSWER_LIMIT: Final = 5.0
"""Seconds for the answer to one statement."""
SESSION_LIMIT: Final = 10.0
"""Seconds for everything a request does with the database in one go."""
POOL_LIMIT: Final = 3.0
"""Seconds to wait for a free connection."""
STARTUP_LIMIT: Final = 3.0
"""Seconds that the start waits for the first attempt."""
CLOSE_LIMIT: Final = 1.5
POOL_SIZE: Final = 5
POOL_OVERFLOW: Final = 5
RETRY_FIRST: Final = 0.25
RETRY_LAST: Final = 2.0

_SCHEMA_LOCK: Final = 0x7461736B666C6F77  # "taskflow"
_SCHEMA_LOCK_STATEMENT: Final = "SELECT pg_advisory_xact_lock(:key)"
# By name only: a lock on a table does not make us unhealthy.
_TABLES_EXIST: Final = "SELECT to_regclass('users') IS NOT NULL AND to_regclass('tasks') IS NOT NULL"


_NO_ANSWER: Final = "no answer within the time limit"
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


class DatabaseUnavailableError(Exception):
    """The database cannot be used now. Carries a reason without any part of the configuration."""


def reason(error: BaseException) -> str:
    """Say what went wrong without quoting the driver, whose texts name hosts and users."""
    cause: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
    for kind, words in _KINDS.items():
        if isinstance(cause, kind):
            return words
    # While connecting there is only text, and no code to tell one refusal from another.
    lines = str(cause).lower()
    for sign, words in _SIGNS.items():
        if sign in lines:
            return words
    state = getattr(cause, "sqlstate", None)
    return type(cause).__name__ + (f", SQLSTATE {state}" if state else "")


def _let_go(error: BaseException) -> None:
    """Free what the frames of a failure hold.

    A failed attempt to connect leaves its half-open socket in a cycle of frames and errors, and
    the socket would stay open until the garbage collector comes along.
    """
    seen: set[int] = set()
    waiting_for = [error]
    while waiting_for:
        each = waiting_for.pop()
        if id(each) not in seen:
            seen.add(id(each))
            traceback.clear_frames(each.__traceback__)
            waiting_for += [inner for inner in (each.__cause__, each.__context__) if inner is not None]


class SilentServerError(psycopg.OperationalError):
    """The server accepted a statement and did not answer within the limit."""


_KINDS: Final[dict[type[BaseException], str]] = {
    errors.ConnectionTimeout: _NO_ANSWER,
    SilentServerError: _NO_ANSWER,
    TimeoutError: _NO_ANSWER,
    PoolTimeoutError: "all connections are in use",
    errors.UndefinedTable: "the tables are missing",
    errors.AdminShutdown: "the server closed the connection",
}


class Connection(AsyncConnection[TupleRow]):
    """A connection that gives up: on silence after a limit, on cancellation at once.

    psycopg's own way to cancel asks the server to stop the statement and waits for it, which is
    just what a silent server does not do. Closing is enough here: no statement of ours is long.
    """

    @classmethod
    async def open(cls, conninfo: SecretStr, *, autocommit: bool = False) -> Self:
        """Connect, with a limit for name resolution and all hosts together."""
        try:
            async with asyncio.timeout(CONNECT_LIMIT):
                # Poolers between us and the server do not keep prepared statements.
                return await cls.connect(conninfo.get_secret_value(), autocommit=autocommit, prepare_threshold=None)
        except BaseException as error:
            _let_go(error)
            raise

    async def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:  # noqa: ASYNC109
        """Run one exchange with the server."""
        limit = ANSWER_LIMIT if timeout is None else min(timeout, ANSWER_LIMIT)
        try:
            return await waiting.wait_async(gen, self.pgconn.socket, interval=interval, timeout=limit)
        except errors._WaitTimeout:  # noqa: SLF001 - the only sign of it
            self.pgconn.finish()
            raise SilentServerError from None
        except asyncio.CancelledError:
            self.pgconn.finish()
            raise


async def create_tables(connection: EngineConnection) -> None:
    """Create what is missing. Replicas that start together take turns."""
    await connection.execute(text(_SCHEMA_LOCK_STATEMENT), {"key": _SCHEMA_LOCK})
    await connection.run_sync(SQLModel.metadata.create_all)


class Database:
    """The application's connections, and whether they can be used."""

    def __init__(self, conninfo: SecretStr | None) -> None:
        self._conninfo = conninfo
        self._engine = None if conninfo is None else self._create_engine(conninfo)
        self._sessions = (
            None
            if self._engine is None
            else async_sessionmaker(self._engine, class_=AsyncSession, expire_on_commit=False)
        )
        self._ready = False
        self._first_attempt = asyncio.Event()
        self._initialising: asyncio.Task[None] | None = None
        self._probing: asyncio.Task[bool] | None = None
        self._probe_connection: Connection | None = None
        self._was_reachable: bool | None = None

    @staticmethod
    def _create_engine(conninfo: SecretStr) -> AsyncEngine:
        async def connect(*_args: object, **_kwargs: object) -> Connection:
            return await Connection.open(conninfo)

        # The URL names only the driver: libpq gets the connection string from us, untouched.
        return create_async_engine(
            "postgresql+psycopg://",
            async_creator=connect,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_LIMIT,
            pool_pre_ping=True,
            pool_recycle=1800,
            hide_parameters=True,
            use_native_hstore=False,
        )

    async def start(self) -> None:
        """Test the connection and create the tables; go on trying in the background if that fails."""
        if self._engine is None:
            return
        self._initialise()
        try:
            await asyncio.wait_for(self._first_attempt.wait(), STARTUP_LIMIT)
        except TimeoutError:
            logger.warning("database: no answer yet, starting without it")

    def _initialise(self) -> None:
        if self._initialising is None or self._initialising.done():
            self._initialising = asyncio.create_task(self._create_tables_until_done())

    async def _create_tables_until_done(self) -> None:
        if self._engine is None:
            return
        delay = RETRY_FIRST
        said = ""
        while not self._ready:
            try:
                async with asyncio.timeout(SESSION_LIMIT), self._engine.begin() as connection:
                    await create_tables(connection)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next attempt may succeed
                if (words := reason(error)) != said:
                    logger.warning("database: not ready, will try again: %s", words)
                    said = words
            else:
                self._ready = True
                logger.info("database: ready")
            self._first_attempt.set()
            if not self._ready:
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_LAST)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Lend a session. Whatever shows that the database cannot be used becomes one error."""
        if self._sessions is None:
            message = "not configured"
            raise DatabaseUnavailableError(message)
        try:
            async with asyncio.timeout(SESSION_LIMIT), self._sessions() as session:
                yield session
        except (OperationalError, InterfaceError, PoolTimeoutError, TimeoutError, OSError) as error:
            raise DatabaseUnavailableError(reason(error)) from None
        except ProgrammingError as error:
            if not isinstance(error.orig, errors.UndefinedTable):
                raise
            self._lost_tables()
            raise DatabaseUnavailableError(reason(error)) from None

    def _lost_tables(self) -> None:
        # Somebody put an empty database in the place of ours.
        self._ready = False
        self._initialise()

    async def reachable(self, limit: float) -> bool:
        """Tell within a limit whether the database answers and has its tables.

        However many ask, one probe runs, on a connection of its own: neither an exhausted pool
        nor a crowd of callers changes the answer. A probe that takes longer than the limit goes
        on (a server may need a second for a new connection) and serves those who ask next.
        """
        if self._engine is None or not self._ready:
            return False
        probe = self._probing
        if probe is None or probe.done():
            probe = self._probing = asyncio.create_task(self._probe())
        done, _ = await asyncio.wait({probe}, timeout=limit)
        answer = bool(done) and not probe.cancelled() and probe.result()
        if answer != self._was_reachable:
            if not answer:
                logger.warning("database: does not answer, unhealthy")
            elif self._was_reachable is not None:
                logger.info("database: answers again, healthy")
            self._was_reachable = answer
        return answer

    async def _probe(self) -> bool:
        if self._conninfo is None:
            return False
        # An idle connection may have died without a sign; that alone does not make the database unreachable.
        for attempt in ("kept", "new"):
            connection = self._probe_connection
            try:
                if connection is None or connection.closed:
                    attempt = "new"  # noqa: PLW2901
                    connection = self._probe_connection = await Connection.open(self._conninfo, autocommit=True)
                row = await (await connection.execute(_TABLES_EXIST)).fetchone()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - an answer, not a failure
                if connection is not None:
                    await connection.close()
                self._probe_connection = None
                if attempt == "new":
                    logger.debug("database: %s", reason(error))
                    return False
            else:
                if row != (True,):
                    self._lost_tables()
                return self._ready
        return False

    async def close(self) -> None:
        """Close every connection."""
        for task in (self._initialising, self._probing):
            if task is not None and not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=CLOSE_LIMIT)
        if self._probe_connection is not None:
            await self._probe_connection.close()
            self._probe_connection = None
        if self._engine is not None:
            try:
                await asyncio.wait_for(self._engine.dispose(), CLOSE_LIMIT)
            except TimeoutError:
                logger.warning("database: connections did not close in time")
            else:
                logger.info("database: connections closed")
