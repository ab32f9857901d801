"""The kinds of changes that edits are made of; each tells what it touches."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from typing import Any

from tests.second_day.edit import Change, Copy

SETTINGS = "config/settings.py"
Stages = dict[str, dict[str, Any]]


def all_of(*changes: Change) -> Change:
    """Make several changes one."""

    def change(copy: Copy) -> None:
        for single in changes:
            single(copy)

    return Change(
        change,
        frozenset().union(*(single.touches for single in changes)),
        any(single.formats for single in changes),
    )


def replaced(path: str, old: str, new: str) -> Change:
    """Replace a text that stands in a file once."""

    def change(copy: Copy) -> None:
        text = copy.read(path)
        assert text.count(old) == 1, f"{old!r} comes {text.count(old)} times in {path}"
        copy.write(path, text.replace(old, new))

    return Change(change, frozenset({f"{path}/{old}"}))


def setting(name: str, value: str) -> Change:
    """Give one of Django's settings, or a key of one of its dictionaries, another value.

    The value has to stand on one line.
    """

    def change(copy: Copy) -> None:
        pattern = rf'^( *)("{name}": |{name} = )[^\n]*?(,?)$'
        text, count = re.subn(
            pattern,
            lambda found: f"{found[1]}{found[2]}{value}{found[3]}",
            copy.read(SETTINGS),
            flags=re.MULTILINE,
        )
        assert count == 1, f"{name} is set {count} times"
        copy.write(SETTINGS, text)

    return Change(change, frozenset({f"{SETTINGS}/{name}"}))


def appended(path: str, text: str) -> Change:
    """Add a text at the end of a file; it touches what it assigns, a dictionary's key by its name."""
    assigned = re.findall(r'^(?:\S+\[")?(\w+)(?:"\])?(?:: \w+)? = ', text, re.MULTILINE)
    return Change(
        lambda copy: copy.write(path, copy.read(path) + text),
        frozenset(f"{path}/{name}" for name in assigned),
    )


def written(path: str, text: str) -> Change:
    """Write a file."""
    return Change(lambda copy: copy.write(path, text), frozenset({path}))


def deleted(path: str) -> Change:
    """Delete a file, or a folder with all that is in it."""

    def change(copy: Copy) -> None:
        found = copy.folder / path
        shutil.rmtree(found) if found.is_dir() else found.unlink()

    return Change(change, frozenset({path}))


def without_lines(path: str, naming: str, count: int = 1) -> Change:
    """Take the lines that hold a text out of a file; there have to be `count`."""

    def change(copy: Copy) -> None:
        lines = copy.read(path).splitlines(keepends=True)
        kept = [line for line in lines if naming not in line]
        assert len(lines) - len(kept) == count, f"{naming!r} is not in {count} lines of {path}"
        copy.write(path, "".join(kept))

    return Change(change, frozenset({f"{path}/{naming}"}))


def without_test(path: str, name: str) -> Change:
    """Take a test out of a file, with its decorators."""

    def change(copy: Copy) -> None:
        pattern = rf"\n\n\n(?:@[^\n]*\n(?:[ )][^\n]*\n)*)*def {name}\(.*?(?=\n\n\n|\Z)"
        text, count = re.subn(pattern, "", copy.read(path), flags=re.DOTALL)
        assert count == 1, f"{name} is not in {path}"
        copy.write(path, text.rstrip() + "\n")

    return Change(change, frozenset({f"{path}/{name}"}))


def without_target(name: str) -> Change:
    """Take a target out of the Makefile."""

    def change(copy: Copy) -> None:
        text = copy.read("Makefile")
        text, count = re.subn(rf"^{name}:.*\n(\t.*\n)+\n", "", text, flags=re.MULTILINE)
        assert count == 1, f"the Makefile has no target {name}"
        copy.write(
            "Makefile", re.sub(rf"^(\.PHONY: .*?) {name}(?= |$)", r"\1", text, flags=re.MULTILINE)
        )

    return Change(change, frozenset({f"Makefile/{name}"}))


def stages(change: Callable[[Stages], object]) -> Change:
    """Change the stages of zappa_settings.json. What of them is touched the edit has to say."""

    def change_file(copy: Copy) -> None:
        settings = json.loads(copy.read("zappa_settings.json"))
        change(settings)
        copy.write("zappa_settings.json", json.dumps(settings, indent=4) + "\n")

    return Change(change_file)


def manage(*arguments: str) -> Change:
    """Run a management command."""
    return Change(lambda copy: copy.run("uv", "run", "python", "manage.py", *arguments))


def startapp(app: str) -> Change:
    """Start an app in a folder of its own."""
    return Change(manage("startapp", app).make, frozenset({app}))


def formatted() -> Change:
    """Run `make format`."""
    return Change(lambda copy: copy.run("make", "format"), formats=True)
