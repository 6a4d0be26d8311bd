"""Accounts: sign up, sign in, and who am I."""

from fastapi import APIRouter, HTTPException
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from taskflow.models import Session, SignIn, SignUp, User, UserOut
from taskflow.routes.deps import CurrentUser, TokensDep
from taskflow.services import ServicesDep

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
    return Session(token=tokens.issue(user.id), user=UserOut.model_validate(user))


@router.get("/me")
async def me(user: CurrentUser) -> UserOut:
    """Tell who is signed in."""
    return UserOut.model_validate(user)
