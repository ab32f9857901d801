"""What the service's settings and pages make of its environment, each asked in a process of its own."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from emulator.processes import CommandFailed, run
from emulator.service import Service
from tests.choices import Once, packaged
from tests.databases import MariaDB, PostgreSQL

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("service")]

DEPLOYED = {
    "LAMBDA_TASK_ROOT": "/var/task",
    "AWS_REGION": "eu-central-1",
    "DJANGO_SECRET_KEY": "not-a-secret-" * 5,
    "DATABASE_URL": "postgresql://user:password@db.example/notes",
}
REQUIRED = ("DJANGO_SECRET_KEY", "DATABASE_URL")
ROUTED = """
import django, json
django.setup()
from django.urls import get_resolver
print(json.dumps(sorted(name for name in get_resolver().reverse_dict if isinstance(name, str))))
"""
ANSWERS = """
import django, json
django.setup()
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client
from config import health

settings.ALLOWED_HOSTS = ["testserver"]
client = Client(raise_request_exception=False)

def answer(path, **headers):
    found = client.get(path, headers=headers)
    return [found.status_code, found.json()]

def fails_with(exception):
    def fail(*arguments):
        raise exception
    health.JsonResponse = fail
    return answer("/health/")

print(json.dumps([
    answer("/nowhere/"),
    answer("/health/", host="evil.example"),
    fails_with(PermissionDenied("the secret of the machine room")),
    fails_with(RuntimeError("the secret of the machine room")),
]))
"""


def python(service: Service, code: str, **environment: str) -> str:
    """Return the last line that code printed in the service's folder. Raises CommandFailed."""
    without_dotenv = "import environ; environ.Env.read_env = lambda *arguments: None\n"
    command = [str(service.folder / ".venv/bin/python"), "-B", "-c", without_dotenv + code]
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    printed = run(command, folder=service.folder, environment=environment, timeout=60)
    return printed.splitlines()[-1]


def setting(service: Service, expression: str, **environment: str) -> Any:
    code = f"import json; from config import settings; print(json.dumps({expression}))"
    return json.loads(python(service, code, **environment))


def refusal(service: Service, **environment: str) -> str:
    """Return the last line of a process that cannot start."""
    with pytest.raises(CommandFailed) as failure:
        python(service, "import config.settings", **environment)
    last: str = failure.value.output.strip().splitlines()[-1]
    return last


def test_in_lambda_all_that_is_missing_is_named_at_once(installed: Service) -> None:
    message = refusal(installed, LAMBDA_TASK_ROOT="/var/task")
    assert "ImproperlyConfigured" in message
    for name in (*REQUIRED, "DJANGO_ALLOWED_HOSTS"):
        assert name in message


@pytest.mark.parametrize("name", REQUIRED)
def test_in_lambda_one_missing_variable_is_named_and_no_other(
    installed: Service, name: str
) -> None:
    others = {other: value for other, value in DEPLOYED.items() if other != name}
    message = refusal(installed, **others)
    assert {other for other in DEPLOYED if other in message} == {name}


def test_in_lambda_the_hosts_are_those_of_the_region_s_api_gateway(installed: Service) -> None:
    hosts = setting(installed, "settings.ALLOWED_HOSTS", **DEPLOYED)
    assert hosts == [".execute-api.eu-central-1.amazonaws.com"]
    own = {**DEPLOYED, "DJANGO_ALLOWED_HOSTS": "api.example.org"}
    assert setting(installed, "settings.ALLOWED_HOSTS", **own) == ["api.example.org"]


def test_nothing_set_means_no_debug_mode_and_a_key_nobody_knows(installed: Service) -> None:
    asked = "[settings.DEBUG, settings.SECRET_KEY]"
    (debug, first), (_, second) = (setting(installed, asked) for _ in range(2))
    assert debug is False
    assert len(first) > 50
    assert first != second
    assert setting(installed, "settings.DEBUG", DJANGO_DEBUG="true") is True


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (PostgreSQL.kind, {"connect_timeout": 5}),
        (MariaDB.kind, {"connect_timeout": 5, "read_timeout": 25}),
    ],
)
def test_connections_are_kept_checked_and_given_up_early(
    kind: str, options: dict[str, int], once: Once, installed: Service
) -> None:
    python_version = (installed.folder / ".python-version").read_text().strip()
    service = packaged(once, python_version, kind)
    deployed = {**DEPLOYED, "DATABASE_URL": f"{kind}://user:password@db.example/notes"}
    database = setting(service, "settings.DATABASES['default']", **deployed)
    kept = {key: database[key] for key in ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "OPTIONS")}
    assert kept == {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def test_a_bundle_of_certificates_that_is_not_there_is_named(installed: Service) -> None:
    message = refusal(installed, **DEPLOYED, DATABASE_CA_BUNDLE="certs/cq.pem")
    assert "ImproperlyConfigured: DATABASE_CA_BUNDLE is certs/cq.pem, and there is no" in message


def test_an_address_that_is_none_is_told_by_its_variable_and_not_shown(installed: Service) -> None:
    message = refusal(installed, DATABASE_URL="user:hunter2@localhost/notes")
    assert "ImproperlyConfigured: DATABASE_URL is not postgresql://" in message
    assert "hunter2" not in message


def test_a_log_level_may_be_written_small(installed: Service) -> None:
    level = setting(installed, "settings.LOGGING['root']['level']", DJANGO_LOG_LEVEL="debug")
    assert level == "DEBUG"


@pytest.mark.parametrize("environment", [{}, {"DATABASE_URL": ""}], ids=["unset", "empty"])
def test_without_an_address_the_database_lies_in_the_service_s_folder_whatever_its_name(
    installed: Service, tmp_path: Path, environment: dict[str, str]
) -> None:
    folder = tmp_path / "C# %20 ü"
    shutil.copytree(installed.folder / "config", folder / "config")
    there = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    name = "from config import settings; print(settings.DATABASES['default']['NAME'])"
    assert python(installed, there + name, **environment) == str(folder / "db.sqlite3")


def test_schema_and_docs_are_there_locally_and_in_lambda_when_asked_for(
    installed: Service,
) -> None:
    def pages(**environment: str) -> set[str]:
        names: list[str] = json.loads(python(installed, ROUTED, **environment))
        assert "health" in names
        return {"docs", "schema"} & set(names)

    assert pages() == {"docs", "schema"}
    assert pages(DJANGO_API_DOCS="false") == set()
    assert pages(**DEPLOYED) == set()
    assert pages(**DEPLOYED, DJANGO_API_DOCS="true") == {"docs", "schema"}


def test_what_no_view_answers_is_answered_in_json_without_its_text(installed: Service) -> None:
    assert json.loads(python(installed, ANSWERS)) == [
        [404, {"detail": "Not Found."}],
        [400, {"detail": "Bad Request."}],
        [403, {"detail": "Forbidden."}],
        [500, {"detail": "Internal Server Error."}],
    ]


def test_the_address_without_a_path_leads_to_the_docs_below_the_stage(installed: Service) -> None:
    lead = """
import django
django.setup()
from django.conf import settings
from django.test import Client
from django.test.utils import override_script_prefix
settings.ALLOWED_HOSTS = ["testserver"]
with override_script_prefix("/dev/"):
    print(Client().get("/").headers["Location"])
"""
    assert python(installed, lead) == "/dev/api/docs/"


def test_the_generated_code_is_strictly_typed(installed: Service, tmp_path: Path) -> None:
    mypy = [str(installed.folder / ".venv/bin/mypy"), "--strict", f"--cache-dir={tmp_path}"]
    # REST framework has no types here, and Django's classes take no [parameters].
    mypy += ["--allow-subclassing-any", "--allow-any-generics", "--allow-untyped-decorators"]
    mypy += ["--no-warn-return-any", "."]
    assert re.search("no issues found", run(mypy, folder=installed.folder, timeout=120))
