import logging
import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from taskflow.config import BadValueError, Settings, database_conninfo, origin_of
from taskflow.db import Database
from tests.helpers import KEY, SECRET, environment

PASSWORD = "s3cr3t-pw"
URL = f"postgresql://ann:{PASSWORD}@db.example.com:6543/app"
SCHEMES = [
    "postgres://",
    "postgresql://",
    "postgresql+psycopg://",
    "postgresql+psycopg2://",
    "postgresql+asyncpg://",
    "POSTGRES://",
]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_spelling_of_the_scheme_means_the_same(scheme: str) -> None:
    parsed = conninfo_to_dict(database_conninfo(scheme + URL.split("://")[1]))
    assert (parsed["host"], parsed["port"], parsed["dbname"]) == ("db.example.com", "6543", "app")
    assert (parsed["user"], parsed["password"]) == ("ann", PASSWORD)


def test_parameters_of_a_hosting_service_pass_through() -> None:
    url = "postgresql://u:p@ep-x-pooler.example.com/db?sslmode=require&channel_binding=require&options=endpoint%3Dep-x"
    parsed = conninfo_to_dict(database_conninfo(url))
    assert parsed["sslmode"] == "require"
    assert parsed["channel_binding"] == "require"
    assert parsed["options"] == "endpoint=ep-x"


def test_our_limit_for_connecting_wins_and_our_other_defaults_do_not() -> None:
    parsed = conninfo_to_dict(database_conninfo(URL + "?connect_timeout=600&keepalives_idle=7"))
    assert parsed["connect_timeout"] == "5"
    assert parsed["keepalives_idle"] == "7"


def test_several_hosts_are_kept() -> None:
    parsed = conninfo_to_dict(database_conninfo("postgresql://u:p@one:5432,two:5433/db"))
    assert (parsed["host"], parsed["port"]) == ("one,two", "5432,5433")


WORDS = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20).filter(str.strip)


@given(scheme=st.sampled_from(SCHEMES), user=WORDS, password=WORDS, name=WORDS, port=st.integers(1, 65535))
def test_whatever_is_in_the_parts_arrives_unchanged(
    scheme: str, user: str, password: str, name: str, port: int
) -> None:
    def enc(part: str) -> str:
        return quote(part, safe="")

    parsed = conninfo_to_dict(database_conninfo(f"{scheme}{enc(user)}:{enc(password)}@h:{port}/{enc(name)}"))
    assert (parsed["user"], parsed["password"], parsed["dbname"]) == (user, password, name)
    assert (parsed["host"], parsed["port"]) == ("h", str(port))


@given(st.one_of(st.text(), st.builds("postgresql://{}".format, st.text(string.printable))))
def test_any_text_is_taken_or_refused_without_being_quoted(text: str) -> None:
    outcome: str | BadValueError
    try:
        outcome = database_conninfo(text)
    except BadValueError as error:
        outcome = error
    if isinstance(outcome, str):
        conninfo_to_dict(outcome)
    else:
        assert outcome.__suppress_context__ or outcome.__context__ is None
        assert str(outcome) in {
            "must begin with postgresql:// or postgres://",
            "contains control characters",
            "is not a PostgreSQL connection URL",
            "has a port that is not a number from 1 to 65535",
        }


@pytest.mark.parametrize(
    "url",
    [
        PASSWORD,
        f"mysql://ann:{PASSWORD}@h/db",
        f"sqlite:///{PASSWORD}",
        f"postgresql://ann:{PASSWORD}@h:70000/db",
        f"postgresql://ann:{PASSWORD}@h:port/db",
        f"postgresql://ann:{PASSWORD}@h/db?nonsense={PASSWORD}",
        f"postgresql://ann:{PASSWORD}@[::1/db",
        f"postgresql://ann:{PASSWORD}%zz@h/db",
        f"postgresql://ann:{PASSWORD}@h/\ndb",
        f"postgresql://ann:{PASSWORD}" + "\udcff@h/db",
        "host=h password=" + PASSWORD,
    ],
)
def test_a_bad_database_url_is_a_problem_that_does_not_quote_it(url: str, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings.from_env(environment(url))
    assert settings.database is None
    assert [problem.split()[0] for problem in settings.problems] == ["DATABASE_URL"]
    with caplog.at_level(logging.INFO):
        settings.report()
    assert "DATABASE_URL" in caplog.text
    assert "s3cr3t" not in caplog.text + repr(settings)


@pytest.mark.parametrize("name", ["DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY"])
@pytest.mark.parametrize("value", [None, "", "  \n"])
def test_each_required_variable_that_is_missing_is_a_problem(name: str, value: str | None) -> None:
    env = environment(URL)
    del env[name]
    if value is not None:
        env[name] = value
    assert Settings.from_env(env).problems == (f"{name} is not set",)


def test_nothing_set_names_all_three() -> None:
    problems = Settings.from_env({}).problems
    assert [problem.split()[0] for problem in problems] == ["DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY"]


def test_everything_set_is_no_problem() -> None:
    settings = Settings.from_env(environment(URL))
    assert settings.problems == ()
    assert settings.warnings == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "sk-bad\nvalue"),
        ("OPENAI_API_KEY", "sk-bäd-value"),
        ("BETTER_AUTH_SECRET", "bad-\udcff-value"),
        ("OPENAI_BASE_URL", "ftp://bad-value"),
        ("OPENAI_TIMEOUT_SECONDS", "bad-value"),
        ("OPENAI_TIMEOUT_SECONDS", "nan"),
        ("OPENAI_TIMEOUT_SECONDS", "100000"),
    ],
)
def test_a_bad_value_is_a_problem_that_does_not_quote_it(name: str, value: str) -> None:
    problems = Settings.from_env(environment(URL, **{name: value})).problems
    assert len(problems) == 1
    assert problems[0].startswith(name + " ")
    assert value not in problems[0]


def test_a_short_signing_secret_is_a_warning() -> None:
    settings = Settings.from_env(environment(URL, BETTER_AUTH_SECRET="short"))
    assert settings.problems == ()
    assert settings.warnings == ("BETTER_AUTH_SECRET is shorter than 32 bytes: tokens can be forged",)


def test_a_key_with_a_line_end_as_files_have_it_works() -> None:
    settings = Settings.from_env(environment(URL, OPENAI_API_KEY=KEY + "\n"))
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == KEY


def test_no_secret_in_the_representation() -> None:
    settings = Settings.from_env(environment(URL))
    shown = repr(settings) + str(settings) + repr(Database(settings.database)._parts.engine)  # type: ignore[union-attr] # noqa: SLF001
    for secret in (SECRET, KEY, PASSWORD):
        assert secret not in shown


def test_the_secrets_to_mask_have_every_spelling() -> None:
    encoded = "p%40ss%20word"
    url = f"postgresql://ann:{encoded}@h/db"
    secrets = Settings.from_env(environment(url)).secrets()
    assert {encoded, "p@ss word", SECRET, KEY, url} <= secrets


def test_the_password_of_an_unusable_url_is_masked_too() -> None:
    assert PASSWORD in Settings.from_env(environment(f"mysql://ann:{PASSWORD}@h/db")).secrets()


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://App.Example.com/", "https://app.example.com"),
        ("https://app.example.com:443/path?x=1", "https://app.example.com"),
        ("http://app.example.com:80", "http://app.example.com"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_origin(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url", ["*", "https://*", "https://*.example.com", "null", "example.com", "ftp://h", "https://u:p@h", "http://h:x"]
)
def test_not_an_origin(url: str) -> None:
    with pytest.raises(BadValueError):
        origin_of(url)


@given(st.text())
def test_an_origin_never_has_a_wildcard_and_is_its_own_origin(text: str) -> None:
    try:
        origin = origin_of(text)
    except BadValueError:
        return
    assert "*" not in origin
    assert origin_of(origin) == origin


def test_bad_origins_are_dropped_and_said() -> None:
    settings = Settings.from_env(environment(URL, FRONTEND_URL="https://a.example, *, https://b.example:8443,"))
    assert settings.cors_origins == ("https://a.example", "https://b.example:8443")
    assert len(settings.warnings) == 1
    assert settings.warnings[0].startswith("FRONTEND_URL ")
