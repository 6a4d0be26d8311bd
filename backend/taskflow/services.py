"""What the routes work with, made once for an application."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from taskflow.chat import Assistant
from taskflow.config import Settings
from taskflow.db import Database
from taskflow.security import Passwords, Tokens


@dataclass(frozen=True)
class Services:
    """The parts of a running application."""

    settings: Settings
    database: Database
    passwords: Passwords
    tokens: Tokens | None
    assistant: Assistant | None

    @classmethod
    def create(cls, settings: Settings) -> "Services":
        """Make the parts that the configuration allows."""
        return cls(
            settings=settings,
            database=Database(settings.database),
            passwords=Passwords(),
            tokens=None if settings.auth_secret is None else Tokens(settings.auth_secret),
            assistant=Assistant.create(settings),
        )


async def services(request: Request) -> Services:
    """Find the services of the application that a request came to."""
    return cast("Services", request.app.state.services)


ServicesDep = Annotated[Services, Depends(services)]
