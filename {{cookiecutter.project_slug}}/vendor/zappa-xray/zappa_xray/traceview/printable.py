"""Values of unknown origin -> text that can be shown: bounded, and steering nothing."""

import json
from typing import Any

DEEPEST = 100  # levels of nested values that are written out
LONGEST = 10_000  # characters of one text on the page or in the terminal
LONGEST_LINE = 1_000


def printable(value: Any, longest: int = LONGEST) -> str:
    """Return text whose control, formatting and surrogate characters are shown as escapes.

    Whatever a caller put into a path or a header cannot steer a terminal. Beyond `longest`
    characters the text ends, and says so.
    """
    text = text_of(value, longest + 1)
    if len(text) > longest:
        text = f"{text[:longest]} … (only the first {longest} characters are shown)"
    return "\n".join(line if line.isprintable() else _escaped(line) for line in text.split("\n"))


def one_line(value: Any) -> str:
    """Return the same with each run of white space as one space."""
    return " ".join(printable(value, LONGEST_LINE).split())


def text_of(value: Any, longest: int = LONGEST) -> str:
    """Return a text as it is, and any other value as JSON of about `longest` characters at most."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict | list):
        return str(value)
    pieces, length = [], 0
    encoder = json.JSONEncoder(indent=2, ensure_ascii=False)
    for piece in encoder.iterencode(_pruned(value, DEEPEST)):
        pieces.append(piece)
        length += len(piece)
        if length > longest:
            break
    return "".join(pieces)


def _pruned(value: Any, levels: int) -> Any:
    if not isinstance(value, dict | list):
        return value
    if levels == 0:
        return "…"
    if isinstance(value, list):
        return [_pruned(below, levels - 1) for below in value]
    return {key: _pruned(below, levels - 1) for key, below in value.items()}


def _escaped(line: str) -> str:
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in line
    )
