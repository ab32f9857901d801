"""Settings are read once, at import: so each of these asks a process of its own."""

import os
import subprocess
import sys

import pytest

DEPLOYED = {
    "LAMBDA_TASK_ROOT": "/var/task",
    "AWS_REGION": "{{ cookiecutter.aws_region }}",
    "DJANGO_SECRET_KEY": "not-a-secret-" * 5,
    "DATABASE_URL": "{{ cookiecutter.__database_scheme }}://user:password@db.example/notes",
}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def setting(name: str, **environment: str) -> str:
    without_dotenv = "import environ; environ.Env.read_env = lambda *arguments: None"
    code = f"{without_dotenv}; from config import settings; print(settings.{name})"
    process = run("-c", code, **environment)
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


def test_the_deployed_service_passes_django_s_checks() -> None:
    # Some versions of Django ask a MySQL server for its version here.
    deployed = DEPLOYED | {"DATABASE_URL": "sqlite://:memory:"}
    process = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **deployed)
    assert process.returncode == 0, process.stderr
    assert process.stderr == ""


def test_in_lambda_all_that_is_missing_is_named_at_once() -> None:
    process = run("manage.py", "check", LAMBDA_TASK_ROOT="/var/task")
    assert process.returncode != 0
    message = process.stderr.strip().splitlines()[-1]
    for name in ("DJANGO_SECRET_KEY", "DATABASE_URL", "DJANGO_ALLOWED_HOSTS"):
        assert name in message


@pytest.mark.parametrize("name", ["DJANGO_SECRET_KEY", "DATABASE_URL"])
def test_in_lambda_one_missing_variable_is_named_and_no_other(name: str) -> None:
    process = run("manage.py", "check", **{key: DEPLOYED[key] for key in DEPLOYED if key != name})
    message = process.stderr.strip().splitlines()[-1]
    named = {other for other in DEPLOYED if other in message}
    assert named == {name}


def test_in_lambda_the_hosts_are_those_of_the_region_s_api_gateway() -> None:
    region = DEPLOYED["AWS_REGION"]
    assert setting("ALLOWED_HOSTS", **DEPLOYED) == f"['.execute-api.{region}.amazonaws.com']"
    own = setting("ALLOWED_HOSTS", **DEPLOYED, DJANGO_ALLOWED_HOSTS="api.example.org")
    assert own == "['api.example.org']"


def test_nothing_set_means_no_debug_mode_and_a_key_nobody_knows() -> None:
    assert setting("DEBUG") == "False"
    assert len(setting("SECRET_KEY")) > 50
    assert setting("SECRET_KEY") != setting("SECRET_KEY")
    assert setting("DEBUG", DJANGO_DEBUG="true") == "True"


def test_the_deployed_database_connection_is_kept_checked_and_given_up_early() -> None:
    database = setting("DATABASES['default']", **DEPLOYED)
    for part in (
        "'CONN_MAX_AGE': None",
        "'CONN_HEALTH_CHECKS': True",
        "'OPTIONS': {'connect_timeout': 5{% if cookiecutter.database == "mysql" %}, 'read_timeout': 25{% endif %}}",
    ):
        assert part in database
