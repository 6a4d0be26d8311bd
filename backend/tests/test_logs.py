import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow.logs import AccessFilter, JsonFormatter

SECRETS = ["s3cr3t-pw", 'qu"ote\\d', "züri-geheim", "line\nbreak"]


def record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("x", logging.INFO, __file__, 1, message, args, info)


@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(SECRETS))))
def test_a_line_is_json_without_secrets(parts: list[str]) -> None:
    text = " ".join(parts)
    line = JsonFormatter(SECRETS).format(record("%s", text))
    assert "\n" not in line
    message = json.loads(line)["message"]
    for secret in SECRETS:
        assert secret not in message
        assert secret not in line


def test_a_traceback_has_no_secrets_either() -> None:
    def outer() -> None:
        try:
            int("s3cr3t-pw")
        except ValueError as error:
            raise KeyError(SECRETS[2]) from error

    with pytest.raises(KeyError) as caught:
        outer()
    line = JsonFormatter(SECRETS).format(record("failed", error=caught.value))
    entry = json.loads(line)
    assert "[redacted]" in entry["exception"]
    assert "KeyError" in entry["exception"]
    assert "s3cr3t" not in line
    assert "geheim" not in line


def test_other_text_stays() -> None:
    assert json.loads(JsonFormatter(SECRETS).format(record("%d ok", 3)))["message"] == "3 ok"


@pytest.mark.parametrize(("target", "kept"), [("/health", False), ("/health?x=1", False), ("/healthy", True)])
def test_probes_are_not_in_the_access_log(target: str, kept: bool) -> None:  # noqa: FBT001
    entry = record('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", target, "1.1", 200)
    assert AccessFilter().filter(entry) is kept


def test_query_strings_are_not_in_the_access_log() -> None:
    entry = record('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", "/api/tasks?token=abc", "1.1", 200)
    assert AccessFilter().filter(entry)
    assert entry.getMessage() == '127.0.0.1:1 - "GET /api/tasks HTTP/1.1" 200'
