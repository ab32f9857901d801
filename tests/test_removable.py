"""An owner takes the example or the page of traces out, as the service's README says, and goes on.

tests/second_day/removals.py does it step by step, and test_second_day.py on what was installed
before; here the service is installed anew.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from emulator.service import Service
from tests.compiled import hand_on
from tests.second_day.edit import Change, Copy
from tests.second_day.outcome import NOT_COPIED
from tests.second_day.removals import notes_removed, traceview_removed

pytestmark = pytest.mark.slow


def without(change: Change, installed: Service, folder: Path) -> Copy:
    """Return a copy of the service after a removal, installed by itself."""
    shutil.copytree(installed.folder, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    copy = Copy(folder, {})
    change(copy)
    copy.run("make", "install")
    hand_on(installed, Service(folder))
    return copy


def dead_commands(copy: Copy) -> set[str]:
    """Return the management commands that the Makefile names and Django does not have."""
    python = str(copy.folder / ".venv/bin/python")
    existing = copy.run(python, "manage.py", "help", "--commands").split()
    named = set(re.findall(r"manage\.py ([a-z_]+)", copy.read("Makefile")))
    assert {"migrate", "trace_doctor"} <= named
    return named - set(existing)


def test_without_the_example_the_checks_and_the_other_tests_pass(
    installed: Service, tmp_path: Path
) -> None:
    copy = without(notes_removed, installed, tmp_path / installed.slug)
    copy.run("make", "check")
    assert re.search(r"= \d+ passed in ", copy.run("make", "test"))


def test_without_the_page_of_traces_all_passes_and_no_command_is_dead(
    installed: Service, tmp_path: Path
) -> None:
    copy = without(traceview_removed, installed, tmp_path / installed.slug)
    copy.run("make", "check")
    assert re.search(r"= \d+ passed in ", copy.run("make", "test"))
    assert dead_commands(copy) == set()
    # Nothing of it is left that a development server needs.
    urls = "from config.urls import urlpatterns; print(len(urlpatterns))"
    with_debug = Copy(
        copy.folder, {"DJANGO_DEBUG": "true", "DJANGO_SETTINGS_MODULE": "config.settings"}
    )
    printed = with_debug.run(
        str(copy.folder / ".venv/bin/python"), "-c", f"import django; django.setup(); {urls}"
    )
    assert int(printed) > 3


def test_a_command_that_is_gone_is_found(installed: Service, tmp_path: Path) -> None:
    """What holds above: without its line in the settings, `make report` has no command."""

    def only_the_app(copy: Copy) -> None:
        settings = copy.read("config/settings.py")
        copy.write(
            "config/settings.py",
            "".join(
                line for line in settings.splitlines(True) if "zappa_xray.traceview" not in line
            ),
        )

    copy = without(Change(only_the_app), installed, tmp_path / installed.slug)
    assert "trace_report" in dead_commands(copy)
