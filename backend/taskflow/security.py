"""Passwords (scrypt) and tokens (JWT, HS256)."""

import asyncio
import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

import jwt
from pydantic import SecretStr

from taskflow.models import now

# 16 MiB and about a fifth of a second for each guess.
_N: Final = 2**14
_R: Final = 8
_P: Final = 5
_SALT_BYTES: Final = 16
_KEY_BYTES: Final = 32
_MAX_MEMORY: Final = 64 * 1024 * 1024
_CONCURRENT_HASHES: Final = 2

ISSUER: Final = "taskflow"
ALGORITHM: Final = "HS256"
TOKEN_LIFETIME: Final = timedelta(hours=12)


class InvalidTokenError(Exception):
    """The token is not ours, not for this, or no longer good."""


def _derive(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, dklen=_KEY_BYTES, maxmem=_MAX_MEMORY)


def _stored(salt: bytes, key: bytes) -> str:
    encoded = (base64.b64encode(part).decode() for part in (salt, key))
    return "$".join(("scrypt", str(_N), str(_R), str(_P), *encoded))


# Costs as much to check as a real one, and no password is known to match it.
_NOBODY: Final = _stored(bytes(_SALT_BYTES), bytes(_KEY_BYTES))


def hash_password(password: str) -> str:
    """Return what is stored for a password: parameters, salt and key in one string."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return _stored(salt, _derive(password, salt, _N, _R, _P))


def verify_password(password: str, stored: str) -> bool:
    """Tell in constant time whether a password belongs to a stored hash."""
    try:
        scheme, n, r, p, salt, key = stored.split("$")
        if scheme != "scrypt":
            return False
        derived = _derive(password, base64.b64decode(salt), int(n), int(r), int(p))
        return hmac.compare_digest(derived, base64.b64decode(key))
    except ValueError:
        return False


class Passwords:
    """Hashes and checks passwords beside the event loop, a few at a time."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(_CONCURRENT_HASHES)

    async def hash(self, password: SecretStr) -> str:
        """Hash a new password."""
        async with self._slots:
            return await asyncio.to_thread(hash_password, password.get_secret_value())

    async def verify(self, password: SecretStr, stored: str | None) -> bool:
        """Check a password. Without an account the work is the same and the answer is no."""
        async with self._slots:
            matches = await asyncio.to_thread(verify_password, password.get_secret_value(), stored or _NOBODY)
        return matches and stored is not None


class Tokens:
    """Issues and reads the tokens of signed-in users."""

    def __init__(self, secret: SecretStr) -> None:
        self._secret = secret

    def issue(self, user_id: UUID, lifetime: timedelta = TOKEN_LIFETIME) -> str:
        """Sign a token for a user."""
        issued = now()
        claims = {"iss": ISSUER, "sub": str(user_id), "iat": issued, "exp": issued + lifetime}
        return jwt.encode(claims, self._secret.get_secret_value(), algorithm=ALGORITHM)

    def user_id(self, token: str) -> UUID:
        """Return whose token it is."""
        try:
            claims = jwt.decode(
                token,
                self._secret.get_secret_value(),
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                options={"require": ["iss", "sub", "iat", "exp"]},
            )
            return UUID(claims["sub"])
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            raise InvalidTokenError from None
