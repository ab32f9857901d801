from pathlib import Path
from typing import Any

import pytest
from zappa_xray.deployment.environment import environment_faults, pass_environment

from tests.library.deployment.conftest import AWS, stage, write

SECRETS = {
    "DATABASE_URL": "postgresql://notes:swordfish@db.example/notes",
    "DJANGO_SECRET_KEY": "open-sesame" * 5,
}
FROM_DEPLOYER = ["DATABASE_URL", "DJANGO_ALLOWED_HOSTS", "DJANGO_SECRET_KEY"]
SETTINGS = """import os
from django.core.exceptions import ImproperlyConfigured

missing = [name for name in ("DATABASE_URL", "DJANGO_SECRET_KEY") if name not in os.environ]
if missing:
    raise ImproperlyConfigured(f"The environment lacks: {', '.join(missing)}")
kind = os.environ["DATABASE_URL"].partition(":")[0].replace("sqlite", "sqlite3")
DATABASES = {"default": {"ENGINE": f"django.db.backends.{kind}"}}
own = f".execute-api.{os.environ['AWS_REGION']}.amazonaws.com"
ALLOWED_HOSTS = os.environ.get("DJANGO_ALLOWED_HOSTS", own).split(",")
"""


@pytest.fixture(autouse=True)
def deployer(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployer with the secrets in the environment, in the folder of a service."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DJANGO_ALLOWED_HOSTS", raising=False)
    write(project, {"service_settings.py": SETTINGS})


def settings(**more: Any) -> dict[str, Any]:
    own = {"django_settings": "service_settings", "aws_region": "eu-central-1"}
    return {**own, "environment_from_deployer": FROM_DEPLOYER, **more}


def test_secrets_reach_the_function_and_no_screen(capsys: pytest.CaptureFixture[str]) -> None:
    found = stage(**settings(aws_environment_variables={"IN_THE_FILE": "true"}))
    assert pass_environment(found) == []
    assert found.cli.aws_environment_variables == {"IN_THE_FILE": "true", **SECRETS}
    printed = capsys.readouterr().out
    assert "DATABASE_URL from your environment" in printed
    assert "swordfish" not in printed
    assert "sesame" not in printed


def test_the_stage_s_file_holds_any_variable_and_the_deployer_s_own_win(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / ".env.dev").write_text("DATABASE_URL=mysql://other@db/other\nANY_KEY='a b'\n")
    found = stage(**settings())
    assert pass_environment(found) == []
    assert found.cli.aws_environment_variables == {"ANY_KEY": "a b", **SECRETS}
    assert "  ANY_KEY from .env.dev\n" in capsys.readouterr().out


def test_a_variable_of_the_deployer_that_nobody_named_stays_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_DEBUG", "true")
    found = stage(**settings())
    pass_environment(found)
    assert "DJANGO_DEBUG" not in found.cli.aws_environment_variables


def test_what_the_settings_miss_is_said_in_their_words_and_where_it_would_be_taken_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name)
    [fault] = pass_environment(stage(**settings()))
    assert fault == (
        "service_settings would not start. The environment lacks: DATABASE_URL, DJANGO_SECRET_KEY."
        " Variables are taken from .env.dev and, as far as `environment_from_deployer` of"
        " zappa_settings.json names them, from your environment"
    )


def test_a_third_required_variable_is_required_by_a_line_of_the_settings_alone(
    project: Path,
) -> None:
    found = stage(**settings())
    write(project, {"service_settings.py": SETTINGS.replace('("DATA', '("PAYMENT_KEY", "DATA')})
    [fault] = environment_faults(SECRETS, found)
    assert "The environment lacks: PAYMENT_KEY." in fault
    assert environment_faults(SECRETS | {"PAYMENT_KEY": "x"}, found) == []


def test_an_update_asks_only_for_what_the_function_lacks(
    aws: AWS, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    found = aws.stage(**settings(command="update"))
    variables = {"DATABASE_URL": SECRETS["DATABASE_URL"]}
    deployed = {"Environment": {"Variables": variables}}
    aws.answers("lambda", "get_function_configuration", deployed, FunctionName="notes-dev")
    assert pass_environment(found) == []


def test_variables_that_nothing_names_any_more_are_said(
    aws: AWS, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    found = aws.stage(**settings(command="update"))
    variables = {"DATABASE_URL": SECRETS["DATABASE_URL"], "OLD_KEY": "secret-of-old"}
    deployed = {"Environment": {"Variables": variables}}
    aws.answers("lambda", "get_function_configuration", deployed)
    assert pass_environment(found) == []
    printed = capsys.readouterr().out
    assert "  DATABASE_URL as before\n" in printed
    assert "The function keeps OLD_KEY of earlier deploys, which nothing names any more" in printed
    assert "secret-of-old" not in printed


@pytest.mark.parametrize("character", ["#", "/", "?"])
def test_a_password_that_a_url_cannot_hold_is_a_fault_beside_the_others(
    character: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DJANGO_SECRET_KEY")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://notes:xyzzy{character}plugh@db.example/notes")
    misread, lacks = pass_environment(stage(**settings()))
    assert f"in DATABASE_URL a `{character}` ends the address of the server" in misread
    assert "The environment lacks: DJANGO_SECRET_KEY" in lacks
    for part in ("xyzzy", "plugh"):
        assert part not in misread + lacks


@pytest.mark.parametrize(
    ("variables", "more", "fault"),
    [
        ({"DATABASE_URL": "sqlite:///db.sqlite3"}, {}, "the database is SQLite"),
        ({}, {"domain": "api.example.org"}, "does not hold the stage's domain api.example.org"),
        (
            {"DJANGO_ALLOWED_HOSTS": "other.example.org"},
            {"domain": "api.example.org"},
            "does not hold the stage's domain api.example.org",
        ),
        (
            {},
            {"apigateway_enabled": False},
            "ALLOWED_HOSTS holds no name under which a function without API Gateway is asked",
        ),
        ({"AWS_SESSION_TOKEN": "x"}, {}, "Lambda sets AWS_SESSION_TOKEN itself"),
        ({"LARGE": "x" * 4096}, {}, "bytes, Lambda takes 4096"),
    ],
)
def test_an_environment_that_cannot_work_is_refused(
    variables: dict[str, str], more: dict[str, Any], fault: str
) -> None:
    [message] = environment_faults(SECRETS | variables, stage(**settings(**more)))
    assert fault in message


@pytest.mark.parametrize(
    ("variables", "more"),
    [
        ({}, {}),
        ({"DJANGO_ALLOWED_HOSTS": "a.example,.example.org"}, {"domain": "api.example.org"}),
        ({"DJANGO_ALLOWED_HOSTS": "x"}, {"apigateway_enabled": False}),
        ({"AWS_XRAY_TRACING_NAME": "mine"}, {}),
    ],
)
def test_an_environment_that_works_is_let_through(
    variables: dict[str, str], more: dict[str, Any]
) -> None:
    assert environment_faults(SECRETS | variables, stage(**settings(**more))) == []


def test_variables_that_come_from_elsewhere_are_not_missed() -> None:
    remote = stage(**settings(remote_env="s3://bucket/variables.json"))
    assert environment_faults({}, remote) == []
    assert environment_faults({}, stage(**settings())) != []


def test_settings_that_only_the_function_can_start_are_let_through_and_it_is_said(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"service_settings.py": "raise ConnectionError('no such host')"})
    assert environment_faults(SECRETS, stage(**settings())) == []
    said = "service_settings could not be tried here: ConnectionError in service_settings.py:1\n"
    assert capsys.readouterr().out == said
