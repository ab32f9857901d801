"""A baked service, used as its owner would: its own commands, its zip, its stages, its settings."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.daemon import Daemon
from emulator.ports import free_port
from emulator.processes import read_all, run, started
from emulator.service import Service
from tests.choices import LEFT_LYING_ABOUT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("service")]


def test_make_alone_prints_the_commands_of_the_readme(installed: Service) -> None:
    printed = installed.make()
    readme = (installed.folder / "README.md").read_text()
    commands = [line.split()[1] for line in printed.splitlines() if line.startswith("  make ")]
    assert {"install", "run", "test", "check", "package", "deploy", "update"} < set(commands)
    for command in commands:
        assert command == "help" or f"make {command}" in readme


def test_check_for_deployment_is_silent(installed: Service, tmp_path: Path) -> None:
    command = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    printed = python(installed, *command, environment=lambda_environment(tmp_path))
    assert "no issues" in printed


def lambda_environment(folder: Path) -> dict[str, str]:
    """Return the environment in which Django's settings are those of a deployed stage."""
    return {
        "LAMBDA_TASK_ROOT": str(folder),
        "AWS_REGION": "eu-central-1",
        "DJANGO_SECRET_KEY": "Yq3-vM8_rT1-wZ6_kP4-xN9_bL2-cJ7_hG5-dF0_sA8-uE3_tB6-oH4",
        "DATABASE_URL": "postgresql://notes:notes@database.invalid/notes",
    }


def python(service: Service, *arguments: str, environment: dict[str, str] | None = None) -> str:
    """Run the Python of the service's .venv in its folder and return what it printed."""
    command = [str(service.folder / ".venv/bin/python"), "-B", *arguments]
    return run(command, folder=service.folder, environment=environment, timeout=60)


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    return free_port()


@pytest.fixture
def server(installed: Service, daemon: Daemon, port: int, tmp_path: Path) -> Iterator[str]:
    """The address of the service's own development server, its documents going to `daemon`."""
    environment = {
        "AWS_XRAY_DAEMON_ADDRESS": daemon.address,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
    }
    with (
        tempfile.TemporaryFile() as log,
        started(
            ["make", "run", f"ARGS={port}"],
            environment=environment,
            cwd=installed.folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        address = f"http://127.0.0.1:{port}"
        give_up = time.monotonic() + 60
        while not answers(f"{address}/health/"):
            assert process.poll() is None, read_all(log)
            assert time.monotonic() < give_up, read_all(log)
        daemon.clear()
        yield address


def answers(address: str) -> bool:
    """Return whether a server is there; wait a little when it is not: nothing tells when it comes."""
    try:
        urllib.request.urlopen(address, timeout=10).close()
    except urllib.error.URLError:
        time.sleep(0.1)
        return False
    return True


def test_development_server_answers_and_traces_each_request(server: str, daemon: Daemon) -> None:
    with urllib.request.urlopen(f"{server}/health/", timeout=10) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(f"{server}/api/docs/", timeout=10) as answer:
        assert answer.status == 200
    documents = daemon.wait_for(lambda sent: len(finished_routes(sent)) == 2)
    assert finished_routes(documents) == ["/health/", "/api/docs/"]
    assert all("parent_id" not in document for document in documents if is_segment(document))


def is_segment(document: dict[str, Any]) -> bool:
    return document.get("type") != "subsegment"


def finished_routes(documents: list[dict[str, Any]]) -> list[str]:
    return [
        document["annotations"]["route"]
        for document in documents
        if is_segment(document) and not document.get("in_progress")
    ]


@pytest.fixture(scope="module")
def zipped(packaged: Service) -> set[str]:
    """The names of the files in the zip of the stage dev."""
    with zipfile.ZipFile(packaged.zip_path("dev")) as package:
        return {name for name in package.namelist() if not name.endswith("/")}


def test_zip_has_what_the_function_needs(zipped: set[str]) -> None:
    needed = {
        "handler.py",
        "zappa_settings.py",
        "config/settings.py",
        "notes/scheduled.py",
        "accounts/migrations/0001_initial.py",
        "zappa_xray/tracing/middleware.py",
        "django/__init__.py",
        "rest_framework/__init__.py",
        "aws_xray_sdk/__init__.py",
        "psycopg/__init__.py",
        "psycopg_binary/__init__.py",
    }
    assert needed - zipped == set()
    assert any(name.startswith("config/__pycache__/settings.cpython-") for name in zipped)


def test_zip_has_no_secret_no_database_and_no_tool(zipped: set[str], packaged: Service) -> None:
    folders = {"tests", "vendor", "iam", "dist", ".venv", ".git", ".github", "terraform", "docs"}
    folders |= {"media", "node_modules", "venv", "build", "htmlcov"}
    tools = {"pytest", "mypy", "ruff", "pip", "setuptools", "boto3", "botocore", "django_stubs_ext"}
    files = {"Makefile", "README.md", "pyproject.toml", "uv.lock", "manage.py", "zappa_hooks.py"}
    unwanted = folders | tools | files | {"zappa_settings.json"}
    assert set(LEFT_LYING_ABOUT) & zipped == set()
    for path in LEFT_LYING_ABOUT:
        assert (packaged.folder / path).exists()
    assert {name for name in zipped if is_below(name, unwanted)} == set()
    assert {name for name in zipped if Path(name).name.startswith(".env")} == set()
    assert {name for name in zipped if ".sqlite3" in name} == set()
    assert {name for name in zipped if is_below(name, {"notes"}) and "test" in name} == set()
    assert {name.split("/")[1] for name in zipped if is_below(name, {"zappa_xray"})} == {
        *(
            "__init__.py",
            "__pycache__",
            "lambda_start",
            "payloads.py",
            "urls.py",
            "py.typed",
            "stages.py",
            "static_files.py",
            "superusers.py",  # what stage_superuser calls there
            "tracing",
        )
    }


def is_below(name: str, folders: set[str]) -> bool:
    return name in folders or name.split("/")[0] in folders


def test_zip_has_binaries_for_lambda_only(zipped: set[str]) -> None:
    binaries = {name for name in zipped if name.endswith(".so") and ".cpython-" in name}
    assert binaries
    assert {name for name in binaries if not name.endswith("-x86_64-linux-gnu.so")} == set()


@pytest.mark.parametrize("stage", ["dev", "production"])
def test_stage_loads_with_zappas_own_loader(installed: Service, stage: str) -> None:
    printed = python(installed, "-c", LOAD_STAGE, stage)
    loaded = json.loads(printed.splitlines()[-1])
    assert loaded == {
        "lambda_name": installed.function_name(stage),
        "runtime": f"python{(installed.folder / '.python-version').read_text().strip()}",
        "xray_tracing": True,
        "endpoint_configuration": ["REGIONAL"],
        "debug": False,
        "log_level": "INFO",
        "keep_warm": False,
        "touch": False,
        "callbacks": ["post", "settings", "zip"],
    }


LOAD_STAGE = """
import json, sys
from zappa.cli import ZappaCLI

cli = ZappaCLI()
cli.api_stage, cli.load_credentials = sys.argv[1], False
cli.load_settings()
print(json.dumps({
    "lambda_name": cli.lambda_name,
    "runtime": cli.runtime,
    "xray_tracing": cli.xray_tracing,
    "endpoint_configuration": cli.endpoint_configuration,
    "debug": cli.debug,
    "log_level": cli.log_level,
    "keep_warm": cli.stage_config["keep_warm"],
    "touch": cli.stage_config["touch"],
    "callbacks": sorted(cli.stage_config["callbacks"]),
}))
"""


def test_every_stage_is_tested(installed: Service) -> None:
    stages = json.loads((installed.folder / "zappa_settings.json").read_text())
    assert list(stages) == ["dev", "production"]


@pytest.mark.parametrize("where", ["locally", "in Lambda"])
def test_xray_is_wired_in_django(installed: Service, tmp_path: Path, where: str) -> None:
    environment = lambda_environment(tmp_path) if where == "in Lambda" else {}
    printed = python(installed, "-c", SHOW_WIRING, environment=environment)
    wired = json.loads(printed.splitlines()[-1])
    assert wired["first_middleware"] == "zappa_xray.tracing.middleware.XRayMiddleware"
    assert "aws_xray_sdk.ext.django.middleware.XRayMiddleware" in wired["its_bases"]
    assert {"aws_xray_sdk.ext.django", "zappa_xray.tracing"} <= set(wired["apps"])
    assert wired["recorder"] == wired["sdk"]
    assert wired["auto_instrument"] is True
    assert wired["tracing_name"] == installed.slug


SHOW_WIRING = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from aws_xray_sdk.ext.django import conf
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

middleware = settings.MIDDLEWARE[0]
bases = import_string(middleware).__mro__[1:]
print(json.dumps({
    "first_middleware": middleware,
    "its_bases": [f"{base.__module__}.{base.__qualname__}" for base in bases],
    "apps": [app.name for app in apps.get_app_configs()],
    "recorder": sorted(settings.XRAY_RECORDER),
    "sdk": sorted(conf.DEFAULTS),
    "auto_instrument": settings.XRAY_RECORDER["AUTO_INSTRUMENT"],
    "tracing_name": settings.XRAY_RECORDER["AWS_XRAY_TRACING_NAME"],
}))
"""
