"""The workers of a run get long tests first, and at the end short ones of two kinds by turns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.distribution import in_order, workers


@dataclass(frozen=True)
class Item:
    name: str
    number: int = 0

    @property
    def path(self) -> Path:
        return Path("/template/tests", self.name)


def test_long_tests_come_first_and_short_ones_of_two_kinds_by_turns_at_the_end() -> None:
    edits = [Item("test_second_day.py", number) for number in range(5)]
    traps = [Item("traps/test_stuck.py", number) for number in range(4)]
    others = [Item("test_docs.py"), Item("test_traces.py")]
    long = [Item("test_library.py"), Item("test_updates.py")]
    given = [others[0], long[0], *edits, others[1], long[1], *traps]

    ordered = in_order(given)

    assert set(ordered) == set(given)
    assert len(ordered) == len(given)
    assert ordered[:5] == [*long, edits[0], *others]
    assert ordered[5:] == [
        *(traps[0], edits[1], traps[1], edits[2], traps[2], edits[3], traps[3], edits[4]),
    ]


def test_a_run_of_one_file_keeps_its_order() -> None:
    notes = [Item("test_docs.py", number) for number in range(5)]
    assert in_order(notes) == notes


@pytest.mark.parametrize(("processors", "expected"), [(1, 2), (2, 3), (4, 6), (3, 5)])
def test_there_are_workers_for_the_waiting_too(processors: int, expected: int) -> None:
    assert workers(processors) == expected
