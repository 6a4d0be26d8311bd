import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from taskflow.models import MAX_TITLE, Email, SignIn, SignUp, TaskPatch, Title

TITLE: TypeAdapter[str] = TypeAdapter(Title)
EMAIL: TypeAdapter[str] = TypeAdapter(Email)


# What Unicode calls white space. Python's strip() also takes four control characters, which we refuse.
BLANKS = "".join(char for char in map(chr, range(0x3001)) if char.isspace() and char not in "\x1c\x1d\x1e\x1f")


def accepted(adapter: TypeAdapter[str], value: str) -> str | None:
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


@given(st.text(st.characters(codec="utf-8"), max_size=MAX_TITLE * 2))
@example("\x00")
@example("a\nb")
@example("\u2028")
@example("0\x1f")
@example(" " + "x" * MAX_TITLE + " ")
@example("x" * (MAX_TITLE + 1))
def test_a_title_is_trimmed_and_has_one_line_of_limited_length(text: str) -> None:
    trimmed = text.strip(BLANKS)
    good = 0 < len(trimmed) <= MAX_TITLE and not any(
        unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in trimmed
    )
    assert accepted(TITLE, text) == (trimmed if good else None)


def test_half_a_surrogate_pair_is_no_title() -> None:
    assert accepted(TITLE, "\ud800") is None


@pytest.mark.parametrize("email", ["ann@example.com", " Ann@Example.COM ", "a.b+c@x", "ü@exämple.de"])
def test_email(email: str) -> None:
    assert accepted(EMAIL, email) == email.strip().lower()


@pytest.mark.parametrize(
    "email",
    ["", "ann", "@x", "ann@", "a@b@c", "a b@c.d", "a@b..c", "a@.b", "a@b.", "<a@b.c>", "a@b.c\x00", "a@" + "b" * 260],
)
def test_not_an_email(email: str) -> None:
    assert accepted(EMAIL, email) is None


@given(st.text(st.characters(codec="utf-8")))
def test_an_accepted_email_is_a_fixed_point(text: str) -> None:
    email = accepted(EMAIL, text + "@example.com")
    if email is not None:
        assert accepted(EMAIL, email) == email


@pytest.mark.parametrize("password", ["1234567", "x" * 129, ""])
def test_a_new_password_has_a_length(password: str) -> None:
    with pytest.raises(ValidationError):
        SignUp.model_validate({"email": "a@b", "password": password})


def test_a_password_is_not_shown() -> None:
    body = {"email": "a@b", "password": "hunter2-hunter2"}
    assert "hunter2" not in repr(SignUp.model_validate(body)) + repr(SignIn.model_validate(body))
    with pytest.raises(ValidationError) as caught:
        SignUp.model_validate(body | {"password": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_a_patch_may_be_empty() -> None:
    assert TaskPatch.model_validate({}) == TaskPatch(title=None, done=None)
