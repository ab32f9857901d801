"""What an owner's changes make of the package: apps, modules, `include`, the library, refusals."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emulator import events
from emulator.daemon import Daemon
from emulator.function import Function
from emulator.processes import CommandFailed, run, uv_binary
from emulator.service import Service, bake, offered_python
from tests.conftest import RecordProperty

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("package")]

LIBRARY = "vendor/zappa-xray"
EDITED = "zappa_xray/tracing/route.py"
MADE_BY_HAND = (
    "billing/templates/billing/invoice.html",
    "billing/static/billing/logo.svg",
    "billing/locale/de/LC_MESSAGES/django.mo",
    "billing/fixtures/first.json",
    "billing/tests/test_invoices.py",
    "gateway_client.py",
    "certs/ca.pem",
)


# e_machine of elf.h
X86_64, AARCH64 = (62).to_bytes(2, "little"), (183).to_bytes(2, "little")


@dataclass(frozen=True)
class Packaged:
    """A package: the names in it, the library's edited file, processors, and what was printed."""

    names: set[str]
    edited: str
    processors: set[bytes]
    printed: str


def command(service: Service, *arguments: str, **environment: str) -> str:
    """Run a program of the service's `.venv` in its folder and return what it printed."""
    program = str(service.folder / ".venv/bin" / arguments[0])
    return run(
        [program, *arguments[1:]], folder=service.folder, environment=environment, timeout=300
    )


def change_settings(service: Service, **keys: Any) -> None:
    """Change keys of the stage dev in zappa_settings.json."""
    file = service.folder / "zappa_settings.json"
    stages = json.loads(file.read_text())
    stages["dev"].update(keys)
    file.write_text(json.dumps(stages, indent=4))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """A service that was packaged once, so that uv has built the library already."""
    service = bake(tmp_path_factory.mktemp("package"), {"python_version": offered_python()})
    service.make("packaged")
    return service


@pytest.fixture(scope="module")
def packaged(service: Service) -> Packaged:
    """The service after an owner's work, by Zappa's own command and not by make's."""
    command(service, "python", "manage.py", "startapp", "billing")
    for path in MADE_BY_HAND:
        (service.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (service.folder / path).touch()
    change_settings(service, include=["certs/ca.pem"])
    with (service.folder / LIBRARY / EDITED).open("a") as module:
        module.write("EDITED_BY_ITS_OWNER = True\n")
    run(["git", "init"], folder=service.folder)
    service.make("packaged")
    arguments = ["package", "dev", "--output", "by-hand.zip"]
    printed = command(service, "zappa", *arguments, VIRTUAL_ENV=".lambda")
    with zipfile.ZipFile(service.folder / "by-hand.zip") as package:
        edited = package.read(EDITED).decode()
        return Packaged(set(package.namelist()), edited, processors_of(package), printed)


def test_a_new_app_goes_in_with_its_data_and_without_its_tests(packaged: Packaged) -> None:
    billing = {name for name in packaged.names if name.startswith("billing/")}
    assert billing >= {"billing/models.py", "billing/migrations/__init__.py"}
    assert billing >= {path for path in MADE_BY_HAND if path.split("/")[0] == "billing"} - {
        "billing/tests/test_invoices.py"
    }
    assert {name for name in billing if "test" in name} == set()


def test_a_module_and_what_include_names_go_in(packaged: Packaged) -> None:
    assert {"gateway_client.py", "certs/ca.pem"} <= packaged.names


def test_a_changed_file_of_the_library_is_in_the_next_package(packaged: Packaged) -> None:
    assert "EDITED_BY_ITS_OWNER = True" in packaged.edited


def test_a_deleted_file_of_the_library_is_not_in_the_next_package(service: Service) -> None:
    library, given_up = service.folder / LIBRARY, "zappa_xray/given_up.py"
    (library / given_up).touch()
    (library / EDITED).touch()  # so that the newest file is one that stays
    service.make("packaged")
    [installed] = (service.folder / ".lambda").glob(f"lib/*/site-packages/{given_up}")
    (library / given_up).unlink()
    service.make("packaged")
    assert not installed.exists()


def test_the_tools_of_the_library_are_not_in_the_package(packaged: Packaged) -> None:
    library = {name.split("/")[1] for name in packaged.names if name.startswith("zappa_xray/")}
    assert {"tracing", "stages.py"} <= library
    assert library & {"deployment", "traceview", "testing.py"} == set()


def test_it_says_what_goes_in_what_stays_behind_and_what_is_not_committed(
    packaged: Packaged,
) -> None:
    said = " ".join(packaged.printed.split())
    assert "Into the package, of this folder: accounts/ (7 files), billing/ (" in said
    assert "certs/ (1 file), config/ (" in said
    assert "It stays behind: .env.example, Makefile, PRODUCTION.md, README.md, billing/" in said
    assert "Packaged though not committed to git: accounts/__init__.py, accounts/admin.py," in said
    lines = packaged.printed.splitlines()
    assert max(len(line) for line in lines if line.startswith("Into the package")) <= 80


def refusal(service: Service, target: str = "package") -> str:
    """Return what `make` prints where nothing may be built."""
    built = service.folder / "dist"
    shutil.rmtree(built, ignore_errors=True)
    with pytest.raises(CommandFailed) as failed:
        service.make(target)
    assert not built.exists() or not list(built.iterdir())
    assert "Traceback" not in failed.value.output
    return failed.value.output


@pytest.fixture
def misspelt(service: Service, packaged: Packaged) -> Iterator[None]:
    """A stage whose schedule names a function that is not there."""
    misspelt = {"function": "notes.scheduled.count_nwe_notes", "expression": "rate(1 day)"}
    change_settings(service, events=[misspelt])
    yield
    change_settings(service, events=[])


MISSING = (
    "events names notes.scheduled.count_nwe_notes, but notes.scheduled has no count_nwe_notes"
    " (perhaps count_new_notes?)."
)


@pytest.mark.usefixtures("misspelt")
def test_a_misspelt_function_is_refused_before_anything_is_built(service: Service) -> None:
    assert f"- Stage dev of zappa_settings.json: {MISSING}" in refusal(service)


@pytest.mark.usefixtures("misspelt")
def test_a_misspelt_function_is_refused_by_check(service: Service) -> None:
    with pytest.raises(CommandFailed) as failed:
        command(service, "python", "manage.py", "check")
    assert f"Stages dev and production of zappa_settings.json: {MISSING}" in failed.value.output


def test_a_secret_in_a_package_is_refused_by_name(service: Service, packaged: Packaged) -> None:
    for path in ("notes/service.pem", "notes/.env.local"):
        (service.folder / path).touch()
    printed = refusal(service)
    assert "would be packaged: notes/.env.local, notes/service.pem." in printed
    for path in ("notes/service.pem", "notes/.env.local"):
        (service.folder / path).unlink()


@pytest.fixture
def on_arm64(service: Service, packaged: Packaged) -> Iterator[Service]:
    change_settings(service, architecture="arm64")
    yield service
    change_settings(service, architecture="x86_64")


def test_a_package_has_the_libraries_of_its_processor(packaged: Packaged) -> None:
    assert packaged.processors == {X86_64}


def test_arm64_is_packaged_with_its_own_libraries_and_no_others(
    on_arm64: Service, record_property: RecordProperty
) -> None:
    on_arm64.package()
    with zipfile.ZipFile(on_arm64.zip_path()) as package:
        assert processors_of(package) == {AARCH64}
    record_property("said", f"arm64: {size(on_arm64.zip_path())}")
    change_settings(on_arm64, architecture="x86_64")
    with pytest.raises(CommandFailed) as failed:
        command(on_arm64, "zappa", "package", "dev", VIRTUAL_ENV=".lambda")
    assert "nothing was built or uploaded." in failed.value.output
    assert "- the function runs on x86_64, and cannot load " in failed.value.output
    assert ".so (for arm64)" in failed.value.output
    on_arm64.make("packaged")
    libraries = (on_arm64.folder / ".lambda/lib").rglob("*.so*")
    assert {path.read_bytes()[18:20] for path in libraries} == {X86_64}


def processors_of(package: zipfile.ZipFile) -> set[bytes]:
    """Return the field e_machine of each shared library of a package."""
    libraries = [name for name in package.namelist() if ".so" in Path(name).suffixes]
    return {package.read(name)[18:20] for name in libraries}


def size(path: Path) -> str:
    return f"{path.stat().st_size / 2**20:.1f} MiB zipped"


@pytest.fixture
def from_a_wheel(service: Service, packaged: Packaged, tmp_path: Path) -> Iterator[Service]:
    """The service without the library's sources, which takes a wheel of it."""
    wheels, project = service.folder / "wheels", service.folder / "pyproject.toml"
    build = [str(uv_binary()), "build", "--wheel", LIBRARY, "--out-dir", str(wheels)]
    run(build, folder=service.folder, timeout=120)
    [wheel] = wheels.glob("*.whl")
    shutil.move(service.folder / "vendor", tmp_path / "vendor")
    before = project.read_text()
    taken = 'zappa-xray = { path = "vendor/zappa-xray", editable = true }'
    assert taken in before
    project.write_text(before.replace(taken, f'zappa-xray = {{ path = "wheels/{wheel.name}" }}'))
    yield service
    project.write_text(before)
    shutil.move(tmp_path / "vendor", service.folder / "vendor")
    shutil.rmtree(wheels)


def test_a_library_that_comes_as_a_wheel_is_packaged_and_traces(
    from_a_wheel: Service, tmp_path: Path
) -> None:
    service = from_a_wheel
    service.package()
    package = service.unpack(tmp_path / "unpacked")
    assert (package / "zappa_xray/tracing").is_dir()
    assert not (package / "wheels").exists()
    variables = {"DJANGO_SECRET_KEY": "x" * 50, "DATABASE_URL": "sqlite:////tmp/none.sqlite3"}
    with (
        Daemon() as daemon,
        Function(package, daemon.address, python=service.python, environment=variables) as function,
    ):
        trace = events.trace_id()
        header = events.trace_header(trace, parent="53995c3f42cd8ad8")
        assert function.request("GET", "/health/", trace_header=header)["statusCode"] == 200
        routes = {sent.get("annotations", {}).get("route") for sent in daemon.of_trace(trace)}
    assert "/health/" in routes
