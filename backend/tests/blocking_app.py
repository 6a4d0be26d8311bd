"""The application with handlers as nobody should write them: they block a thread and cannot be cut."""

import asyncio
import time

from main import app


@app.get("/block/worker")
def block_worker() -> None:
    time.sleep(60)


@app.get("/block/executor")
async def block_executor() -> None:
    await asyncio.to_thread(time.sleep, 60)
