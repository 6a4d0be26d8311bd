import asyncio
import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from argon2 import Parameters, extract_parameters
from pydantic import SecretStr

from taskflow import security
from taskflow.security import InvalidTokenError, Passwords, Tokens, hash_password, is_outdated, verify_password
from tests.helpers import SECRET, scrypt_hash

USER = uuid4()
tokens = Tokens(SecretStr(SECRET))


def signed(key: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:  # noqa: ANN401 - claims are JSON
    now = int(time.time())
    defaults = {"iss": "taskflow", "sub": str(USER), "iat": now, "exp": now + 60}
    merged = {name: value for name, value in (defaults | claims).items() if value is not None}
    return jwt.encode(merged, key, algorithm=algorithm)


def b64(data: object) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_token_names_its_user() -> None:
    assert tokens.user_id(tokens.issue(USER)) == USER
    assert tokens.user_id(signed()) == USER


def test_a_token_is_signed_with_the_secret_and_expires() -> None:
    token = tokens.issue(USER)
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], issuer="taskflow")
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    assert claims["exp"] - claims["iat"] == 12 * 3600


def unsigned() -> str:
    return f"{b64({'alg': 'none', 'typ': 'JWT'})}.{signed().split('.')[1]}."


def changed_claims() -> str:
    header, body, signature = signed().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return ".".join((header, b64(claims | {"sub": str(uuid4())}), signature))


def changed_signature() -> str:
    header, body, signature = signed().split(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "="))
    raw[0] ^= 1
    return ".".join((header, body, b64(bytes(raw))))


@pytest.mark.parametrize(
    "make",
    [
        unsigned,
        changed_claims,
        changed_signature,
        lambda: signed(key="another-secret-of-enough-length-0123456789"),
        lambda: signed(algorithm="HS512"),
        lambda: signed(exp=int(time.time()) - 1),
        lambda: tokens.issue(USER, timedelta(seconds=-1)),
        lambda: signed(exp=None),
        lambda: signed(sub=None),
        lambda: signed(iss="somebody-else"),
        lambda: signed(iss=None),
        lambda: signed(sub="not-a-uuid"),
        lambda: signed(iat=int(time.time()) + 3600),
        lambda: "",
        lambda: "a.b.c",
        lambda: "\udcff",
    ],
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_bad_token_is_refused(make: Callable[[], str]) -> None:
    with pytest.raises(InvalidTokenError):
        tokens.user_id(make())


def test_a_password_belongs_to_its_hash_only() -> None:
    stored = hash_password("päss wörd")
    assert verify_password("päss wörd", stored)
    assert not verify_password("päss wörd ", stored)
    assert "päss" not in stored
    assert hash_password("päss wörd") != stored


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "plain",
        "scrypt$1$2$3",
        "md5$1$1$1$AA==$AA==",
        "scrypt$x$8$5$AA==$AA==",
        "scrypt$16384$8$5$AA==$",
        "scrypt$1073741824$8$5$AA==$AA==",
        "$argon2id$",
        "$argon2id$v=19$m=65536,t=3,p=4$AA$",
        "$argon2id$v=19$m=x,t=3,p=4$AAAAAAAAAAA$AAAAAAAAAAA",
        "$2b$12$AAAAAAAAAAAAAAAAAAAAAA",
    ],
)
def test_a_broken_hash_matches_nothing(stored: str) -> None:
    assert not verify_password("", stored)


def test_a_password_belongs_to_its_old_hash_until_it_is_renewed() -> None:
    old = scrypt_hash("päss wörd")
    assert verify_password("päss wörd", old)
    assert not verify_password("päss wörd ", old)
    assert is_outdated(old)
    assert not is_outdated(hash_password("päss wörd"))


def test_half_a_character_is_no_password() -> None:
    for stored in (hash_password("x"), scrypt_hash("x")):
        assert not verify_password("\ud800", stored)


def test_an_unknown_account_costs_as_much_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = hash_password("right")
    work: list[Parameters] = []
    real = security._HASHER  # noqa: SLF001

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            work.append(extract_parameters(stored))
            return real.verify(stored, password)

    monkeypatch.setattr(security, "_HASHER", Counting())

    async def both() -> tuple[bool, bool, bool]:
        passwords = Passwords()
        return (
            await passwords.verify(SecretStr("wrong"), stored),
            await passwords.verify(SecretStr("wrong"), None),
            await passwords.verify(SecretStr("right"), stored),
        )

    assert asyncio.run(both()) == (False, False, True)
    assert len(work) == 3
    assert work[0] == work[1] == work[2]
