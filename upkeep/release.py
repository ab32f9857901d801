"""`make release VERSION=x.y.z`: one version everywhere, dated changelogs, a commit and its tag.

Refuses with all reasons at once and changes nothing then. What is released is pushed by hand.
"""

from __future__ import annotations

import argparse
import datetime
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent.parent
LIBRARY = "{{cookiecutter.project_slug}}/vendor/zappa-xray"
# Where the version stands, once in each file.
VERSION_LINES = {
    "pyproject.toml": re.compile(r'^version = "(.*)"$', re.MULTILINE),
    f"{LIBRARY}/pyproject.toml": re.compile(r'^version = "(.*)"$', re.MULTILINE),
    f"{LIBRARY}/zappa_xray/__init__.py": re.compile(r'^__version__ = "(.*)"$', re.MULTILINE),
}
CHANGELOG = "CHANGELOG.md"
LIBRARY_CHANGELOG = f"{LIBRARY}/CHANGELOG.md"
UNRELEASED = re.compile(r"^## Unreleased\n(?P<changes>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
RELEASED = re.compile(r"^(?:## |v)(\d+\.\d+\.\d+)(?=\s|$)", re.MULTILINE)


class GitFailed(Exception):
    """git ended with an error. The message is what it printed."""


def git(root: Path, *arguments: str) -> str:
    """Run git in the repository and return what it printed. Raises GitFailed."""
    finished = subprocess.run(
        ["git", "--literal-pathspecs", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise GitFailed((finished.stderr or finished.stdout).strip())
    return finished.stdout


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def read(root: Path, file: str) -> str:
    return (root / file).read_text(encoding="utf-8")


def versions(root: Path) -> dict[str, list[str]]:
    """Return the versions that stand in each file that has one: a list of one, when all is well."""
    return {file: line.findall(read(root, file)) for file, line in VERSION_LINES.items()}


def unreleased(changelog: str) -> str | None:
    """Return what a changelog says of changes that are not released, None without that section."""
    found = UNRELEASED.search(changelog)
    return found["changes"].strip() if found else None


def reasons(root: Path, version: str) -> list[str]:
    """Return each reason not to release `version`."""
    return [
        *of_the_repository(root, version),
        *of_the_version(root, version),
        *of_the_files(root),
    ]


def of_the_repository(root: Path, version: str) -> Iterator[str]:
    branch = git(root, "branch", "--show-current").strip()
    if branch != "main":
        yield f"Releases are made on main, this is {branch or 'no branch'}."
    changed = git(root, "status", "--porcelain").splitlines()
    if changed:
        yield "Not everything is committed:" + "".join(f"\n    {line}" for line in changed)
    if f"v{version}" in git(root, "tag").split():
        yield f"The tag v{version} exists."


def of_the_version(root: Path, version: str) -> Iterator[str]:
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", version):
        yield f"VERSION has to be three numbers, such as 0.2.0, and not {version!r}."
        return
    released = RELEASED.findall(git(root, "tag") + read(root, CHANGELOG))
    newest = max(released, key=numbers, default=None)
    if newest and numbers(version) <= numbers(newest):
        yield f"{version} is not newer than {newest}, which is released."
    for file, found in versions(root).items():
        if len(found) == 1 and numbers(version) < numbers(found[0]):
            yield f"{version} is older than what {file} says: {found[0]}."


def of_the_files(root: Path) -> Iterator[str]:
    for file, found in versions(root).items():
        if len(found) != 1:
            yield f"{file} names the version {len(found)} times, it has to be once."
    for file in (CHANGELOG, LIBRARY_CHANGELOG):
        if unreleased(read(root, file)) is None:
            yield f"{file} has no section Unreleased."
    if unreleased(read(root, CHANGELOG)) == "":
        yield f"{CHANGELOG} says nothing below Unreleased: what would be released?"


def dated(changelog: str, version: str, date: datetime.date) -> str:
    """Return a changelog in which what was not released is `version`, and nothing follows yet."""
    changes = unreleased(changelog) or "No changes."
    section = f"## Unreleased\n\n## {version} - {date:%Y-%m-%d}\n\n{changes}\n\n"
    return UNRELEASED.sub(lambda _: section, changelog).rstrip() + "\n"


def write(root: Path, version: str, date: datetime.date) -> list[str]:
    """Write the version and the date into all files; return their paths."""
    texts = {
        file: line.sub(lambda found: found[0].replace(f'"{found[1]}"', f'"{version}"'), text)
        for file, line in VERSION_LINES.items()
        for text in [read(root, file)]
    }
    for file in (CHANGELOG, LIBRARY_CHANGELOG):
        texts[file] = dated(read(root, file), version, date)
    for file, text in texts.items():
        (root / file).write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


def release(root: Path, version: str, date: datetime.date) -> None:
    """Write, commit and tag. Raises GitFailed, and has changed nothing then."""
    before = git(root, "rev-parse", "HEAD").strip()
    try:
        files = write(root, version, date)
        git(root, "commit", "--quiet", "--message", f"Release {version}", "--", *files)
        git(root, "tag", "--annotate", "--message", f"Release {version}", f"v{version}")
    except BaseException:
        git(root, "reset", "--quiet", "--hard", before)
        raise


def main(arguments: Sequence[str] | None = None, root: Path = TEMPLATE) -> int:
    """Release, or print why not; return the exit code."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("version", help="three numbers, such as 0.2.0")
    version = parser.parse_args(arguments).version
    try:
        against = reasons(root, version)
        if not against:
            release(root, version, datetime.date.today())
    except GitFailed as error:
        against = [f"git: {error}"]
    if against:
        print("Not released, nothing was changed:", file=sys.stderr)
        print("".join(f"  - {reason}\n" for reason in against), end="", file=sys.stderr)
        return 1
    print(f"Released {version}: a commit and the tag v{version}. Nobody sees them before")
    print(f"  git push --atomic origin main v{version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
