"""Whether the database answers and is complete, however many ask."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from pydantic import SecretStr

from taskflow.db.connection import Connection
from taskflow.db.failures import reason
from taskflow.db.schema import find_flaws

logger = logging.getLogger(__name__)

CLOSE_LIMIT: Final = 1.5


class Probe:
    """Asks one question at a time, on a connection of its own.

    Neither an exhausted pool nor a crowd of callers changes the answer. A question that takes longer than
    a caller waits goes on (a server may need a second for a new connection) and serves those who ask next.
    """

    def __init__(self, conninfo: SecretStr, on_incomplete: Callable[[], None]) -> None:
        self._conninfo = conninfo
        self._on_incomplete = on_incomplete
        self._connection: Connection | None = None
        self._asking: asyncio.Task[bool] | None = None

    async def passes(self, limit: float) -> bool:
        """Tell within a limit whether the database answers and lacks nothing that is needed."""
        asking = self._asking
        if asking is None or asking.done():
            asking = self._asking = asyncio.create_task(self._ask())
        done, _ = await asyncio.wait({asking}, timeout=limit)
        return bool(done) and not asking.cancelled() and asking.result()

    async def _ask(self) -> bool:
        # An idle connection may have died without a sign; that alone does not make the database unreachable.
        for attempt in ("kept", "new"):
            connection = self._connection
            try:
                if connection is None or connection.closed:
                    attempt = "new"  # noqa: PLW2901
                    connection = self._connection = await Connection.open(self._conninfo, autocommit=True)
                flaws = await find_flaws(connection)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - an answer, not a failure
                if connection is not None:
                    await connection.close()
                self._connection = None
                if attempt == "new":
                    logger.debug("database: %s", reason(error))
                    return False
            else:
                if flaws:
                    self._on_incomplete()
                return not flaws
        return False

    async def close(self) -> None:
        """Give up what is being asked, and close the connection."""
        if self._asking is not None and not self._asking.done():
            self._asking.cancel()
            await asyncio.wait({self._asking}, timeout=CLOSE_LIMIT)
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
