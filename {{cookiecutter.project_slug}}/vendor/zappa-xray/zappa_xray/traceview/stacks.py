"""Stacks as a person reads them: the service's own frames, and of the libraries only the innermost."""

import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions

# Possessive, so that no line makes it slow.
FRAME = re.compile(r"  (?P<top>[^/:\s]++)[^:]*+:\d++ .*")


def folded(text: str) -> str:
    """Return an exception's text with each run of library frames as one line that counts them."""
    return "\n".join(_lines(text.splitlines()))


def innermost_own(text: str) -> str:
    """Return the frame of the service's own code nearest to where it was raised; empty when none is."""
    own = [line for line in text.splitlines() if FRAME.fullmatch(line) and not _is_library_s(line)]
    return own[-1].strip() if own else ""


def _lines(lines: list[str]) -> Iterator[str]:
    waiting: list[str] = []
    for number, line in enumerate(lines, start=1):
        innermost = number == len(lines) or not FRAME.fullmatch(lines[number])
        if _is_library_s(line) and not innermost:
            waiting.append(line)
            continue
        yield from _fold(waiting)
        waiting = []
        yield line


def _fold(frames: list[str]) -> list[str]:
    return frames if len(frames) < 2 else [f"  … {len(frames)} frames of libraries"]


def _is_library_s(line: str) -> bool:
    frame = FRAME.fullmatch(line)
    return frame is not None and frame["top"].removesuffix(".py") in _libraries()


@cache
def _libraries() -> frozenset[str]:
    return frozenset(packages_distributions()) | sys.stdlib_module_names
