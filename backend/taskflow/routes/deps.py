"""What routes ask for: a database session and the user who is signed in."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel.ext.asyncio.session import AsyncSession

from taskflow.models import User
from taskflow.security import InvalidTokenError, Tokens
from taskflow.services import ServicesDep

_bearer = HTTPBearer(auto_error=False)


async def _session(services: ServicesDep) -> AsyncIterator[AsyncSession]:
    async with services.database.session() as session:
        yield session


# Ends before the answer is sent, so that a slow reader does not keep a connection.
SessionDep = Annotated[AsyncSession, Depends(_session, scope="function")]


def not_signed_in() -> HTTPException:
    """Make the answer to a request without a good token."""
    return HTTPException(401, "sign in first", headers={"WWW-Authenticate": "Bearer"})


async def _tokens(services: ServicesDep) -> Tokens:
    if services.tokens is None:
        raise HTTPException(503, "signing in is not configured")
    return services.tokens


TokensDep = Annotated[Tokens, Depends(_tokens)]


async def _user_id(
    tokens: TokensDep, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> UUID:
    if credentials is None:
        raise not_signed_in()
    try:
        return tokens.user_id(credentials.credentials)
    except InvalidTokenError:
        raise not_signed_in() from None


UserId = Annotated[UUID, Depends(_user_id)]


async def load_user(session: AsyncSession, user_id: UUID) -> User:
    """Load an account, which may be gone although its token is still good."""
    user = await session.get(User, user_id)
    if user is None:
        raise not_signed_in()
    return user


async def _current_user(user_id: UserId, session: SessionDep) -> User:
    return await load_user(session, user_id)


CurrentUser = Annotated[User, Depends(_current_user, scope="function")]
