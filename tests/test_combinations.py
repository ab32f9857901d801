"""Every combination of the choices: baked, clean, its own tests, packaged, a request answered.

Twelve services: three Pythons, two databases, two answers to `ci`. The last one adds or leaves out
the workflows and nothing else, which is asserted byte for byte, so two services that differ only in
it are installed once. A Python that this machine lacks is baked, checked with the tools of another
one, and its wheels for Lambda are fetched.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from pathlib import Path

import pytest

from emulator.daemon import Daemon
from emulator.events import response_json
from emulator.function import Function
from emulator.processes import run
from emulator.service import TEMPLATE, bake
from tests.choices import Once, checked, is_here, packaged, unpacked, uv

CHOICES = json.loads((TEMPLATE / "cookiecutter.json").read_text(encoding="utf-8"))
PYTHONS: list[str] = CHOICES["python_version"]
DATABASES: list[str] = CHOICES["database"]
CIS: list[str] = CHOICES["ci"]
HERE = [python for python in PYTHONS if is_here(python)]

DRIVERS = {"postgresql": "psycopg_binary", "mysql": "pymysql"}
BUCKET = "zappa-notes-api-combinations"


def need(python: str) -> None:
    """Skip the test where this Python is not here."""
    if python not in HERE:
        pytest.skip(f"Python {python} is not on this machine: only baked and checked here")


each_python_and_database = pytest.mark.parametrize(
    ("python", "database"),
    [
        pytest.param(python, database, marks=pytest.mark.xdist_group(f"{python}-{database}"))
        for python, database in itertools.product(PYTHONS, DATABASES)
    ],
)


def test_there_are_twelve_combinations() -> None:
    lists = {
        name: value
        for name, value in CHOICES.items()
        if isinstance(value, list) and not name.startswith("_")
    }
    assert set(lists) == {"python_version", "database", "ci"}
    assert len(list(itertools.product(*lists.values()))) == 12


@pytest.mark.skipif(not os.environ.get("CI"), reason="a person may have none of the Pythons")
def test_at_least_one_python_is_here() -> None:
    assert HERE


def baked_files(folder: Path, **answers: str) -> dict[str, bytes]:
    service = bake(folder, {"s3_bucket": BUCKET, **answers})
    return {
        path.relative_to(service.folder).as_posix(): path.read_bytes()
        for path in service.folder.rglob("*")
        if path.is_file()
    }


@each_python_and_database
def test_ci_adds_the_workflows_and_changes_nothing_else(
    python: str, database: str, tmp_path: Path
) -> None:
    with_ci, without = (
        baked_files(tmp_path / ci, python_version=python, database=database, ci=ci) for ci in CIS
    )
    added = set(with_ci) - set(without)
    assert added
    assert all(path.startswith((".github/", "iam/github-")) for path in added)
    assert without == {path: with_ci[path] for path in with_ci if path not in added}


@pytest.mark.slow
@each_python_and_database
def test_its_own_checks_pass(python: str, database: str, once: Once) -> None:
    need(python)
    printed = checked(once, python, database)
    assert "Faults were found" not in printed
    for tool, content in (
        ("ruff check .", "All checks passed!"),
        ("ruff format --check .", "already formatted"),
        ("mypy .", "Success: no issues found"),
        ("python manage.py makemigrations", "No changes detected"),
        ("python manage.py check", "System check identified no issues"),
    ):
        assert content in printed.partition(f"uv run {tool}")[2].partition("uv run ")[0]


@pytest.mark.slow
@each_python_and_database
def test_its_own_tests_pass(python: str, database: str, once: Once) -> None:
    need(python)
    printed = checked(once, python, database).rpartition("uv run pytest")[2]
    assert re.search(r"^=+ \d+ passed in ", printed, re.MULTILINE), printed


@pytest.mark.slow
@each_python_and_database
def test_its_package_answers_in_lambda_mode(
    python: str, database: str, once: Once, tmp_path: Path, daemon: Daemon
) -> None:
    need(python)
    service = packaged(once, python, database)
    package = unpacked(once, service)
    # A driver is imported whatever the URL says; tests/test_databases.py has the real servers.
    assert (package / DRIVERS[database]).is_dir()
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "DJANGO_SECRET_KEY": "secret " * 10,
    }
    with Function(
        package, daemon.address, python=service.python, environment=environment
    ) as function:
        function.manage("migrate --noinput")
        function.manage("createsuperuser --noinput --username ada --email ada@example.org")
        token = re.search("token ([0-9a-f]{40})", function.manage("drf_create_token ada"))
        assert token
        headers = {"Authorization": f"Token {token[1]}"}
        answer = function.request("POST", "/api/notes/", json={"title": "Milk"}, headers=headers)
    assert answer["statusCode"] == 201
    assert response_json(answer)["title"] == "Milk"
    [request] = [one for one in daemon.documents if one.get("annotations", {}).get("status") == 201]
    assert request["annotations"]["route"] == "/api/notes/"


@pytest.mark.slow
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("python", [python for python in PYTHONS if python not in HERE])
def test_a_python_that_is_not_here_is_checked_with_the_tools_of_another(
    python: str, database: str, once: Once, tmp_path: Path
) -> None:
    if not HERE:
        pytest.skip("not one of the Pythons is on this machine")
    other = packaged(once, HERE[0], database)
    service = bake(tmp_path / "baked", {"python_version": python, "database": database})
    mypy = [str(other.folder / ".venv/bin/mypy"), "--python-version", python, "."]
    assert "Success: no issues found" in run(mypy, folder=service.folder)

    # What `make package` installs from an index, in the same versions, for Lambda and this Python. The
    # hashes that were locked are those of the other Python's wheels; the library has no binary.
    requirements = (other.folder / ".lambda/requirements.txt").read_text()
    from_an_index = re.sub(r"^\./vendor/.*\n", "", requirements, flags=re.MULTILINE)
    assert from_an_index != requirements
    (tmp_path / "requirements.txt").write_text(from_an_index)
    options = ["--python-version", python, "--python-platform", "x86_64-manylinux_2_34"]
    options += ["--no-deps", "--no-verify-hashes", "--only-binary", ":all:"]
    options += ["--requirements", "requirements.txt"]
    options += ["--target", str(tmp_path / "lib")]
    uv("pip", "install", *options, folder=tmp_path)
    tags = set(re.findall(r"cpython-\d+", " ".join(map(str, (tmp_path / "lib").rglob("*.so")))))
    assert tags <= {f"cpython-{python.replace('.', '')}"}
    assert (tmp_path / "lib" / DRIVERS[database]).is_dir()
