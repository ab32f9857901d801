"""Edits of the second day share a copy of the service only where none can hide what another one breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from emulator.service import Service
from tests.second_day.changes import (
    all_of,
    appended,
    deleted,
    formatted,
    replaced,
    setting,
    without_test,
    written,
)
from tests.second_day.edit import Change, Edit
from tests.second_day.edits import EDITS
from tests.second_day.groups import EVERYTHING, LARGEST, Group, groups, kind, may_share
from tests.second_day.outcome import Outcome
from tests.second_day.trials import Trials


def edit(change: Change, *about: str, red: str | None = None) -> Edit:
    return Edit(f"{about} {red}", change, red, about)


LANGUAGE = edit(setting("LANGUAGE_CODE", '"de"'), "language")


def test_each_edit_stands_in_one_group_of_its_kind() -> None:
    made = groups(EDITS)
    assert Counter(edit.name for group in made for edit in group) == Counter(
        edit.name for edit in EDITS
    )
    assert {len({kind(edit) for edit in group}) for group in made} == {1}
    assert max(len(group) for group in made) <= LARGEST
    assert len(made) < len(EDITS) / 3


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(edit(setting("TIME_ZONE", '"Europe/Berlin"'), "time"), id="another setting"),
        pytest.param(edit(written("orders/models.py", ""), "apps"), id="another file"),
        pytest.param(
            edit(appended("config/settings.py", "\nLANGUAGES = []\n"), "languages"),
            id="a name that begins alike",
        ),
    ],
)
def test_edits_with_nothing_in_common_share_a_copy(other: Edit) -> None:
    assert may_share(LANGUAGE, other)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(edit(setting("LANGUAGE_CODE", '"fr"'), "x"), id="the same setting"),
        pytest.param(
            edit(appended("config/settings.py", '\nLANGUAGE_CODE = "fr"\n'), "x"), id="appended"
        ),
        pytest.param(edit(written("config/settings.py", ""), "x"), id="the whole file"),
        pytest.param(edit(deleted("config"), "x"), id="the whole folder"),
        pytest.param(edit(written("x.py", ""), "language"), id="about the same"),
        pytest.param(edit(written("x.py", ""), "language/plurals"), id="about a part of it"),
        pytest.param(edit(written("x.py", ""), EVERYTHING), id="about everything"),
        pytest.param(edit(written("x.py", ""), "x", red="a fault"), id="at fault itself"),
        pytest.param(edit(all_of(written("x.py", ""), formatted()), "x"), id="formats"),
        pytest.param(edit(without_test("tests/test_pages.py", "t"), "x"), id="takes a test out"),
        pytest.param(edit(replaced("pyproject.toml", "a", "b"), "x"), id="what the tools are told"),
    ],
)
def test_edits_that_could_hide_each_other_s_faults_share_none(other: Edit) -> None:
    assert not may_share(LANGUAGE, other)
    assert not may_share(other, LANGUAGE)


def test_edits_of_one_module_share_none_unless_they_say_what_they_are_about() -> None:
    new = edit(written("x.py", ""), "stages")
    assert not any(may_share(new, other) for other in EDITS if "stages/" in str(other.about))
    assert any(may_share(new, other) for other in EDITS)


@pytest.mark.parametrize("name", ["REST_FRAMEWORK", "LOGGING"])
def test_what_is_appended_touches_what_it_assigns(name: str) -> None:
    key = appended("config/settings.py", f'\n{name}["KEY"] = 1\n')
    assert key.touches == {"config/settings.py/KEY"}
    assert appended("config/settings.py", f"\n{name} = {{}}\n").touches == {
        f"config/settings.py/{name}"
    }


GREEN = [edit(written(f"{name}.py", ""), name) for name in "abc"]
NAMED = [edit(written(f"{name}.py", ""), name, red=f"fault of {name}") for name in "abc"]


class Told(Trials):
    """Trials whose commands complain when a set of edits is among those tried, and what they say then."""

    def __init__(
        self, edits: list[Edit], complaints: Mapping[str, str], skipped: str = "-"
    ) -> None:
        super().__init__(edits, Service(Path("/none")), {}, Path("/none"))
        self.complaints = complaints
        self.skipped = skipped

    def tried(self, group: Group, commands: Mapping[str, str]) -> Outcome:
        tried = {about for edit in group for about in edit.about}
        said = [text for names, text in self.complaints.items() if set(names) <= tried]
        return Outcome(None, "\n".join(said) or None, self.skipped in tried)

    def faults(self, edits: list[Edit]) -> list[str]:
        return [self.fault(edit) for edit in edits]


def test_a_group_that_is_green_is_tried_once() -> None:
    trials = Told(GREEN, {})
    assert trials.faults(GREEN) == ["", "", ""]
    assert len(trials.outcomes) == 1


def test_of_a_red_group_the_edits_at_fault_are_named_and_no_others() -> None:
    assert Told(GREEN, {"b": "broken"}).faults(GREEN) == ["", "broken", ""]
    assert Told(GREEN, {"a": "one", "c": "two"}).faults(GREEN) == ["one", "", "two"]


def test_edits_that_are_red_only_together_are_all_named() -> None:
    for fault in Told(GREEN, {"ac": "broken"}).faults(GREEN):
        assert "together they are not" in fault
        assert "broken" in fault
        assert all(edit.name in fault for edit in GREEN)


def test_a_test_that_one_edit_skips_is_asked_for_by_the_others() -> None:
    assert "A test is skipped" in Told(GREEN, {}, skipped="b").faults(GREEN)[0]
    assert Told(GREEN[:1], {}, skipped="a").faults(GREEN[:1]) == [""]


def test_a_fault_that_nothing_says_is_one_of_the_edit_it_is_wanted_of() -> None:
    said = {name: f"fault of {name}" for name in "abc"}
    assert Told(NAMED, said).faults(NAMED) == ["", "", ""]
    faults = Told(NAMED, {"a": said["a"], "c": said["c"]}).faults(NAMED)
    assert faults == ["", "('b',) fault of b: nothing says 'fault of b', but\nall is green", ""]
