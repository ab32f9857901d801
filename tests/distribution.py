"""In which order the workers of a run get the tests, and how many workers there are.

A worker gets the next test, or group of tests, as soon as it is done: so what takes long comes first,
and what is short is left for the end, when all workers are to be busy.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Protocol, TypeVar


class Test(Protocol):
    """What is asked of a pytest.Item."""

    @property
    def path(self) -> Path: ...


AnyTest = TypeVar("AnyTest", bound=Test)


# A test of these takes half a minute of one processor.
LONG = ("test_library.py", "test_first_release.py", "test_api_quality.py", "test_updates.py")
# Hundreds of seconds in pieces of five to eight: of the second day's a processor's, of the traps'
# mostly those of a request that hangs. Mixed, the one kind works while the other waits.
SHORT = ("tests/test_second_day.py", "tests/traps/")


def workers(processors: int) -> int:
    """Return how many workers keep so many processors busy: a third of the tests' time is waiting."""
    return ceil(processors * 1.5)


def in_order(items: Sequence[AnyTest]) -> list[AnyTest]:
    """Return the tests as they are to be given out; pytest-xdist puts groups before all others."""
    short = [[item for item in items if kind in item.path.as_posix()] for kind in SHORT]
    places = {item: index / len(kind) for kind in short if kind for index, item in enumerate(kind)}
    # The edits of the second day have one service: the first one makes it, while others work.
    first = [kind[0] for kind in short[:1] if kind]
    long = [item for item in items if item.path.name in LONG] + first
    rest = [item for item in items if item not in places and item not in long]
    mixed = sorted((item for item in places if item not in first), key=lambda item: places[item])
    return long + rest + mixed
