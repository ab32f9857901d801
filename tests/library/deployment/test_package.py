import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from zappa_xray.deployment import package

from tests.library.deployment.test_architecture import elf


@pytest.fixture
def zip_path(project: Path) -> Path:
    (project / "module.py").write_text("ANSWER = 42\n")
    with zipfile.ZipFile(project / "service.zip", "w") as service:
        service.write("module.py")
        service.writestr("locale/de.mo", b"x" * 3 * 2**20)
    return project / "service.zip"


def finish(zip_path: Path) -> None:
    package.finish(SimpleNamespace(zip_path=str(zip_path), architecture="x86_64"))


BYTECODE = f"__pycache__/module.{sys.implementation.cache_tag}.pyc"


@pytest.mark.parametrize("prefix", [None, "/tmp/bytecode of this machine"])
def test_the_zip_gets_the_bytecode_that_lambda_s_python_takes_unchecked(
    zip_path: Path, prefix: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys, "pycache_prefix", prefix
    )  # PYTHONPYCACHEPREFIX, of the deploying machine
    finish(zip_path)
    with zipfile.ZipFile(zip_path) as service:
        bytecode = service.read(BYTECODE)
    # https://peps.python.org/pep-0552/: bit 0 is "has a hash", bit 1 "check the source".
    assert int.from_bytes(bytecode[4:8], "little") == 0b01
    assert b"/var/task/module.py" in bytecode


def test_a_file_that_is_no_python_of_this_version_goes_in_as_it_is(zip_path: Path) -> None:
    with zipfile.ZipFile(zip_path, "a") as service:
        service.writestr("templates/module.py-tpl.py", "import {{ name }}\nprint 'x'\n")
    finish(zip_path)
    with zipfile.ZipFile(zip_path) as service:
        compiled = [name for name in service.namelist() if name.endswith(".pyc")]
    assert compiled == [BYTECODE]


def test_it_says_how_large_the_package_is(
    zip_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finish(zip_path)
    assert "3.0 MiB unpacked (Lambda takes 250.0 MiB)" in capsys.readouterr().out


def test_a_library_for_another_processor_is_refused(zip_path: Path) -> None:
    with zipfile.ZipFile(zip_path, "a") as service:
        service.writestr("notes/_fast.cpython-313-x86_64-linux-gnu.so", elf(62))
    finish(zip_path)
    with zipfile.ZipFile(zip_path, "a") as service:
        service.writestr("notes/_fast.so.1", elf(183))
    with pytest.raises(click.ClickException, match=r"cannot load notes/_fast\.so\.1 \(for arm64\)"):
        finish(zip_path)


def test_a_package_that_lambda_refuses_is_refused_with_its_largest_folders(
    zip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "LARGEST_UNPACKED", 2 * 2**20)
    with pytest.raises(click.ClickException) as refused:
        finish(zip_path)
    lines = str(refused.value).splitlines()
    assert (
        lines[0] == "the package has 3.0 MiB unpacked, Lambda takes 2.0 MiB. The largest folders:"
    )
    assert lines[1] == "     3.0 MiB  locale"
    assert "exclude_glob" in lines[-1]
