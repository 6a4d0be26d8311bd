"""Accounts: sign up, sign in, and who am I."""

import logging

from fastapi import APIRouter, HTTPException
from pydantic import SecretStr
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import col, select

from taskflow.db import DatabaseUnavailableError
from taskflow.db.failures import reason
from taskflow.models import Session, SignIn, SignUp, User, UserOut
from taskflow.routes.deps import CurrentUser, TokensDep
from taskflow.security import is_outdated
from taskflow.services import Services, ServicesDep

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/api")


@router.post("/auth/sign-up", status_code=201)
async def sign_up(body: SignUp, services: ServicesDep, tokens: TokensDep) -> Session:
    """Create an account."""
    # Hashed outside of the session: connections are scarcer than time.
    user = User(email=body.email, name=body.name, password_hash=await services.passwords.hash(body.password))
    async with services.database.session() as session:
        session.add(user)
        try:
            await session.commit()
        except IntegrityError:
            raise HTTPException(409, "there is already an account with this e-mail address") from None
    return Session(token=tokens.issue(user.id), user=UserOut.model_validate(user))


@router.post("/auth/sign-in")
async def sign_in(body: SignIn, services: ServicesDep, tokens: TokensDep) -> Session:
    """Issue a token. Unknown addresses and wrong passwords get the same answer after the same work."""
    async with services.database.session() as session:
        user = (await session.exec(select(User).where(col(User.email) == body.email))).one_or_none()
    if not await services.passwords.verify(body.password, user.password_hash if user else None) or user is None:
        raise HTTPException(401, "wrong e-mail address or password")
    if is_outdated(user.password_hash):
        await _renew_hash(services, user, body.password)
    return Session(token=tokens.issue(user.id), user=UserOut.model_validate(user))


async def _renew_hash(services: Services, user: User, password: SecretStr) -> None:
    """Store a hash of today's form, unless the password was changed meanwhile. Signing in works without it."""
    renewed = await services.passwords.hash(password)
    unchanged = update(User).where(col(User.id) == user.id, col(User.password_hash) == user.password_hash)
    try:
        async with services.database.session() as session:
            await session.exec(unchanged.values(password_hash=renewed))
            await session.commit()
    except DatabaseUnavailableError as error:
        logger.warning("a password hash was not renewed: %s", error)
    except SQLAlchemyError as error:
        logger.warning("a password hash was not renewed: %s", reason(error))


@router.get("/me")
async def me(user: CurrentUser) -> UserOut:
    """Tell who is signed in."""
    return UserOut.model_validate(user)
