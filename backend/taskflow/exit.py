"""The end of the process."""

import logging
import os
import threading
import time
from typing import Final

logger = logging.getLogger(__name__)

EXIT_LIMIT: Final = 3.0
"""Seconds that the process may still take when its requests are done or cut.

The server's own limit for running requests comes before it; both together stay below 30.
"""


def exit_after(seconds: float) -> None:
    """End the process after a while, even if threads still run.

    Python waits for its worker threads before it ends: a name lookup that hangs, or a request
    handler that blocks, could hold the process until it is killed. By the time this is called
    every request has been answered or cut.
    """

    def wait_and_exit() -> None:
        time.sleep(seconds)
        logger.warning("still busy %.0f s after the shutdown: leaving now", seconds)
        logging.shutdown()
        os._exit(0)

    threading.Thread(target=wait_and_exit, name="exit", daemon=True).start()
