"""Windows and macOS: file names, line endings, hooks and tests that do not count on POSIX."""

from __future__ import annotations

import ast
import itertools
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest
import yaml
from pytest_cookies.plugin import Cookies

from tests.baking import TEMPLATE, Baked, bake

# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
ILLEGAL = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$')
# Windows allows 260 characters; what is left is for the folder that the service is put into.
LONGEST_PATH = 180

POSIX_ONLY_MODULES = ("crypt", "fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty")
POSIX_ONLY_NAMES = ("chown", "fork", "geteuid", "getuid", "killpg", "setsid", "uname", "waitstatus")


@pytest.fixture(scope="module")
def services(cookies_session: Cookies) -> list[Baked]:
    """A service for each file set: the database and the workflows are what files depend on."""
    return [
        bake(cookies_session, database=database, ci=ci)
        for database, ci in itertools.product(("postgresql", "mysql"), ("github", "none"))
    ]


def tracked() -> list[str]:
    """Return the paths of the template's own files, as git has them."""
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=TEMPLATE, timeout=30)
    return listed.decode("utf-8").strip("\0").split("\0")


def with_folders(paths: list[str]) -> set[str]:
    """Return `paths` and each folder above one of them."""
    above = {folder.as_posix() for path in paths for folder in PurePosixPath(path).parents}
    return {*paths, *above} - {"."}


def faults(paths: list[str]) -> list[str]:
    """Return what Windows or macOS would not take, or take for one file."""
    names = [(path, part) for path in paths for part in path.split("/")]
    folded = Counter(path.casefold() for path in with_folders(paths))
    return [
        *(f"{path}: {part} is reserved" for path, part in names if RESERVED.fullmatch(part)),
        *(f"{path}: {part} is no name" for path, part in names if ILLEGAL.search(part)),
        *(f"{path} comes {count} times" for path, count in folded.items() if count > 1),
        *(f"{path} is too long" for path in paths if len(path) > LONGEST_PATH),
    ]


@pytest.mark.parametrize(
    "paths",
    [
        ["a/NUL.txt"],
        ["a/con/b.py"],
        ["a:b"],
        ["a /b"],
        ["a./b"],
        ["README.md", "readme.md"],
        ["Notes/a.py", "notes/b.py"],
        ["a/" * 90 + "b"],
    ],
)
def test_a_fault_is_found(paths: list[str]) -> None:
    assert len(faults(paths)) == 1


def test_generated_paths_suit_every_system(services: list[Baked]) -> None:
    for service in services:
        assert faults(list(service.files())) == []


def test_the_template_s_own_paths_suit_every_system() -> None:
    assert faults(tracked()) == []


def test_no_symbolic_links(services: list[Baked]) -> None:
    roots = [service.folder for service in services]
    generated = [path for root in roots for path in root.rglob("*")]
    own = [TEMPLATE / path for path in tracked()]
    assert generated
    assert [path for path in (*generated, *own) if path.is_symlink()] == []


def test_lines_end_as_git_says_and_git_says_lf(services: list[Baked], tmp_path: Path) -> None:
    for service in services:
        for path, content in service.files().items():
            assert b"\0" in content or b"\r" not in content, path
    for folder, paths in (
        (TEMPLATE, tracked()),
        *((service.folder, list(service.files())) for service in services),
    ):
        if folder != TEMPLATE:
            subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True, timeout=30)
        asked = subprocess.run(
            ["git", "check-attr", "-z", "--stdin", "eol", "text"],
            cwd=folder,
            input="\0".join(paths).encode(),
            capture_output=True,
            check=True,
            timeout=30,
        ).stdout.decode()
        fields = asked.strip("\0").split("\0")
        said = {(fields[i], fields[i + 1]): fields[i + 2] for i in range(0, len(fields), 3)}
        not_lf = [path for path in paths if said[path, "eol"] != "lf"]
        assert [path for path in not_lf if said[path, "text"] != "unset"] == [], folder


@pytest.mark.parametrize("hook", ["pre_gen_project.py", "post_gen_project.py"])
def test_hooks_use_what_every_system_has(hook: str) -> None:
    tree = ast.parse((TEMPLATE / "hooks" / hook).read_text(encoding="utf-8"))
    imported = {
        name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    standard = {"json", "os", "re", "shlex", "subprocess", "sys", "unicodedata"}
    assert imported <= standard | {"__version__"}  # of the cookiecutter that runs it
    processes = re.findall(r"subprocess\.(\w+)", ast.unparse(tree))
    assert set(processes) <= {"list2cmdline"}  # a hook starts none
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }
    assert used <= {"environ", "listdir", "name", "path", "remove", "removedirs"}
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "open" not in called  # its encoding would be the system's


@pytest.mark.parametrize(("slug", "code"), [("orders", 0), ("주문", 1)])
def test_hooks_print_on_a_console_that_lacks_the_characters(
    slug: str, code: int, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "cookiecutter", "--no-input", "--default-config"]
    answers = ["project_name=주문 🚀", f"project_slug={slug}"]
    finished = subprocess.run(
        [*command, "--output-dir", str(tmp_path), str(TEMPLATE), *answers],
        env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    printed = (finished.stdout + finished.stderr).decode("cp1252", "replace")
    assert finished.returncode == code, printed
    assert "UnicodeEncodeError" not in printed
    assert r"\uc8fc\ubb38" in printed
    assert [path.name for path in tmp_path.iterdir()] == ([slug] if code == 0 else [])


def test_what_the_workflow_runs_on_windows_can_be_collected_there() -> None:
    workflow = (TEMPLATE / ".github/workflows/test.yml").read_text(encoding="utf-8")
    steps = yaml.safe_load(workflow)["jobs"]["bake"]["steps"]
    [command] = [step["run"] for step in steps if "pytest" in step.get("run", "")]
    modules = [word for word in command.split() if word.startswith("tests/")]
    assert "tests/test_portability.py" in modules
    without_posix = f"""
import os, signal, sys
import boto3, filelock, pytest, subprocess, tempfile, trio  # they know Windows themselves
for module in {POSIX_ONLY_MODULES}:
    sys.modules[module] = None
for name in {POSIX_ONLY_NAMES}:
    os.__dict__.pop(name, None)
del signal.SIGKILL
sys.exit(pytest.main(["--collect-only", "--quiet", "-p", "no:cacheprovider", *{modules}]))
"""
    finished = subprocess.run(
        [sys.executable, "-c", without_posix],
        cwd=TEMPLATE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "test_portability.py::" in finished.stdout
