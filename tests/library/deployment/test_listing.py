"""What is said of a package before it is built."""

import shutil
import subprocess
from pathlib import Path

import pytest
from zappa_xray.deployment.belongs import contents
from zappa_xray.deployment.listing import lines
from zappa_xray.deployment.uncommitted import uncommitted

from tests.library.deployment.conftest import write

SERVICE = ("notes/__init__.py", "notes/models.py", "gateway_client.py", "Makefile", ".env", ".x")


def git(folder: Path, *arguments: str) -> None:
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True)


def said(folder: Path) -> list[str]:
    found = contents(folder, {})
    return lines(found, uncommitted(folder, found.files))


def test_it_says_what_goes_in_by_folder_and_what_stays_behind(tmp_path: Path) -> None:
    write(tmp_path, [*SERVICE, "notes/tests/test_a.py", "notes/__pycache__/a.pyc"])
    assert said(tmp_path) == [
        "Into the package, of this folder: gateway_client.py, notes/ (2 files)",
        "It stays behind: .env, Makefile, notes/tests/",
    ]


def test_no_line_is_longer_than_a_terminal_is_wide(tmp_path: Path) -> None:
    write(tmp_path, [*SERVICE, *(f"left behind {number}.txt" for number in range(20))])
    assert max(map(len, said(tmp_path))) <= 80
    assert "left behind 19.txt" in " ".join(line.strip() for line in said(tmp_path))


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_what_is_not_committed_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "service"
    write(folder, SERVICE)
    git(tmp_path, "init")  # the service may lie below the repository's root
    assert said(folder)[-2:] == [
        "Packaged though not committed to git: gateway_client.py, notes/__init__.py,",
        "  notes/models.py",
    ]
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "all")
    assert said(folder)[-1] == "It stays behind: .env, Makefile"
    write(folder, {"notes/models.py": "changed", "notes/new.py": "", "Makefile": "changed"})
    write(folder, {".gitignore": "local.py\n", "local.py": ""})
    git(tmp_path, "add", "service/notes/models.py")
    assert said(folder)[-1] == (
        "Packaged though not committed to git: local.py, notes/models.py, notes/new.py"
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_of_much_that_is_not_committed_a_part_is_named(tmp_path: Path) -> None:
    write(tmp_path, [f"module_{number}.py" for number in range(10, 30)])
    git(tmp_path, "init")
    assert "module_21.py, and 8 more" in " ".join(line.strip() for line in said(tmp_path))


def test_without_git_nothing_is_said_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, SERVICE)
    monkeypatch.setenv("PATH", "")
    assert uncommitted(tmp_path, contents(tmp_path, {}).files) is None
    assert len(said(tmp_path)) == 2
