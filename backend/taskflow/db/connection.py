"""One connection: it gives up on silence after a limit, and on cancellation at once.

Every wait for the server has its limit inside of the driver, so a server that accepts connections and
then says nothing costs seconds, never a worker.
"""

import asyncio
import traceback
from typing import Final, Self

from psycopg import AsyncConnection, errors, waiting
from psycopg.abc import RV, PQGen
from psycopg.rows import TupleRow
from pydantic import SecretStr

from taskflow.db.failures import SilentServerError

CONNECT_LIMIT: Final = 6.0
"""Seconds for a connection, all hosts of the URL together."""
ANSWER_LIMIT: Final = 5.0
"""Seconds for the answer to one statement."""


class Connection(AsyncConnection[TupleRow]):
    """A connection that gives up: on silence after a limit, on cancellation at once.

    psycopg's own way to cancel asks the server to stop the statement and waits for it, which is
    just what a silent server does not do. Closing is enough here: no statement of ours is long.
    """

    answer_limit: float | None = None
    """Seconds for an answer in the place of ``ANSWER_LIMIT``, for statements that change tables."""

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
        own = ANSWER_LIMIT if self.answer_limit is None else self.answer_limit
        limit = own if timeout is None else min(timeout, own)
        try:
            return await waiting.wait_async(gen, self.pgconn.socket, interval=interval, timeout=limit)
        except errors._WaitTimeout:  # noqa: SLF001 - the only sign of it
            self.pgconn.finish()
            raise SilentServerError from None
        except asyncio.CancelledError:
            self.pgconn.finish()
            raise


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
