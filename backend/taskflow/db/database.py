"""The database of the application: sessions for the routes, and whether they can be used."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from psycopg import errors
from pydantic import SecretStr
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from taskflow.db import schema
from taskflow.db.connection import Connection
from taskflow.db.failures import DatabaseUnavailableError, SchemaError, reason
from taskflow.db.probe import CLOSE_LIMIT, Probe

logger = logging.getLogger(__name__)

SESSION_LIMIT: Final = 10.0
"""Seconds for everything a request does with the database in one go."""
POOL_LIMIT: Final = 3.0
"""Seconds to wait for a free connection."""
STARTUP_LIMIT: Final = 3.0
"""Seconds that the start waits for the first attempt."""
POOL_SIZE: Final = 5
POOL_OVERFLOW: Final = 5
RETRY_FIRST: Final = 0.25
RETRY_LAST: Final = 2.0


def create_engine(conninfo: SecretStr) -> AsyncEngine:
    """Make a pool of our connections."""

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


class _Configured:
    """What there is when there is an address."""

    def __init__(self, conninfo: SecretStr, database: "Database") -> None:
        self.engine = create_engine(conninfo)
        self.sessions = async_sessionmaker(self.engine, class_=AsyncSession, expire_on_commit=False)
        self.probe = Probe(conninfo, database.lost_tables)


class Database:
    """The application's connections, and whether they can be used."""

    def __init__(self, conninfo: SecretStr | None) -> None:
        self._parts = None if conninfo is None else _Configured(conninfo, self)
        self._ready = False
        self._first_attempt = asyncio.Event()
        self._preparing: asyncio.Task[None] | None = None
        self._was_reachable: bool | None = None

    async def start(self) -> None:
        """Test the connection and prepare the tables; go on trying in the background if that fails."""
        if self._parts is None:
            return
        self._prepare()
        try:
            await asyncio.wait_for(self._first_attempt.wait(), STARTUP_LIMIT)
        except TimeoutError:
            logger.warning("database: no answer yet, starting without it")

    def _prepare(self) -> None:
        if self._parts is not None and (self._preparing is None or self._preparing.done()):
            self._preparing = asyncio.create_task(self._prepare_until_done(self._parts.engine))

    async def _prepare_until_done(self, engine: AsyncEngine) -> None:
        delay = RETRY_FIRST
        said = ""
        while not self._ready:
            try:
                async with asyncio.timeout(SESSION_LIMIT) as limit, engine.begin() as connection:
                    await schema.prepare(connection, limit)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next attempt may succeed
                if (words := reason(error)) != said:
                    level = logging.ERROR if isinstance(error, SchemaError) else logging.WARNING
                    logger.log(level, "database: not ready, will try again: %s", words)
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
        if self._parts is None:
            message = "not configured"
            raise DatabaseUnavailableError(message)
        try:
            async with asyncio.timeout(SESSION_LIMIT), self._parts.sessions() as session:
                yield session
        except (OperationalError, InterfaceError, PoolTimeoutError, TimeoutError, OSError) as error:
            raise DatabaseUnavailableError(reason(error)) from None
        except ProgrammingError as error:
            if not isinstance(error.orig, errors.UndefinedTable | errors.UndefinedColumn):
                raise
            self.lost_tables()
            raise DatabaseUnavailableError(reason(error)) from None

    def lost_tables(self) -> None:
        """Prepare the tables again: somebody put another database in the place of ours, or changed it."""
        self._ready = False
        self._prepare()

    async def reachable(self, limit: float) -> bool:
        """Tell within a limit whether the database answers and its tables are complete."""
        if self._parts is None or not self._ready:
            return False
        answer = await self._parts.probe.passes(limit) and self._ready
        if answer != self._was_reachable:
            if not answer:
                logger.warning("database: does not answer or is not complete, unhealthy")
            elif self._was_reachable is not None:
                logger.info("database: answers again, healthy")
            self._was_reachable = answer
        return answer

    async def close(self) -> None:
        """Close every connection."""
        if self._preparing is not None and not self._preparing.done():
            self._preparing.cancel()
            await asyncio.wait({self._preparing}, timeout=CLOSE_LIMIT)
        if self._parts is None:
            return
        await self._parts.probe.close()
        try:
            await asyncio.wait_for(self._parts.engine.dispose(), CLOSE_LIMIT)
        except TimeoutError:
            logger.warning("database: connections did not close in time")
        else:
            logger.info("database: connections closed")
