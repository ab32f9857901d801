"""The owner's second day: ordinary edits of a service, each followed by `make check` and `make test`.

`python -m tests.second_day` prints the table of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from emulator.service import TEMPLATE, Service
from tests.choices import only_service
from tests.second_day.edit import Edit
from tests.second_day.edits import EDITS
from tests.second_day.outcome import prepared
from tests.second_day.trials import Trials
from tests.warm.django_service import warm_commands

# One worker tries them, with one warm interpreter; the edits of a group share what the commands said.
pytestmark = pytest.mark.xdist_group("second day")

# One that is content, and one that each of the tools complains of: ruff and mypy, makemigrations, check, pytest.
STARTED_ANEW = (
    "language: German",
    "an unused import and a wrong type at once",
    "an app with a model, and no migration",
    "without the tracing middleware",
    "a test of startapp's that fails",
)

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def first_day(once: Once) -> Service:
    """The service before any edit, installed; no test may change it."""
    return only_service(once("second-day", prepared))


@pytest.fixture(scope="session")
def commands(first_day: Service) -> Iterator[Mapping[str, str]]:
    """What leads the commands of a copy to an interpreter that has imported the libraries already."""
    with warm_commands(first_day) as environment:
        yield environment


@pytest.fixture(scope="session")
def trials(
    first_day: Service, commands: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Trials:
    """The edits in groups; each group is tried when the first of its edits is asked for."""
    return Trials(EDITS, first_day, commands, tmp_path_factory.mktemp("edits"))


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS, ids=[edit.name for edit in EDITS])
def test_after_an_edit_the_commands_are_green_or_name_its_fault(edit: Edit, trials: Trials) -> None:
    assert trials.fault(edit) == ""


@pytest.mark.slow
@pytest.mark.parametrize("started_anew", STARTED_ANEW)
def test_a_warm_interpreter_says_what_uv_run_does(started_anew: str, trials: Trials) -> None:
    group = trials.group[started_anew]
    warm, anew = trials.outcome(group), trials.outcome(group, anew=True)
    assert [comparable(text) for text in warm.both] == [comparable(text) for text in anew.both]
    assert any(anew.both) == any(edit.red for edit in group)


def comparable(text: str | None) -> str | None:
    """Return what a command printed without times and what is where in memory."""
    varies = r"\d{4}-\d\d-\d\d [\d:,]+|\d+\.\d+s|0x[0-9a-f]+|={3,}"
    return text and re.sub(varies, "", text)


def test_there_are_at_least_forty_edits_and_no_two_of_one_name() -> None:
    assert len(EDITS) >= 40
    assert len({edit.name for edit in EDITS}) == len(EDITS)


@pytest.mark.parametrize("settings", ["XRAY_RECORDER", "XRAY_TRACING"])
def test_each_key_of_the_tracing_s_settings_is_edited(settings: str) -> None:
    source = (TEMPLATE / "{{cookiecutter.project_slug}}/config/settings.py").read_text("utf-8")
    [block] = re.findall(rf"^{settings} = {{\n(.*?)^}}", source, re.MULTILINE | re.DOTALL)
    keys = re.findall(r'^    "([A-Z_]+)": ', block, re.MULTILINE)
    assert keys
    edited = {edit.name.split()[1] for edit in EDITS if edit.name.startswith(f"{settings}: ")}
    assert set(keys) - edited == set()
