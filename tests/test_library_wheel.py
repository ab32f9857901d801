"""The library as others get it: a wheel, in a project that this template has not made."""

from __future__ import annotations

import re
import shutil
import tomllib
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from emulator.daemon import Daemon
from emulator.function import Function, FunctionTimedOut
from emulator.processes import CommandFailed, run, uv_binary
from emulator.service import Service, bake, interpreter, offered_python
from tests.choices import DATABASE, Once, packaged
from tests.compiled import hand_on
from tests.library_environment import LIBRARY

BARE = Path(__file__).with_name("bare")
OF_THE_TEST = """
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
"""
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("library wheel")]


@pytest.fixture(scope="session")
def python() -> Path:
    found = interpreter(offered_python())
    assert found
    return found


@pytest.fixture(scope="session")
def wheel(once: Once, python: Path) -> Path:
    """The wheel, built from a copy: above the library itself lies the template, unbaked."""

    def build(folder: Path) -> None:
        shutil.copytree(LIBRARY, folder / "source")
        uv(folder / "source", "build", "--python", str(python), "--wheel", "--out-dir", "..")

    [built] = once("library-wheel", build).glob("*.whl")
    return built


def in_readme(name: str) -> str:
    """Return the Python that stands between marks in the library's README."""
    readme = (LIBRARY / "README.md").read_text()
    [code] = re.findall(
        f"<!-- {name} -->\n```python\n(.*?)```\n<!-- /{name} -->", readme, re.DOTALL
    )
    return str(code)


def uv(folder: Path, *arguments: str) -> str:
    return run([str(uv_binary()), *arguments], folder=folder)


@pytest.fixture(scope="session")
def bare(once: Once, wheel: Path, python: Path) -> Path:
    """Django's own new project with what the README says, and all that the wheel asks for."""

    def make(folder: Path) -> None:
        uv(folder, "pip", "install", "--python", str(python), "--target", ".", str(wheel))
        django = [str(python), "-m", "django", "startproject", "bare", "."]
        run(django, folder=folder, environment={"PYTHONPATH": str(folder)})
        (folder / "handler.py").write_text((BARE / "handler.py").read_text())
        (folder / "things.py").write_text((BARE / "things.py").read_text())
        with (folder / "bare/settings.py").open("a") as settings:
            settings.write(in_readme("settings") + OF_THE_TEST)
        with (folder / "bare/urls.py").open("a") as urls:
            urls.write(in_readme("urls") + "\nfrom things import urlpatterns as things\n")
            urls.write("urlpatterns += things\n")

    return once("library-bare", make)


def test_a_bare_project_is_traced_on_lambda(bare: Path, python: Path, daemon: Daemon) -> None:
    function = Function(bare, daemon.address, python=python, handler="handler.lambda_handler")
    with function:
        answer = function.request("GET", "/things/7/")
    assert (answer["statusCode"], answer["body"]) == (200, "thing 7")
    document = daemon.documents[-1]
    assert document["name"] == "my-service"
    annotations = {name: document["annotations"][name] for name in ("route", "method", "status")}
    assert annotations == {"route": "/things/{number}/", "method": "GET", "status": 200}
    queries = [document.get("sql", {}).get("sanitized_query") for document in daemon.documents]
    assert list(filter(None, queries)) == ["SELECT %s"]
    assert not (bare / "zappa").exists()


def test_of_a_request_that_is_killed_there_is_a_trace(
    bare: Path, python: Path, daemon: Daemon
) -> None:
    function = Function(bare, daemon.address, python=python, handler="handler.lambda_handler")
    with function:
        assert function.request("GET", "/things/7/")["statusCode"] == 200
        with pytest.raises(FunctionTimedOut):
            function.request("GET", "/stuck/", timeout=3)
        log = function.log
    killed = [
        document
        for document in daemon.documents
        if document.get("annotations", {}).get("route") == "/stuck/"
    ]
    assert killed[-1]["annotations"]["timed_out"] is True
    assert "things.py" in killed[-1]["metadata"]["tracing"]["deadline"]["where"]
    assert "GET /stuck/ has not finished after" in log


def metadata(package: zipfile.ZipFile) -> Message:
    [path] = [name for name in package.namelist() if name.endswith(".dist-info/METADATA")]
    return message_from_bytes(package.read(path))


def test_it_asks_for_little_and_for_the_rest_when_asked(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as package:
        about = metadata(package)
    project = tomllib.loads((LIBRARY / "pyproject.toml").read_text())["project"]
    required = about.get_all("Requires-Dist", [])
    always = {re.split("[<>=,]", line)[0] for line in required if "extra ==" not in line}
    assert always == {"aws-xray-sdk", "django", "wrapt"}
    assert set(about.get_all("Provides-Extra", [])) == {"deployment", "traceview", "testing"}
    assert (about["Version"], about["License-Expression"]) == (project["version"], "MIT")
    assert "## Using it in any Django project" in str(about.get_payload())


def test_it_holds_what_runs_and_no_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as package:
        names = {name for name in package.namelist() if not name.endswith("/")}
    source = LIBRARY / "zappa_xray"
    files = {
        file.relative_to(LIBRARY).as_posix()
        for file in source.rglob("*")
        if file.is_file() and "cache" not in str(file.relative_to(LIBRARY))
    }
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == files
    assert {"zappa_xray/py.typed", "zappa_xray/testing.py"} <= files
    for kind in ("templates/traceview/page.html", "static/traceview/traces.js"):
        assert f"zappa_xray/traceview/{kind}" in files
    assert {name.partition("/")[2] for name in about} == {
        *("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"),
    }
    assert not any("test_" in name or "conftest" in name for name in names)


@pytest.fixture(scope="session")
def tools(once: Once, wheel: Path, python: Path) -> Path:
    """The Python of an environment with the wheel and all its extras, and nothing else."""

    def install(folder: Path) -> None:
        uv(folder, "venv", "--python", str(python), "venv")
        extras = f"{wheel}[deployment,traceview,testing]"
        uv(folder, "pip", "install", "--python", "venv/bin/python", extras)

    return once("library-tools", install) / "venv/bin/python"


def test_pytest_finds_the_fixture_by_itself(tools: Path, tmp_path: Path) -> None:
    (tmp_path / "test_work.py").write_text("""
from aws_xray_sdk.core import xray_recorder


def test_work(trace_daemon):
    with xray_recorder.in_segment("work"):
        pass
    assert [trace["name"] for trace in trace_daemon.complete] == ["work"]
""")
    assert "1 passed" in run([str(tools), "-m", "pytest", "-q"], folder=tmp_path)
    # Named where it need not be, as in the conftest.py of a service of before.
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["zappa_xray.testing"]\n')
    assert "1 passed" in run([str(tools), "-m", "pytest", "-q"], folder=tmp_path)


def test_a_bare_project_has_the_commands_and_the_page(
    bare: Path, tools: Path, tmp_path: Path
) -> None:
    for name in ("bare", "things.py", "manage.py"):
        copy = shutil.copytree if (bare / name).is_dir() else shutil.copy
        copy(bare / name, tmp_path / name)

    def manage(*arguments: str) -> str:
        return run([str(tools), "manage.py", *arguments], folder=tmp_path)

    assert "no issues" in manage("check")
    answers = (
        "from django.test import Client; client = Client(raise_request_exception=False); "
        "print([client.get(path).status_code for path in ('/__traces__/', '/things/1/', '/no/')])"
    )
    assert "[200, 200, 404]" in manage("shell", "--command", answers)
    commands = manage("help")
    for command in (
        "trace_doctor",
        "trace_report",
        "trace_show",
        "trace_stage",
        "trace_watch",
        "trace_why",
    ):
        assert command in commands
    with pytest.raises(CommandFailed, match=r"has no zappa_settings\.json to be read") as failed:
        manage("trace_report", "dev")
    assert "Traceback" not in failed.value.output


@pytest.fixture(scope="session")
def with_the_wheel(once: Once, wheel: Path) -> Service:
    """A service that takes the library from a wheel, as its README says, and not from its tree."""

    def make(folder: Path) -> None:
        service = bake(folder, {"python_version": offered_python()})
        (service.folder / "wheels").mkdir()
        shutil.copy(wheel, service.folder / "wheels")
        shutil.rmtree(service.folder / "vendor")
        project = service.folder / "pyproject.toml"
        text = project.read_text()
        [entry] = re.findall(r"^zappa-xray = .*$", text, re.MULTILINE)
        project.write_text(text.replace(entry, f'zappa-xray = {{ path = "wheels/{wheel.name}" }}'))
        service.install()
        hand_on(packaged(once, offered_python(), DATABASE), service)

    return Service(next(path for path in once("with-the-wheel", make).iterdir() if path.is_dir()))


def test_a_service_takes_a_wheel_in_place_of_its_tree(with_the_wheel: Service) -> None:
    installed = with_the_wheel.site_packages / "zappa_xray"
    assert (installed / "traceview/static/traceview/traces.js").exists()
    assert " passed" in with_the_wheel.make("test")


def test_the_package_of_such_a_service_has_the_library_as_well(
    with_the_wheel: Service, tmp_path: Path
) -> None:
    with_the_wheel.package()
    package = with_the_wheel.unpack(tmp_path / "package")
    assert (package / "zappa_xray/tracing/middleware.py").exists()
    assert not (package / "zappa_xray/traceview").exists()
    assert not (package / "wheels").exists()
