"""Text of unknown origin -> text that can be shown."""

from typing import Any


def printable(value: Any) -> str:
    """Return text whose control, formatting and surrogate characters are shown as escapes.

    Whatever a caller put into a path or a header cannot steer a terminal.
    """
    return "".join(
        character
        if character.isprintable() or character == "\n"
        else character.encode("unicode_escape").decode()
        for character in str(value)
    )


def one_line(value: Any) -> str:
    """Return the same with each run of white space as one space."""
    return " ".join(printable(value).split())
