"""Django's settings, imported in a process that has the function's environment and no other."""

from pathlib import Path

import pytest
from zappa_xray.deployment.rehearsal import Rehearsal, rehearse

from tests.library.deployment.conftest import write


def rehearsed(project: Path, source: str, **variables: str) -> Rehearsal:
    write(project, {"config/__init__.py": "", "config/settings.py": source})
    settings = {"django_settings": "config.settings", "aws_region": "eu-central-1"}
    return rehearse(settings, "dev", variables)


def test_settings_that_start_tell_their_hosts_and_their_database(project: Path) -> None:
    source = "ALLOWED_HOSTS = ['a']\nDATABASES = {'default': {'ENGINE': 'b'}}\nprint('c')"
    assert rehearsed(project, source) == Rehearsal(allowed_hosts=("a",), engine="b")


def test_they_have_the_function_s_variables_and_none_of_the_deployer_s(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_DEPLOYER", "x")
    source = "import os\nALLOWED_HOSTS = sorted(os.environ)"
    names = rehearsed(project, source, OF_THE_FUNCTION="x").allowed_hosts
    assert {"OF_THE_FUNCTION", "LAMBDA_TASK_ROOT", "AWS_REGION", "STAGE", "PATH"} <= {*names}
    assert "OF_THE_DEPLOYER" not in names


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ("import os\nos.environ['PAYMENT_KEY']", "KeyError 'PAYMENT_KEY' in config/settings.py:2"),
        ("\n\nSEKRET", "NameError in config/settings.py:3"),
        (
            "import environ\nenviron.Env().str('PAYMENT_KEY')",
            "Set the PAYMENT_KEY environment variable",
        ),
        ("import no_such", "ModuleNotFoundError No module named 'no_such' in config/settings.py:1"),
    ],
)
def test_why_they_do_not_start_is_said_with_its_line(
    project: Path, source: str, refusal: str
) -> None:
    assert rehearsed(project, source) == Rehearsal(refusal)


@pytest.mark.parametrize(
    "raised",
    [
        "ImproperlyConfigured('bad: ' + os.environ['DATABASE_URL'])",
        "ValueError(os.environ['DATABASE_URL'][3:])",
        "int(os.environ['DATABASE_URL'][9:])",
    ],
)
def test_no_value_of_a_variable_is_told(project: Path, raised: str) -> None:
    source = f"import os\nfrom django.core.exceptions import ImproperlyConfigured\nraise {raised}"
    found = rehearsed(project, source, DATABASE_URL="mysql://u:swordfish@db")
    assert found.refusal
    assert "swordfish" not in found.refusal


def test_what_another_machine_may_do_proves_nothing(project: Path) -> None:
    source = "import boto3.exceptions\nraise boto3.exceptions.Boto3Error('denied')"
    assert not rehearsed(project, source).conclusive
    assert rehearsed(project, "1 / 0").conclusive
