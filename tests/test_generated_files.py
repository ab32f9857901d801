"""What is generated: exactly these files, each well-formed, for every combination of answers."""

from __future__ import annotations

import ast
import itertools
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from pytest_cookies.plugin import Cookies

from tests.baking import Baked, bake
from tests.library_environment import LIBRARY

# One worker bakes for all of them.
pytestmark = pytest.mark.xdist_group("generated files")

SERVICE = {
    ".editorconfig",
    ".env.example",
    ".gitattributes",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".python-version",
    "Makefile",
    "PRODUCTION.md",
    "README.md",
    "accounts/__init__.py",
    "accounts/admin.py",
    "accounts/migrations/0001_initial.py",
    "accounts/migrations/__init__.py",
    "accounts/models.py",
    "accounts/throttles.py",
    "accounts/views.py",
    "config/__init__.py",
    "config/admin.py",
    "config/docs.py",
    "config/errors.py",
    "config/health.py",
    "config/lambda_function.py",
    "config/settings.py",
    "config/stage.py",
    "config/urls.py",
    "config/wsgi.py",
    "conftest.py",
    "iam/alarms-policy.json",
    "iam/concurrency-policy.json",
    "iam/deploy-policy.json",
    "iam/domain-policy.json",
    "iam/execution-policy.json",
    "iam/role-policy.json",
    "iam/snapstart-policy.json",
    "iam/vpc-policy.json",
    "manage.py",
    "notes/__init__.py",
    "notes/admin.py",
    "notes/migrations/0001_initial.py",
    "notes/migrations/__init__.py",
    "notes/models.py",
    "notes/scheduled.py",
    "notes/serializers.py",
    "notes/urls.py",
    "notes/views.py",
    "pyproject.toml",
    "tests/__init__.py",
    "tests/test_notes.py",
    "tests/test_pages.py",
    "tests/test_traces.py",
    "zappa_hooks.py",
    "zappa_settings.json",
    # The library, as it lies in the template, without what a tool may have left there.
    *(
        f"vendor/zappa-xray/{file.relative_to(LIBRARY).as_posix()}"
        for file in LIBRARY.rglob("*")
        if file.is_file()
        and not re.search(r"cache|\.egg-info|/dist/|\.pyc$", str(file.relative_to(LIBRARY)))
    ),
}
WORKFLOWS = {
    "iam/github-trust-policy.json",
    ".github/dependabot.yml",
    ".github/workflows/deploy.yml",
    ".github/workflows/test.yml",
}

COMBINATIONS = list(
    itertools.product(("3.12", "3.13", "3.14"), ("postgresql", "mysql"), ("github", "none"))
)
# Names and descriptions that need quoting somewhere, or are wider than they are long.
TEXTS = [
    "O'Brien's service",
    'The "best" service',
    'It\'s "both"',
    "C:\\new\\table",
    "주문 서비스 " * 12 + "끝",
    "🚀" * 45,
    "خدمة الطلبات",
    "- [x] key: value, *anchor &alias | > # not a comment",
    "$(make) `make` $PATH ${PATH} %PATH% %s {0}",
    "<b>bold</b> & more",
    "x" * 86,
]


@pytest.fixture(scope="module")
def combinations(cookies_session: Cookies) -> list[Baked]:
    """A service for each combination of the choices."""
    return [
        bake(cookies_session, python_version=python, database=database, ci=ci)
        for python, database, ci in COMBINATIONS
    ]


@pytest.fixture(scope="module")
def texts(cookies_session: Cookies) -> list[Baked]:
    """A service for each text, as its name, description and author."""
    return [
        bake(
            cookies_session,
            project_name=text,
            project_slug="svc",
            description=text,
            author_name=text,
        )
        for text in TEXTS
    ]


@pytest.fixture(scope="module")
def baked(combinations: list[Baked], texts: list[Baked]) -> list[Baked]:
    return combinations + texts


def text_files(services: list[Baked]) -> list[tuple[str, str]]:
    """Return path and text of each file of `services` but pictures, once for each text that it has."""
    return sorted(
        {
            (path, content.decode("utf-8"))
            for service in services
            for path, content in service.files().items()
            if not path.endswith(".png")
        }
    )


def test_exactly_these_files(combinations: list[Baked]) -> None:
    for service in combinations:
        wanted = SERVICE | WORKFLOWS if service.context["ci"] == "github" else SERVICE
        assert set(service.files()) == wanted
        assert (service.folder / ".github").exists() == (service.context["ci"] == "github")


def test_two_bakes_of_the_same_answers_are_the_same(cookies: Cookies) -> None:
    first, second = (
        bake(cookies, project_name="주문 서비스", s3_bucket="zappa-orders").files()
        for _ in range(2)
    )
    assert first == second


def test_no_jinja_is_left(baked: list[Baked]) -> None:
    for path, text in text_files(baked):
        assert "cookiecutter" not in text, path
        # The brackets of GitHub's expressions, of Django's templates and of format strings are theirs.
        if not path.startswith(".github/") and not path.endswith((".html", ".py")):
            assert re.findall(r"\{\{|\{%|\{#", text) == [], path


def test_files_look_hand_written(baked: list[Baked]) -> None:
    for path, text in text_files(baked):
        assert "\r" not in text, path
        assert "\t" not in text or path == "Makefile", path
        assert re.findall(r"[ \t]+$", text, re.MULTILINE) == [], path
        if text:
            assert not text.startswith("\n"), path
            assert text.endswith("\n"), path
            assert not text.endswith("\n\n"), path
        if not path.endswith((".py", ".md")):  # Python has two blank lines, in a README as well
            assert "\n\n\n" not in text, path


def test_every_toml_json_and_yaml_file_parses(baked: list[Baked]) -> None:
    parsers: dict[str, Callable[[str], object]] = {
        ".toml": tomllib.loads,
        ".json": json.loads,
        ".yml": yaml.safe_load,
        ".yaml": yaml.safe_load,
    }
    parsed = set()
    for path, text in text_files(baked):
        suffix = Path(path).suffix
        if suffix in parsers:
            parsers[suffix](text)
            parsed.add(suffix)
    assert parsed == set(parsers)


@pytest.mark.parametrize(
    "arguments", [["format", "--check"], ["check", "--output-format", "concise"]], ids=" ".join
)
def test_ruff_finds_nothing(arguments: list[str], baked: list[Baked]) -> None:
    folders = [str(service.folder) for service in baked]
    finished = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--no-cache", *folders],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "No Python files found" not in finished.stderr


def test_zizmor_finds_nothing_in_the_workflows(combinations: list[Baked]) -> None:
    folders = [
        str(service.folder / ".github")
        for service in combinations
        if service.context["ci"] == "github"
    ]
    finished = subprocess.run(
        ["zizmor", "--offline", "--min-severity", "medium", *folders],
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "failed to parse" not in finished.stderr
    assert finished.stderr.count("completed") == 3 * len(folders)


def test_the_workflows_are_as_github_s_schema_says(combinations: list[Baked]) -> None:
    workflows = [
        str(path)
        for service in combinations
        for path in sorted((service.folder / ".github").glob("workflows/*.yml"))
    ]
    assert workflows
    schema = ["--builtin-schema", "vendor.github-workflows"]
    command = [str(Path(sys.executable).with_name("check-jsonschema")), *schema, *workflows]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_the_tests_run_on_the_database_that_was_asked_for(combinations: list[Baked]) -> None:
    images = {"postgresql": "postgres:", "mysql": "mariadb:"}
    for service in combinations:
        if service.context["ci"] == "github":
            database = service.context["database"]
            workflow = yaml.safe_load(service.read(".github/workflows/test.yml"))
            job = workflow["jobs"]["test"]
            assert workflow["env"] == {"UV_LOCKED": "1"}
            assert job["services"]["database"]["image"].startswith(images[database])
            [port] = job["services"]["database"]["ports"]
            [url] = [
                step["env"]["DATABASE_URL"]
                for step in job["steps"]
                if step.get("run") == "make test" and "env" in step
            ]
            assert re.fullmatch(
                rf"{database}://\w+:password@127\.0\.0\.1:{port.split(':')[0]}/\w+", url
            )


def test_the_python_that_was_asked_for(combinations: list[Baked]) -> None:
    for service in combinations:
        major, minor = service.context["python_version"].split(".")
        assert service.read(".python-version") == f"{major}.{minor}\n"
        project = tomllib.loads(service.read("pyproject.toml"))["project"]
        assert project["requires-python"] == f">={major}.{minor},<{major}.{int(minor) + 1}"
        stages = json.loads(service.read("zappa_settings.json"))
        assert stages["dev"]["runtime"] == f"python{major}.{minor}"


def test_the_database_that_was_asked_for(combinations: list[Baked]) -> None:
    drivers = {"postgresql": "psycopg[binary]", "mysql": "pymysql"}
    for service in combinations:
        project = tomllib.loads(service.read("pyproject.toml"))["project"]
        found = [
            database
            for database, driver in drivers.items()
            if any(line.startswith(driver) for line in project["dependencies"])
        ]
        assert found == [service.context["database"]]


def test_texts_read_as_typed(texts: list[Baked]) -> None:
    for service, text in zip(texts, TEXTS, strict=True):
        assert service.read("README.md").splitlines()[0] == f"# {text}"
        assert service.read("README.md").splitlines()[2] == text
        project = tomllib.loads(service.read("pyproject.toml"))["project"]
        assert project["description"] == text
        assert project["authors"] == [{"name": text}]
        assert text in strings(service.read("config/settings.py"))
        stages = json.loads(service.read("zappa_settings.json"))
        assert stages["dev"]["lambda_description"] == text


def test_without_an_author_there_is_no_list_of_authors(combinations: list[Baked]) -> None:
    for service in combinations:
        assert "authors" not in tomllib.loads(service.read("pyproject.toml"))["project"]


def strings(source: str) -> set[str]:
    """Return the string literals in a Python source."""
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_paths_suit_every_system(combinations: list[Baked]) -> None:
    for service in combinations:
        paths = list(service.files())
        assert max(len(path) for path in paths) < 180
        assert len({path.casefold() for path in paths}) == len(paths)
        assert [path for path in paths if re.search(r'[<>:"|?*\\]|[. ](/|$)', path)] == []


def test_secrets_and_local_data_stay_out_of_git(combinations: list[Baked], tmp_path: Path) -> None:
    [gitignore, *_] = {service.read(".gitignore") for service in combinations}
    (tmp_path / ".gitignore").write_text(gitignore, encoding="utf-8")
    git("init", "--quiet", folder=tmp_path)
    kept_out = [".env", ".env.dev", "db.sqlite3", ".venv/x", ".lambda/x", "dist/a.zip", "build/x"]
    for path in kept_out:
        assert git("check-ignore", path, folder=tmp_path) == 0, path
    for path in [".env.example", "uv.lock", "manage.py", ".github/workflows/test.yml"]:
        assert git("check-ignore", path, folder=tmp_path) == 1, path


def git(*arguments: str, folder: Path) -> int:
    """Run git in `folder` and return its exit code."""
    return subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, timeout=30, check=False
    ).returncode
