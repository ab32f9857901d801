"""The workers of a run get long tests first, and at no time only such as wait."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.distribution import LONG, in_order, missing, workers


@dataclass(frozen=True)
class Item:
    name: str
    number: int = 0
    group: str = ""

    @property
    def path(self) -> Path:
        return Path("/template/tests", self.name)

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        assert name == "xdist_group"
        return pytest.mark.xdist_group(self.group).mark if self.group else None


def test_long_tests_come_first_and_those_that_wait_are_spread_among_the_others() -> None:
    waiting = [Item("traps/test_stuck.py", number) for number in range(4)]
    others = [Item("test_docs.py", number) for number in range(4)]
    long = [
        Item("deploys/test_failing.py", group="deploys"),
        Item("test_library.py", 0),
        Item("test_library.py", 1),
        Item("test_updates.py"),
    ]

    ordered = in_order([long[3], *others, *long[:3], *waiting])

    assert ordered[:4] == long
    pairs = list(zip(ordered[4::2], ordered[5::2], strict=True))
    assert [set(pair) for pair in pairs] == [
        set(pair) for pair in zip(others, waiting, strict=True)
    ]


def test_what_is_long_and_not_said_to_be_is_told() -> None:
    short = [(f"tests/test_docs.py::test_{number}", 1.0) for number in range(100)]
    alone = ("tests/test_new.py::test_alone", 8.0)
    chain = [(f"tests/a/test_{number}.py::test@a chain", 1.0) for number in range(8)]
    known = ("tests/deploys/test_failing.py::test@deploys", 8.0)
    assert missing([*short, alone, *chain, known]) == ["a chain", "test_alone"]
    assert missing(short) == []


def test_what_is_said_to_be_long_is_there() -> None:
    files = {file.name for file in Path(__file__).parent.rglob("test_*.py")}
    texts = [file.read_text() for file in Path(__file__).parent.rglob("test_*.py")]
    groups = {name for text in texts for name in re.findall(r'xdist_group\("([^"]+)"\)', text)}
    assert set(LONG) <= files | groups


def test_a_run_of_one_file_keeps_its_order() -> None:
    notes = [Item("test_docs.py", number) for number in range(5)]
    assert in_order(notes) == notes


@pytest.mark.parametrize(("processors", "expected"), [(1, 2), (2, 3), (4, 6), (3, 5)])
def test_there_are_workers_for_the_waiting_too(processors: int, expected: int) -> None:
    assert workers(processors) == expected
