"""Zappa's own packaging, given what belongs."""

import shutil
import sys
import zipfile
from contextlib import chdir
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from zappa.core import Zappa
from zappa_xray.deployment.belongs import contents
from zappa_xray.deployment.staging import NAMES_LEFT_OUT, NOT_AT_RUN_TIME, package_only

from tests.library.deployment.conftest import write

PACKAGES = f"packaged/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
FILES = {
    "notes/__init__.py": "",
    "notes/templates/a.html": "",
    "notes/tests/test_a.py": "",
    "gateway_client.py": "",
    "certs/ca.pem": "",
    "certs/own.pem": "",
    "node_modules/x/index.js": "",
    f"{PACKAGES}/django/__init__.py": "",
    f"{PACKAGES}/django/tests/__init__.py": "",
    f"{PACKAGES}/django/locale/de.po": "",
    f"{PACKAGES}/media/__init__.py": "",
    f"{PACKAGES}/.lock": "",
    f"{PACKAGES}/zappa_xray/tracing/__init__.py": "",
    f"{PACKAGES}/zappa_xray/deployment/__init__.py": "",
    "media/photo.jpg": "",
}


@pytest.fixture
def zappa_cli(project: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Zappa's, as far as packaging goes, in a folder that was worked in."""
    write(project, FILES)
    monkeypatch.setenv("VIRTUAL_ENV", "packaged")  # relative, as a person may have it
    return SimpleNamespace(zappa=Zappa(load_credentials=False))


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as package:
        return {name for name in package.namelist() if name != "package_info.json"}


@pytest.mark.parametrize("output", ["dist/dev.zip", None])
def test_zappa_packages_what_belongs_and_the_installed_packages(
    project: Path, zappa_cli: SimpleNamespace, output: str | None
) -> None:
    (project / "dist").mkdir()
    package_only(contents(project, {"include": ["certs/ca.pem"]}), zappa_cli)
    name = zappa_cli.zappa.create_lambda_zip(
        prefix="notes-dev",
        use_precompiled_packages=False,
        exclude=["*.po"],
        exclude_glob=["django/tests"],
        output=output,
    )
    # Zappa gives each folder with Python in it an __init__.py, the root and those above included.
    assert names(project / name) - {"__init__.py", "zappa_xray/__init__.py"} == {
        "notes/__init__.py",
        "notes/templates/a.html",
        "gateway_client.py",
        "certs/ca.pem",
        "django/__init__.py",
        "media/__init__.py",
        "zappa_xray/tracing/__init__.py",
    }
    assert output in (name, None)
    assert Path.cwd() == project


def test_it_is_said_when_it_is_done(
    project: Path, zappa_cli: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    package_only(contents(project, {}), zappa_cli)
    assert capsys.readouterr().out == ""
    zappa_cli.zappa.create_lambda_zip(use_precompiled_packages=False)
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("Into the package, of this folder: gateway_client.py, notes/ (2 files)")
    assert second.startswith("It stays behind: certs/, media/, node_modules/, notes/tests/, packag")


EVERY_KIND = {
    "notes/__init__.py": "the service's",
    "notes/packaged/data.csv": "left out, as all that is called as the environment is",
    "shared/__init__.py": "the service's",
    "shared/service.py": "",
    "clash.py": "the service's",
    f"{PACKAGES}/shared/__init__.py": "the package's",
    f"{PACKAGES}/shared/deeper/library.py": "",
    f"{PACKAGES}/clash.py": "the package's",
    f"{PACKAGES}/one/__init__.py": "",
    f"{PACKAGES}/one/__pycache__/module.cpython-313.pyc": "",
    f"{PACKAGES}/one/locale/de/LC_MESSAGES/django.po": "",
    f"{PACKAGES}/one/migrations/0001.pyc": "",
    f"{PACKAGES}/one/packaged/data.json": "{}",
    f"{PACKAGES}/one/tests/test_one.py": "",
    f"{PACKAGES}/namespace/deeper/module.py": "",
    f"{PACKAGES}/concurrent/futures.py": "",
    f"{PACKAGES}/docutils-1.dist-info/RECORD": "",
    f"{PACKAGES}/one-1.dist-info/RECORD": "",
}
ELSEWHERE: dict[str, dict[str, str]] = {
    "nothing": {},
    "packages of 64 bit": {f"{PACKAGES}/64/wide/__init__.py": ""},
    "a checkout": {f"{PACKAGES}/linked.egg-link": "checkout", "checkout/linked/__init__.py": ""},
}


@pytest.mark.parametrize("elsewhere", ELSEWHERE.values(), ids=ELSEWHERE)
def test_the_zip_is_what_zappa_makes_of_the_same_files_by_itself(
    project: Path, zappa_cli: SimpleNamespace, elsewhere: dict[str, str], tmp_path_factory: Any
) -> None:
    write(project, {**EVERY_KIND, **elsewhere})
    (project / PACKAGES / "to_a_file.py").symlink_to("clash.py")
    (project / PACKAGES / "to_a_folder").symlink_to("namespace")
    options: dict[str, Any] = {"exclude": ["*.po"], "exclude_glob": ["one/tests"]}
    found = contents(project, {"include": ["notes/packaged"]})
    package_only(found, zappa_cli)
    zappa_cli.zappa.create_lambda_zip(
        output="ours.zip", use_precompiled_packages=False, **deepcopy(options)
    )
    alone = tmp_path_factory.mktemp("alone")
    for file in found.files:
        (alone / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / file, alone / file)
    with chdir(alone):
        Zappa(load_credentials=False).create_lambda_zip(
            output=str(project / "theirs.zip"),
            use_precompiled_packages=False,
            venv=project / "packaged",
            exclude=[*options["exclude"], *NAMES_LEFT_OUT],
            exclude_glob=[*options["exclude_glob"], *NOT_AT_RUN_TIME],
        )
    assert entries(project / "ours.zip") == entries(project / "theirs.zip")


def entries(path: Path) -> dict[str, tuple[bytes, int, int]]:
    """Return of each file of a zip, but for the time it was made, what is in it and how it is kept."""
    with zipfile.ZipFile(path) as package:
        return {
            file.filename: (package.read(file), file.compress_type, file.external_attr)
            for file in package.infolist()
            if file.filename != "package_info.json"
        }


def test_packages_that_zappa_replaces_by_precompiled_ones_are_where_it_looks_for_them(
    project: Path, zappa_cli: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[set[str]] = []

    def installed_packages(packages: Path, _packages_64: Path) -> dict[str, str]:
        looked_at.append({path.name for path in packages.iterdir()})
        return {}

    monkeypatch.setattr(zappa_cli.zappa, "get_installed_packages", installed_packages)
    package_only(contents(project, {}), zappa_cli)
    zappa_cli.zappa.create_lambda_zip(output="dev.zip", use_precompiled_packages=True)
    assert looked_at == [{"django", "media", ".lock", "zappa_xray"}]
    assert "django/__init__.py" in names(project / "dev.zip")
