"""The manual says what is there: settings, checks, annotations, commands, names, extras."""

import ast
import re
import tomllib
from pathlib import Path
from pkgutil import resolve_name

import pytest
import zappa_xray
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.test import Client
from zappa_xray.deployment import checks as deployment_checks
from zappa_xray.deployment import workflow
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing import checks as tracing_checks
from zappa_xray.tracing.conf import DEFAULTS, RECORDABLE

FOLDER = Path(zappa_xray.__file__).parent.parent
README = (FOLDER / "README.md").read_text()


def section(heading: str) -> str:
    """Return what stands below a heading, to the next one of its level."""
    [found] = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    return str(found)


def table(text: str) -> dict[str, list[str]]:
    """Return the cells after the first of each row that begins with code, by that code."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return {re.findall("`([^`]+)`", row[0])[0]: row[1:] for row in rows}


def test_a_table_is_read() -> None:
    text = "| key | x |\n|---|---|\n| `A` (b) | `1` | text |\n"
    assert table(text) == {"A": ["`1`", "text"]}


def test_the_table_of_settings_has_each_with_its_default() -> None:
    rows = table(section("Settings"))
    described = {key: ast.literal_eval(row[0].strip("`")) for key, row in rows.items()}
    lists = {key: list(value) for key, value in DEFAULTS.items() if isinstance(value, tuple)}
    assert described == DEFAULTS | lists
    assert set(re.findall("`([a-z_]+)`", rows["RECORD"][1])) == set(RECORDABLE)


def test_the_table_of_checks_has_each_with_its_hint() -> None:
    rows = table(section("Checks"))
    known = tracing_checks.MESSAGES_AND_HINTS | deployment_checks.MESSAGES_AND_HINTS
    known |= {workflow.NOT_PASSED: (workflow.MESSAGE, workflow.HINT)}
    assert set(rows) == set(known)
    for name, (_, hint) in known.items():
        assert hint.partition("{")[0].partition(" _ ")[0] in rows[name][-1]


@pytest.mark.urls("tests.library.tracing.urls")
def test_the_table_of_annotations_is_what_a_request_has(
    client: Client, trace_daemon: TraceDaemon
) -> None:
    client.get("/ok/")
    recorded = trace_daemon.complete[-1]["annotations"]
    rows = table(section("Reading a trace"))
    assert set(rows) == set(recorded) | {"timed_out"}  # test_deadline.py sees that one
    assert all(f"annotation.{name} = " in row[-1] for name, row in rows.items())


def options(command: BaseCommand) -> set[str]:
    """Return the options that the command adds to Django's own."""
    parsers = [kind.create_parser("manage.py", "x") for kind in (command, BaseCommand())]
    own, django = (
        {option for action in parser._actions for option in action.option_strings}
        for parser in parsers
    )
    return own - django


def test_the_table_of_commands_has_each_option() -> None:
    rows = table(section("Looking at traces"))
    for name, row in rows.items():
        command = load_command_class("zappa_xray.traceview", name)
        assert set(re.findall(r"`(--[a-z-]+)", row[0])) == options(command)
    assert set(rows) == {"trace_watch", "trace_report", "trace_show", "trace_why"}


def test_each_command_that_is_named_exists_and_each_of_the_library_is_named() -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", README)) | set(table(README))
    commands = get_commands()
    own = {name for name, app in commands.items() if str(app).startswith("zappa_xray")}
    assert own <= named
    assert set(re.findall(r"manage\.py ([a-z_]+)", README)) <= set(commands)


def test_the_names_that_stay_can_be_imported() -> None:
    names = re.findall(r"`(zappa_xray[\w.]*)`", section("Names that stay"))
    assert "zappa_xray.traced" in names
    for name in names:
        assert resolve_name(name)


def test_the_table_of_extras_is_what_they_ask_for() -> None:
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]
    asked = {
        extra: [re.split("[<>=]", requirement)[0] for requirement in requirements]
        for extra, requirements in project["optional-dependencies"].items()
    }
    rows = table(section("Installing"))
    assert {extra: row[-1].split(", ") for extra, row in rows.items()} == asked


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    assert "CHANGELOG.md" in targets
    assert [target for target in targets if not (FOLDER / target).exists()] == []
