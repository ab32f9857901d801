"""Zappa's own packaging, given what belongs."""

import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from zappa.core import Zappa
from zappa_xray.deployment.belongs import contents
from zappa_xray.deployment.staging import package_only

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
