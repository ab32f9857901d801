"""`make freshness`: what the service depends on, beside what there is by now.

Reads the ranges in the pyproject.toml of the service and of the library, and the actions pinned in
the workflows, and asks uv and git for newer ones. `--write` moves each range of the service that no
longer holds the newest release, and widens one of the library; a range with a comment on its line
is kept, the comment says why. Tests decide what comes of it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import uv

TEMPLATE = Path(__file__).resolve().parent.parent
SERVICE = TEMPLATE / "{{cookiecutter.project_slug}}"
PYPROJECT = SERVICE / "pyproject.toml"
LIBRARY = SERVICE / "vendor/zappa-xray/pyproject.toml"
WORKFLOWS = (TEMPLATE / ".github/workflows", SERVICE / ".github/workflows")
# A release has to be there for each Python that the template offers.
OLDEST_PYTHON = "3.12"
GITHUB = "https://github.com/"
LONGEST_SECONDS = 400

REQUIREMENT = re.compile(
    r'^    "(?P<name>[a-z0-9-]+)(?P<extras>\[[a-z,]+\])?'
    r'>=(?P<lowest>[0-9.]+),<(?P<limit>[0-9.]+)",(?:  ?# (?P<reason>.+))?$',
    re.MULTILINE,
)
# A repository can hold several actions, in folders: github/codeql-action/init.
ACTION = re.compile(
    r"uses: (?P<name>[\w.-]+/[\w.-]+)(?:/[\w./-]+)?"
    r"@(?P<commit>[0-9a-f]{40}) # (?P<tag>v[0-9.]+)"
)
TAG = re.compile(
    r"^(?P<commit>[0-9a-f]{40})\trefs/tags/(?P<tag>v[0-9]+\.[0-9]+\.[0-9]+)(?:\^\{\})?$"
)


class NotAnswered(Exception):
    """uv or git failed. The message is what it printed."""


@dataclass(frozen=True)
class Requirement:
    """A dependency in pyproject.toml: at least `lowest`, below `limit`; `reason` keeps it there."""

    name: str
    lowest: str
    limit: str
    reason: str | None = None

    def allows(self, version: str) -> bool:
        return numbers(self.lowest) <= numbers(version) < numbers(self.limit)

    def moved_to(self, version: str) -> Requirement:
        """Return the range that begins with `version`, as wide as this one is."""
        parts = len(self.limit.split("."))
        first = (*numbers(version), 0, 0)
        limit = (*first[: parts - 1], first[parts - 1] + 1)
        return Requirement(self.name, dotted(first[: max(parts, 2)]), dotted(limit), self.reason)

    def widened_to(self, version: str) -> Requirement:
        """Return the range that ends after `version`, and begins where this one does."""
        return replace(self, limit=self.moved_to(version).limit)


@dataclass(frozen=True)
class Action:
    """A repository of actions in a workflow: a commit, and the tag that it had when it was pinned."""

    name: str
    commit: str
    tag: str


def numbers(version: str) -> tuple[int, ...]:
    """Return a version's numbers, comparable: (5, 2, 19) of 5.2.19, (26,) of 26.0 and of 26."""
    return tuple(map(int, re.findall(r"\d+", re.sub(r"(\.0+)+$", "", version))))


def dotted(parts: Iterable[int]) -> str:
    return ".".join(map(str, parts))


def requirements(text: str) -> list[Requirement]:
    """Return the dependencies in the text of a pyproject.toml, in its order.

    One without an end always allows the newest release, and is left out.
    """
    return [
        Requirement(found["name"], found["lowest"], found["limit"], found["reason"])
        for found in REQUIREMENT.finditer(text)
    ]


def actions(folders: Iterable[Path] = WORKFLOWS) -> list[Action]:
    """Return each pinned action of the workflows once."""
    texts = [file.read_text(encoding="utf-8") for folder in folders for file in workflows(folder)]
    found = {
        Action(match["name"], match["commit"], match["tag"])
        for text in texts
        for match in ACTION.finditer(text)
    }
    return sorted(found, key=lambda action: (action.name, action.tag))


def workflows(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yml"))


def newest_releases(names: Iterable[str]) -> dict[str, str]:
    """Return the newest release of each package in the index. Raises NotAnswered."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.in")
        wanted.write_text("\n".join(names))
        options = ["--no-deps", "--no-header", "--no-annotate", "--python-version", OLDEST_PYTHON]
        printed = answer(
            [uv.find_uv_bin(), "pip", "compile", "--quiet", *options, str(wanted)], Path(folder)
        )
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)$", printed, re.MULTILINE))


def newest_tag(repository: str) -> Action | None:
    """Return the newest tag of a repository on GitHub, None without any. Raises NotAnswered."""
    printed = answer(["git", "ls-remote", "--tags", GITHUB + repository], TEMPLATE)
    # An annotated tag comes twice, second with the commit that it names.
    tags = {
        match["tag"]: match["commit"]
        for line in printed.splitlines()
        if (match := TAG.fullmatch(line))
    }
    newest = max(tags, key=numbers, default=None)
    return Action(repository, tags[newest], newest) if newest else None


def answer(command: Sequence[str], folder: Path) -> str:
    try:
        finished = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotAnswered(f"nothing came in {LONGEST_SECONDS} s") from error
    if finished.returncode:
        raise NotAnswered(finished.stderr.strip() or f"exit code {finished.returncode}")
    return finished.stdout


# A service wants what is new, a library goes on with what its services have.
Change = Callable[[Requirement, str], Requirement]
CHANGES: dict[Path, Change] = {PYPROJECT: Requirement.moved_to, LIBRARY: Requirement.widened_to}


def verdict(requirement: Requirement, newest: str) -> str:
    if requirement.allows(newest):
        return "allowed"
    return f"kept: {requirement.reason}" if requirement.reason else "left out"


def changed(text: str, newest: Mapping[str, str], change: Change) -> str:
    """Return the text of a pyproject.toml with each range changed that leaves its newest one out."""

    def changed_line(found: re.Match[str]) -> str:
        old = Requirement(found["name"], found["lowest"], found["limit"], found["reason"])
        if verdict(old, newest[old.name]) != "left out":
            return found[0]
        new = change(old, newest[old.name])
        return f'    "{new.name}{found["extras"] or ""}>={new.lowest},<{new.limit}",'

    return REQUIREMENT.sub(changed_line, text)


def report_requirements(write: bool) -> list[str]:
    """Return a line for each dependency of the service and of the library. Raises NotAnswered."""
    texts = {file: file.read_text(encoding="utf-8") for file in CHANGES}
    found = {file: requirements(text) for file, text in texts.items()}
    names = {requirement.name for listed in found.values() for requirement in listed}
    newest = newest_releases(sorted(names))
    if write:
        for file, text in texts.items():
            file.write_text(changed(text, newest, CHANGES[file]), encoding="utf-8", newline="\n")
    return [
        f"{one.name:<28} >={one.lowest},<{one.limit:<10} {newest[one.name]:<12} "
        f"{verdict(one, newest[one.name])}{' (library)' if file == LIBRARY else ''}"
        for file, listed in found.items()
        for one in listed
    ]


def report_action(action: Action, write: bool) -> str:
    """Return the line for one action."""
    try:
        newest = newest_tag(action.name)
    except NotAnswered as error:
        return f"{action.name:<40} {action.tag:<10} not known: {str(error).splitlines()[-1]}"
    if newest is None or numbers(newest.tag) <= numbers(action.tag):
        return f"{action.name:<40} {action.tag:<10} newest"
    if write:
        pin(action, newest)
    return f"{action.name:<40} {action.tag:<10} {newest.tag} {newest.commit}"


def pin(old: Action, new: Action) -> None:
    for file in (file for folder in WORKFLOWS for file in workflows(folder)):
        text = file.read_text(encoding="utf-8")
        old_pin, new_pin = (f"@{action.commit} # {action.tag}" for action in (old, new))
        file.write_text(text.replace(old_pin, new_pin), encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the lines; return 1 when the index did not answer."""
    parser = argparse.ArgumentParser(prog="make freshness", description=__doc__)
    parser.add_argument("--write", action="store_true", help="move the ranges and the pins")
    write = parser.parse_args(arguments).write
    try:
        print("\n".join(report_requirements(write)), end="\n\n")
    except NotAnswered as error:
        print(f"The package index did not answer: {error}", file=sys.stderr)
        return 1
    for action in actions():
        print(report_action(action, write))
    return 0


if __name__ == "__main__":
    sys.exit(main())
