"""Puts the application together."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.middleware.cors import CORSMiddleware

from taskflow.config import Settings
from taskflow.db import DatabaseUnavailableError
from taskflow.exit import exit_after
from taskflow.middleware import BodyLimit, CutRequests, SecurityHeaders
from taskflow.routes import auth, chat, health, tasks
from taskflow.services import Services

logger = logging.getLogger(__name__)

CUT_LIMIT: Final = 1.0
"""Seconds for the last words of requests that were cut."""

# Where the validator's own words quote the value, or say less.
_WORDS: Final = {
    "json_invalid": "is not valid JSON",
    "missing": "is required",
    "string_too_short": "must not be empty",
    "uuid_parsing": "is not a UUID",
}


async def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    """Say what is wrong in one sentence; never repeat what was sent, which may be a password."""
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    sentences = []
    for problem in problems:
        field = ".".join(part for part in problem["loc"][1:] if isinstance(part, str)) or "body"
        words = _WORDS.get(problem["type"]) or str(problem["msg"]).removeprefix("Value error, ")
        sentences.append(f"{field}: {words}")
    return JSONResponse({"detail": "; ".join(sentences) or "the request is not valid"}, 422)


async def _database_unavailable(request: Request, error: Exception) -> JSONResponse:
    logger.warning("%s %s: the database cannot be used: %s", request.method, request.url.path, error)
    return JSONResponse({"detail": "the database is not available"}, 503)


async def _unexpected(_request: Request, _error: Exception) -> JSONResponse:
    # The server logs it with its traceback.
    return JSONResponse({"detail": "something went wrong on our side"}, 500)


def create_app(settings: Settings, *, exit_limit: float | None = None) -> FastAPI:
    """Make an application.

    With ``exit_limit``, the process ends this many seconds after the last request is done or cut,
    whatever still holds it.
    """
    running: set[asyncio.Task[object]] = set()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        services = app.state.services = Services.create(settings)
        await services.database.start()
        try:
            yield
        finally:
            if exit_limit is not None:
                exit_after(exit_limit)
            if running:
                # They have been cut, and want to say so.
                await asyncio.wait(running, timeout=CUT_LIMIT)
            await services.database.close()
            if services.assistant is not None:
                await services.assistant.close()

    app = FastAPI(
        title="taskflow",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    for module in (health, auth, tasks, chat):
        app.include_router(module.router)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(DatabaseUnavailableError, _database_unavailable)
    app.add_exception_handler(Exception, _unexpected)
    # The last one added is the outermost. The framework's own limit for bodies answers in plain text.
    app.add_middleware(BodyLimit)
    app.add_middleware(CutRequests, running=running)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_credentials=True,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Link"],
            max_age=600,
        )
    app.add_middleware(SecurityHeaders)
    return app
