"""The end of the process."""

import logging
import os
import threading
import time

logger = logging.getLogger(__name__)


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
