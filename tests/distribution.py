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

# What keeps one worker long, the longest first: groups, and files of which a single test does. A run says
# what is missing: more than this share of the time of all.
LONG_SHARE = 1 / 30
LONG = (
    *("released", "deploys", "test_library.py", "operations", "verify-aws", "demo", "service"),
    *("test_first_release.py", "reports", "package", "test_updates.py", "test_dependencies.py"),
)
# Hundreds of seconds in pieces of five to eight: of the second day's a processor's, of the traps'
# mostly those of a request that hangs. Mixed, the one kind works while the other waits.
SHORT = ("tests/test_second_day.py", "tests/traps/")


def workers(processors: int) -> int:
    """Return how many workers keep so many processors busy: a third of the tests' time is waiting."""
    return ceil(processors * 1.5)


def in_order(items: Sequence[AnyTest]) -> list[AnyTest]:
    """Return the tests as they are to be given out."""
    short = [[item for item in items if kind in item.path.as_posix()] for kind in SHORT]
    places = {item: index / len(kind) for kind in short if kind for index, item in enumerate(kind)}
    # The edits of the second day have one service: the first one makes it, while others work.
    first = [kind[0] for kind in short[:1] if kind]
    long = sorted((item for item in items if name(item) in LONG), key=lambda item: rank(item))
    rest = [item for item in items if item not in places and name(item) not in LONG]
    mixed = sorted((item for item in places if item not in first), key=lambda item: places[item])
    return long + first + rest + mixed


def name(item: Test) -> str:
    """Return what a test is known by in LONG: its group, or its file when it has none."""
    group = item.get_closest_marker("xdist_group")
    return str(group.args[0]) if group else item.path.name


def missing(took: Iterable[tuple[str, float]]) -> list[str]:
    """Return what LONG lacks, when the test of each id, which may end in `@group`, took so many seconds."""
    units: defaultdict[str, float] = defaultdict(float)
    for identity, seconds in took:
        units[identity.rpartition("@")[2]] += seconds  # one without a group stands for itself
    long = [unit for unit, seconds in units.items() if seconds > LONG_SHARE * sum(units.values())]
    names = {Path(unit.partition("::")[0]).name for unit in long}
    return sorted(names - set(LONG))


def rank(item: Test) -> int:
    return LONG.index(name(item))
