"""Configuration from the environment.

Reading it never fails. A required variable that is missing or unusable becomes a problem: the
application starts, ``/health`` answers 503 and the log names the variable, never its value.

pydantic-settings is not used for that reason: one variable that cannot be used makes its whole
object invalid, and none of the others could be read. With a validator for each field that never
fails, what remained of it would be the look into the environment.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self, TypeVar
from urllib.parse import quote, unquote, urlsplit

from psycopg import Error as DriverError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import SecretStr

logger = logging.getLogger(__name__)

DEFAULT_MODEL: Final = "gpt-4o-mini"
DEFAULT_OPENAI_TIMEOUT: Final = 30.0
MAX_OPENAI_TIMEOUT: Final = 120.0
RECOMMENDED_SECRET_BYTES: Final = 32
MAX_PORT: Final = 65535
REQUIRED: Final = ("DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY")

T = TypeVar("T")
D = TypeVar("D")

_SCHEME = re.compile(r"(?i:postgres(?:ql)?)(?:\+[a-z0-9_]+)?://")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# What libpq is told unless the URL says otherwise. A server that vanished is noticed by the
# kernel after ten seconds, not after a quarter of an hour.
_CONNECTION_DEFAULTS: Final = {
    "fallback_application_name": "taskflow-backend",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
# Limits that belong to us, whatever the URL says.
_CONNECTION_LIMITS: Final = {"connect_timeout": "5"}


class BadValueError(ValueError):
    """A value cannot be used. The text never contains the value."""


def database_conninfo(url: str) -> str:
    """Turn a PostgreSQL URL of any common spelling into a libpq connection string.

    libpq parses it, not SQLAlchemy: whatever a hosting service puts into its URLs (``sslmode``,
    ``channel_binding``, ``options``, several hosts) means here what it means to ``psql``.
    """
    text = url.strip()
    scheme = _SCHEME.match(text)
    if scheme is None:
        message = "must begin with postgresql:// or postgres://"
        raise BadValueError(message)
    if _CONTROL.search(text):
        message = "contains control characters"
        raise BadValueError(message)
    try:
        given = conninfo_to_dict("postgresql://" + text[scheme.end() :])
        parameters = {**_CONNECTION_DEFAULTS, **given, **_CONNECTION_LIMITS}
        conninfo = make_conninfo("", **parameters)
    except (DriverError, UnicodeError):
        # The driver's text quotes the URL.
        message = "is not a PostgreSQL connection URL"
        raise BadValueError(message) from None
    for port in str(given.get("port", "")).split(","):
        if port and not (port.isascii() and port.isdigit() and 0 < int(port) <= MAX_PORT):
            message = "has a port that is not a number from 1 to 65535"
            raise BadValueError(message)
    return conninfo


def origin_of(url: str) -> str:
    """Return the origin of a URL as a browser writes it in the ``Origin`` header."""
    message = "needs origins such as https://app.example.com, separated by commas"
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise BadValueError(message) from None
    host = parts.hostname or ""
    if (
        parts.scheme not in {"http", "https"}
        or not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", host)
        or "@" in parts.netloc
        or port == 0
    ):
        raise BadValueError(message)
    shown = f"[{host}]" if ":" in host else host
    standard = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + ("" if port in {None, standard} else f":{port}")


def _http_url(url: str) -> str:
    try:
        origin_of(url)
    except BadValueError:
        message = "is not an http(s) URL"
        raise BadValueError(message) from None
    return url.strip().rstrip("/")


def _header_value(text: str) -> str:
    value = text.strip()
    if not value.isascii() or not value.isprintable() or " " in value:
        message = "contains characters that cannot be sent in a header"
        raise BadValueError(message)
    return value


def _seconds(text: str) -> float:
    message = f"must be a number of seconds from 1 to {MAX_OPENAI_TIMEOUT:.0f}"
    try:
        value = float(text)
    except ValueError:
        raise BadValueError(message) from None
    if not 1 <= value <= MAX_OPENAI_TIMEOUT:
        raise BadValueError(message)
    return value


def _signing_secret(text: str) -> str:
    try:
        text.encode()
    except UnicodeError:
        message = "is not valid UTF-8"
        raise BadValueError(message) from None
    return text


def _hide(value: str | None) -> SecretStr | None:
    return None if value is None else SecretStr(value)


class _Reader:
    """Reads variables and collects what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.problems: list[str] = []
        self.warnings: list[str] = []

    def warn(self, name: str, words: str) -> None:
        self.warnings.append(f"{name} {words}")

    def required(self, name: str, convert: Callable[[str], str]) -> str | None:
        value = self._env.get(name, "")
        if not value.strip():
            self.problems.append(f"{name} is not set")
            return None
        try:
            return convert(value)
        except BadValueError as error:
            self.problems.append(f"{name} {error}")
            return None

    def optional(self, name: str, convert: Callable[[str], T], default: D) -> T | D:
        value = self._env.get(name, "")
        if not value.strip():
            return default
        try:
            return convert(value)
        except BadValueError as error:
            # What was asked for cannot be done; doing something else would be worse than saying so.
            self.problems.append(f"{name} {error}")
            return default


@dataclass(frozen=True)
class Settings:
    """Everything the application is told by its environment."""

    database: SecretStr | None = None
    auth_secret: SecretStr | None = None
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str = DEFAULT_MODEL
    openai_timeout: float = DEFAULT_OPENAI_TIMEOUT
    cors_origins: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    """Why the application cannot be healthy; one sentence each, without values."""
    warnings: tuple[str, ...] = ()
    raw_secrets: tuple[SecretStr, ...] = field(default=(), repr=False)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the environment."""
        reader = _Reader(env)
        database = reader.required("DATABASE_URL", database_conninfo)
        auth_secret = reader.required("BETTER_AUTH_SECRET", _signing_secret)
        openai_api_key = reader.required("OPENAI_API_KEY", _header_value)
        if auth_secret is not None and len(auth_secret.encode()) < RECOMMENDED_SECRET_BYTES:
            reader.warn("BETTER_AUTH_SECRET", f"is shorter than {RECOMMENDED_SECRET_BYTES} bytes: tokens can be forged")

        origins: list[str] = []
        listed = reader.optional("FRONTEND_URL", str, None)
        if listed is None:
            reader.warn("FRONTEND_URL", "is not set: browsers may not call this API from another origin")
        else:
            for entry in filter(str.strip, listed.split(",")):
                try:
                    origins.append(origin_of(entry))
                except BadValueError as error:
                    reader.warn("FRONTEND_URL", f"{error}; an entry is ignored")

        return cls(
            database=_hide(database),
            auth_secret=_hide(auth_secret),
            openai_api_key=_hide(openai_api_key),
            openai_base_url=reader.optional("OPENAI_BASE_URL", _http_url, None),
            openai_model=reader.optional("OPENAI_MODEL", str.strip, DEFAULT_MODEL),
            openai_timeout=reader.optional("OPENAI_TIMEOUT_SECONDS", _seconds, DEFAULT_OPENAI_TIMEOUT),
            cors_origins=tuple(dict.fromkeys(origins)),
            problems=tuple(reader.problems),
            warnings=tuple(reader.warnings),
            raw_secrets=tuple(SecretStr(env[name]) for name in REQUIRED if env.get(name, "").strip()),
        )

    def secrets(self) -> set[str]:
        """Return every spelling of every secret, for the redaction of logs."""
        found: set[str] = set()
        for raw in self.raw_secrets:
            value = raw.get_secret_value()
            found |= {value, value.strip()}
            if "://" in value:
                # Also what could not be parsed as a URL may hold a password before its "@".
                userinfo = value.split("://", 1)[1].rpartition("@")[0]
                found.add(userinfo.partition(":")[2])
        if self.database is not None:
            conninfo = self.database.get_secret_value()
            found.add(conninfo)
            found.add(str(conninfo_to_dict(conninfo).get("password", "")))
        found |= {unquote(text) for text in found} | {quote(text, safe="") for text in found}
        return found - {""}

    def report(self) -> None:
        """Write to the log what is wrong with the configuration."""
        for problem in self.problems:
            logger.error("configuration: %s", problem)
        for warning in self.warnings:
            logger.warning("configuration: %s", warning)
