"""`make release`: what it writes, what it refuses, and that a refusal changes nothing."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.processes import run
from tests.baking import TEMPLATE
from upkeep import release
from upkeep.release import CHANGELOG, LIBRARY_CHANGELOG, VERSION_LINES

FILES = [*VERSION_LINES, CHANGELOG, LIBRARY_CHANGELOG]
CHANGES = "# Changelog\n\n## Unreleased\n\n- Something new.\n\n## 0.1.0 - 2026-11-22\n\n- Old.\n"
GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_NAME": "Test" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "test@example.org" for role in ("AUTHOR", "COMMITTER")},
}


def git(folder: Path, *arguments: str) -> str:
    return run(["git", *arguments], folder=folder, environment=GIT, timeout=60)


def make_release(folder: Path, version: str) -> subprocess.CompletedProcess[str]:
    """Run what `make release` runs, in a repository that is not this one."""
    return subprocess.run(
        [sys.executable, "-m", "upkeep.release", version],
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", **GIT},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def commit_all(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The files of this repository that a release concerns, at version 0.2.0, with one change."""
    folder = tmp_path / "repository"
    for file in FILES:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TEMPLATE / file, folder / file)
    for file, line in VERSION_LINES.items():
        [found] = line.findall((folder / file).read_text(encoding="utf-8"))
        write(folder / file, found, "0.2.0")
    (folder / CHANGELOG).write_text(CHANGES)
    (folder / LIBRARY_CHANGELOG).write_text("# Changelog\n\n## Unreleased\n")
    shutil.copytree(TEMPLATE / "upkeep", folder / "upkeep")
    (folder / ".gitignore").write_text("__pycache__/\n")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit_all(folder, "Begin")
    return folder


def write(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f'"{old}"', f'"{new}"'), encoding="utf-8")


def state(folder: Path) -> tuple[str, ...]:
    """Return what a refusal must not change."""
    questions = (["rev-parse", "HEAD"], ["tag"], ["status", "--porcelain"], ["diff", "HEAD"])
    return tuple(git(folder, *question) for question in questions)


def test_this_repository_has_one_version_and_says_what_is_not_released() -> None:
    found = release.versions(TEMPLATE)
    assert [len(versions) for versions in found.values()] == [1, 1, 1]
    assert len({version for [version] in found.values()}) == 1
    assert list(release.of_the_files(TEMPLATE)) == []


@pytest.mark.parametrize("version", ["0.2.0", "0.2.1", "0.3.0", "1.0.0", "0.10.0"])
def test_a_release_is_one_commit_with_one_version_everywhere_and_a_tag(
    version: str, repository: Path
) -> None:
    today = datetime.date.today()
    finished = make_release(repository, version)
    assert finished.returncode == 0, finished.stderr
    assert f"git push --atomic origin main v{version}" in finished.stdout
    assert release.versions(repository) == {file: [version] for file in VERSION_LINES}
    # Midnight may be between.
    days = sorted({today, datetime.date.today()})
    headings = [f"## {version} - {day:%Y-%m-%d}" for day in days]
    [heading] = [one for one in headings if one in (repository / CHANGELOG).read_text()]
    assert (repository / CHANGELOG).read_text() == CHANGES.replace(
        "## Unreleased", f"## Unreleased\n\n{heading}"
    )
    assert (repository / LIBRARY_CHANGELOG).read_text() == (
        f"# Changelog\n\n## Unreleased\n\n{heading}\n\nNo changes.\n"
    )
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "log", "-2", "--format=%s").split("\n")[:2] == [
        f"Release {version}",
        "Begin",
    ]
    written = set(git(repository, "show", "--format=", "--name-only", "HEAD").split("\n")) - {""}
    assert written == (
        {CHANGELOG, LIBRARY_CHANGELOG} if version == "0.2.0" else set(FILES)
    )  # the files said 0.2.0 already
    assert git(repository, "cat-file", "-t", f"v{version}").strip() == "tag"
    assert git(repository, "rev-parse", f"v{version}^{{commit}}") == git(
        repository, "rev-parse", "HEAD"
    )


def test_versions_are_compared_as_numbers(repository: Path) -> None:
    git(repository, "tag", "v0.9.0")
    assert make_release(repository, "0.8.9").returncode == 1
    assert make_release(repository, "0.10.0").returncode == 0


def test_a_second_release_needs_a_change_and_a_newer_version(repository: Path) -> None:
    assert make_release(repository, "0.3.0").returncode == 0
    before = state(repository)
    finished = make_release(repository, "0.3.0")
    assert finished.returncode == 1
    assert finished.stderr == (
        "Not released, nothing was changed:\n"
        "  - The tag v0.3.0 exists.\n"
        "  - 0.3.0 is not newer than 0.3.0, which is released.\n"
        "  - CHANGELOG.md says nothing below Unreleased: what would be released?\n"
    )
    assert state(repository) == before


def test_all_reasons_are_told_at_once(repository: Path) -> None:
    git(repository, "tag", "v0.1.0")
    git(repository, "switch", "--quiet", "--create", "aside")
    (repository / CHANGELOG).write_text("# Changelog\n\n## Unreleased\n\n## 0.1.0\n\n- Old.\n")
    (repository / LIBRARY_CHANGELOG).write_text("# Changelog\n")
    (repository / "notes.txt").write_text("")
    package = repository / list(VERSION_LINES)[2]
    package.write_text("")
    before = state(repository)
    finished = make_release(repository, "0.1.0")
    assert finished.returncode == 1
    library = release.LIBRARY
    assert finished.stderr == (
        "Not released, nothing was changed:\n"
        "  - Releases are made on main, this is aside.\n"
        "  - Not everything is committed:\n"
        "     M CHANGELOG.md\n"
        f"     M {library}/CHANGELOG.md\n"
        f"     M {library}/zappa_xray/__init__.py\n"
        "    ?? notes.txt\n"
        "  - The tag v0.1.0 exists.\n"
        "  - 0.1.0 is not newer than 0.1.0, which is released.\n"
        "  - 0.1.0 is older than what pyproject.toml says: 0.2.0.\n"
        f"  - 0.1.0 is older than what {library}/pyproject.toml says: 0.2.0.\n"
        f"  - {library}/zappa_xray/__init__.py names the version 0 times, it has to be once.\n"
        f"  - {library}/CHANGELOG.md has no section Unreleased.\n"
        "  - CHANGELOG.md says nothing below Unreleased: what would be released?\n"
    )
    assert state(repository) == before


@pytest.mark.parametrize("version", ["", "1.2", "v0.3.0", "0.3.0rc1", "0.03.0", "0.3.0 ", "0.3"])
def test_a_version_is_three_numbers(version: str, repository: Path) -> None:
    before = state(repository)
    finished = make_release(repository, version)
    assert finished.returncode == 1
    assert finished.stderr == (
        "Not released, nothing was changed:\n"
        f"  - VERSION has to be three numbers, such as 0.2.0, and not {version!r}.\n"
    )
    assert state(repository) == before


def test_what_git_refuses_leaves_nothing_half_done(repository: Path) -> None:
    hook = repository / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not on a Friday >&2\nexit 1\n")
    hook.chmod(0o755)
    before = state(repository)
    finished = make_release(repository, "0.3.0")
    assert finished.returncode == 1
    assert "  - git: not on a Friday\n" in finished.stderr
    assert state(repository) == before


def test_a_tag_that_cannot_be_made_takes_its_commit_back(repository: Path) -> None:
    # A branch of tags below the tag's own name: git cannot have both.
    git(repository, "tag", "v0.3.0/candidate")
    before = state(repository)
    finished = make_release(repository, "0.3.0")
    assert finished.returncode == 1
    assert "  - git: " in finished.stderr
    assert state(repository) == before


def test_make_hands_the_version_on() -> None:
    printed = run(
        ["make", "--dry-run", "--no-print-directory", "release", "VERSION=0.3.0"],
        folder=TEMPLATE,
        timeout=60,
    )
    assert 'python -m upkeep.release "0.3.0"' in printed
