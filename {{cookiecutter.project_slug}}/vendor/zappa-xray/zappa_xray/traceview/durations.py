"""Durations as a person writes them: read from a filter or a command line, printed everywhere."""

import re

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")


def seconds_in(text: str) -> float:
    """Return the seconds of a text such as 200ms, 1.5s, 30m, 1h, 7d or 2w. Raises ValueError."""
    found = WRITTEN.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no duration: write 200ms, 1.5s, 30m, 1h, 7d")
    return float(found[1]) * SECONDS[found[2]]


def as_text(seconds: float | None) -> str:
    """Return a duration in 9 characters at most; None is what has not ended."""
    if seconds is None:
        return "not ended"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"
