"""In which order the workers of a run get the tests, and how many workers there are.

A worker gets the next test, or group of tests, as soon as it is done: so what takes long comes first,
and what is short is left for the end, when all workers are to be busy. pytest-xdist keeps this order when
it is told `--no-loadscope-reorder`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import ceil
from pathlib import Path
from typing import Any, Protocol, TypeVar


class Test(Protocol):
    """What is asked of a pytest.Item."""

    @property
    def path(self) -> Path: ...

    def get_closest_marker(self, name: str) -> Any: ...


AnyTest = TypeVar("AnyTest", bound=Test)

# Groups and files that keep one worker long, the longest first. A whole run says what is missing: a
# group, or a single test, that took more than this share of the time of all.
LONG_SHARE = 1 / 30
LONG = (
    *("released", "deploys", "test_library.py", "operations", "test_second_day.py", "verify-aws"),
    *("demo", "service", "test_first_release.py", "reports", "package", "test_updates.py"),
    "test_dependencies.py",
)
# These wait more than they work, for requests that hang: one at a time beside what works.
WAITING = "tests/traps/"


def workers(processors: int) -> int:
    """Return how many workers keep so many processors busy: a third of the tests' time is waiting."""
    return ceil(processors * 1.5)


def in_order(items: Sequence[AnyTest]) -> list[AnyTest]:
    """Return the tests as they are to be given out."""
    ranks = {item: rank(item.path.name, group(item)) for item in items}
    long = sorted((item for item in items if ranks[item] < len(LONG)), key=lambda item: ranks[item])
    rest = [item for item in items if ranks[item] == len(LONG)]
    kinds = [
        [item for item in rest if (WAITING in item.path.as_posix()) is waits]
        for waits in (False, True)
    ]
    places = {item: index / len(kind) for kind in kinds for index, item in enumerate(kind)}
    return long + sorted(rest, key=lambda item: places[item])


def missing(took: Iterable[tuple[str, float]]) -> list[str]:
    """Return what LONG lacks, when the test of each id, which may end in `@group`, took so many seconds."""
    units: defaultdict[str, float] = defaultdict(float)
    files: defaultdict[str, set[str]] = defaultdict(set)
    for identity, seconds in took:
        test, _, group = identity.partition("@")
        units[group or test] += seconds
        files[group or test].add(Path(test.partition("::")[0]).name)
    long = [unit for unit, seconds in units.items() if seconds > LONG_SHARE * sum(units.values())]
    lacking = [unit for unit in long if not {unit, *files[unit]} & set(LONG)]
    return sorted(unit.rpartition("::")[2] for unit in lacking)


def group(item: Test) -> str:
    marker = item.get_closest_marker("xdist_group")
    return str(marker.args[0]) if marker else ""


def rank(file: str, group: str) -> int:
    """Return the place in LONG of a test's file or group, the one after all when neither is there."""
    return next((place for place, name in enumerate(LONG) if name in (file, group)), len(LONG))
