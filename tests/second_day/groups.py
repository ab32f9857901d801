"""Which edits share a copy of the service, so that the commands are run once for all of them.

Two edits share one only when neither can hide what the other one breaks:

- They touch nothing in common: no file that one of them writes or deletes, no setting, no place in a file.
- They are about different things. What an edit is about is the module it stands in, unless it says so itself:
  `rest/pages` is about less, EVERYTHING shares with none.
- They are of one kind: the commands are to stay green after both, or to name a fault of both; both run the
  formatter, which would mend what the other one leaves, or none; both take tests out, or none.
- Neither changes what the tools are told: see DECISIVE.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.second_day.edit import Edit

EVERYTHING = ""
# What is in them decides what is asked of all the rest.
DECISIVE = ("pyproject.toml", "Makefile", "conftest.py", "tests/conftest.py")
# When a group is red, each of its edits is tried alone.
LARGEST = 12

Group = tuple[Edit, ...]


def groups(edits: Sequence[Edit]) -> list[Group]:
    """Put each edit into the first group where it may stand, first those that may share with few."""

    def hindered(edit: Edit) -> int:
        return sum(not may_share(edit, other) for other in edits)

    made: list[list[Edit]] = []
    for edit in sorted(edits, key=hindered, reverse=True):
        for group in made:
            if len(group) < LARGEST and all(may_share(edit, other) for other in group):
                group.append(edit)
                break
        else:
            made.append([edit])
    return [tuple(group) for group in made]


def may_share(one: Edit, other: Edit) -> bool:
    return kind(one) == kind(other) and not any(
        overlap(a, b) for a in concerns(one) for b in concerns(other)
    )


def concerns(edit: Edit) -> set[str]:
    """Return what an edit touches and what it is about."""
    named = {*edit.change.touches, *edit.about}
    alone = any(overlap(name, decisive) for name in named for decisive in DECISIVE)
    return {EVERYTHING} if alone else named


def overlap(one: str, other: str) -> bool:
    """Return whether one of the names is the other, or lies in it."""
    return (
        EVERYTHING in (one, other)
        or f"{one}/".startswith(f"{other}/")
        or (f"{other}/".startswith(f"{one}/"))
    )


def kind(edit: Edit) -> tuple[bool, bool, bool]:
    takes_tests_out = any(overlap(name, "tests") for name in edit.change.touches)
    return edit.red is not None, edit.change.formats, takes_tests_out
