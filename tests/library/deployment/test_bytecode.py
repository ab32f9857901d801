"""Bytecode that is compiled once."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest
from zappa_xray.deployment import bytecode
from zappa_xray.deployment.bytecode import add_bytecode, place_of_bytecode

MODULES = {"a.py": "A = 1\n", "deep/b.py": "B = 2\n", "tpl.py": "import {{ name }}\n"}


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """What is compiled from now on, as the calls of the function that compiles."""
    compiled = Mock(wraps=bytecode.code)
    monkeypatch.setattr(bytecode, "code", compiled)
    return compiled


def paths(compiled: Mock) -> list[str]:
    found = [path for (_source, path), _ in compiled.call_args_list]
    compiled.reset_mock()
    return found


def packaged(folder: Path, modules: dict[str, str]) -> dict[str, bytes]:
    """Return the bytecode that a package of these modules gets, by their names."""
    with zipfile.ZipFile(folder / "new.zip", "w") as package:
        for name, source in modules.items():
            package.writestr(name, source)
    add_bytecode(folder / "new.zip", folder / "kept.zip")
    with zipfile.ZipFile(folder / "new.zip") as package:
        inside = set(package.namelist())
        return {
            name: package.read(place)
            for name in modules
            if (place := place_of_bytecode(name)) in inside
        }


def test_what_did_not_change_is_taken_from_the_last_package(tmp_path: Path, compiled: Mock) -> None:
    first = packaged(tmp_path, MODULES)
    assert paths(compiled) == ["/var/task/a.py", "/var/task/deep/b.py", "/var/task/tpl.py"]
    changed = packaged(tmp_path, {**MODULES, "a.py": "A = 2\n", "moved/b.py": "B = 2\n"})
    assert paths(compiled) == ["/var/task/a.py", "/var/task/tpl.py", "/var/task/moved/b.py"]
    assert changed["deep/b.py"] == first["deep/b.py"]
    assert changed["a.py"] != first["a.py"]
    assert packaged(tmp_path, MODULES) == first


def test_what_is_in_no_package_any_more_is_not_kept(tmp_path: Path) -> None:
    packaged(tmp_path, MODULES)
    packaged(tmp_path, {"a.py": MODULES["a.py"]})
    assert list(bytecode.read(tmp_path / "kept.zip")) == [place_of_bytecode("a.py")]


def test_what_another_python_compiled_is_not_taken(
    tmp_path: Path, compiled: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged(tmp_path, MODULES)
    paths(compiled)
    monkeypatch.setattr("importlib.util.MAGIC_NUMBER", b"\0\0\r\n")
    packaged(tmp_path, MODULES)
    assert "/var/task/a.py" in paths(compiled)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _whole: b"",
    "another file": lambda _whole: b"PK no zip",
    "cut off": lambda whole: whole[: len(whole) // 2],
    "one byte wrong": lambda whole: whole.replace(b"/var/task", b"/bar/task", 1),
}


@pytest.mark.parametrize("damaged", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_of_the_last_package_is_no_hindrance(
    tmp_path: Path, damaged: Callable[[bytes], bytes]
) -> None:
    first, kept = packaged(tmp_path, MODULES), tmp_path / "kept.zip"
    kept.write_bytes(damaged(kept.read_bytes()))
    assert packaged(tmp_path, MODULES) == first
    assert len(bytecode.read(kept)) == 2


def test_without_a_place_to_keep_it_the_package_is_the_same(tmp_path: Path) -> None:
    first = packaged(tmp_path, MODULES)
    (tmp_path / "kept.zip").unlink()
    (tmp_path / "kept.zip").mkdir()
    assert packaged(tmp_path, MODULES) == first
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["kept.zip"]
