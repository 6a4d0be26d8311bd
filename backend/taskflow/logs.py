"""One JSON object a line on standard error, without secrets and without noise."""

import json
import logging
import re
import sys
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from jwt.warnings import InsecureKeyLengthWarning

MASK: Final = "[redacted]"
# Anything shorter would tear holes into ordinary words, and is no secret.
MIN_SECRET_LENGTH: Final = 4
_QUIET: Final = ("alembic", "httpx", "httpx2", "httpcore", "httpcore2", "openai", "sqlalchemy", "psycopg", "asyncio")


class JsonFormatter(logging.Formatter):
    """Formats records as JSON and masks every known secret in them."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        known = sorted((text for text in secrets if len(text) >= MIN_SECRET_LENGTH), key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, known))) if known else None

    def _clean(self, text: str) -> str:
        return text if self._secrets is None else self._secrets.sub(MASK, text)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for one record."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._clean(record.getMessage()),
        }
        if record.exc_info:
            entry["exception"] = self._clean(self.formatException(record.exc_info))
        if record.stack_info:
            entry["stack"] = self._clean(record.stack_info)
        return json.dumps(entry)


class AccessFilter(logging.Filter):
    """Drops probes from the access log, and query strings from what remains."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Decide about one record."""
        if not isinstance(record.args, tuple) or len(record.args) != 5:  # noqa: PLR2004 - uvicorn's format
            return True
        client, method, target, version, status = record.args
        path = str(target).partition("?")[0]
        record.args = (client, method, path, version, status)
        return path != "/health"


def configure_logging(secrets: Iterable[str]) -> None:
    """Take over the process's logging, the server's included."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        server = logging.getLogger(name)
        server.handlers.clear()
        server.propagate = True
    access = logging.getLogger("uvicorn.access")
    access.filters[:] = [AccessFilter()]
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    # The configuration report has its own words for it, without the length.
    warnings.filterwarnings("ignore", category=InsecureKeyLengthWarning)
