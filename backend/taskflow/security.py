"""Passwords (Argon2id) and tokens (JWT, HS256)."""

import asyncio
import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Final
from uuid import UUID

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import SecretStr

from taskflow.models import now

# The library's own parameters, RFC 9106's for servers: 64 MiB and about a fifth of a second for each guess.
_HASHER: Final = PasswordHasher()
_CONCURRENT_HASHES: Final = 2

# What earlier versions stored: scrypt$n$r$p$salt$key. Signing in replaces it.
_SCRYPT: Final = "scrypt"
_SCRYPT_KEY_BYTES: Final = 32
_SCRYPT_MAX_MEMORY: Final = 64 * 1024 * 1024

ISSUER: Final = "taskflow"
ALGORITHM: Final = "HS256"
TOKEN_LIFETIME: Final = timedelta(hours=12)


class InvalidTokenError(Exception):
    """The token is not ours, not for this, or no longer good."""


def _no_account() -> str:
    """Make a hash that costs as much to check as a real one and that no password is known to match."""
    salt, key = (base64.b64encode(bytes(size)).decode().rstrip("=") for size in (_HASHER.salt_len, _HASHER.hash_len))
    cost = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${key}"


_NOBODY: Final = _no_account()


def hash_password(password: str) -> str:
    """Return what is stored for a password: parameters, salt and key in one string."""
    return _HASHER.hash(password)


def verify_password(password: str, stored: str) -> bool:
    """Tell in constant time whether a password belongs to a stored hash, of today's form or of the old one."""
    try:
        if stored.startswith(f"{_SCRYPT}$"):
            return _verify_scrypt(password, stored)
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError, ValueError):
        return False


def _verify_scrypt(password: str, stored: str) -> bool:
    _, n, r, p, encoded_salt, encoded_key = stored.split("$")
    derived = hashlib.scrypt(
        password.encode(),
        salt=base64.b64decode(encoded_salt),
        n=int(n),
        r=int(r),
        p=int(p),
        dklen=_SCRYPT_KEY_BYTES,
        maxmem=_SCRYPT_MAX_MEMORY,
    )
    return hmac.compare_digest(derived, base64.b64decode(encoded_key))


def is_outdated(stored: str) -> bool:
    """Tell whether a hash that a password belongs to is of an old form, or of other parameters than today's."""
    return stored.startswith(f"{_SCRYPT}$") or _HASHER.check_needs_rehash(stored)


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
