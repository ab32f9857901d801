"""A sentence and its time line -> the lines that a terminal shows, as wide as that is."""

import textwrap
from collections.abc import Iterable, Iterator

NARROWEST = 40
INDENT = " " * 13  # a moment's time


def printed(
    sentence: str, moments: Iterable[tuple[float, str]], notes: Iterable[str], width: int | None
) -> Iterator[str]:
    """Yield the lines, none wider than `width` but for a word that is; one for each where it is None."""
    yield from _wrapped(sentence, width)
    yield ""
    for at, text in moments:
        yield from _wrapped(text, width, f"{at:>9.3f} s  ")
    yield ""
    for note in notes:
        yield from _wrapped(note, width)


def _wrapped(text: str, width: int | None, beginning: str = "") -> list[str]:
    if width is None:
        return [f"{beginning}{text}"]
    return textwrap.wrap(
        text,
        max(width, NARROWEST),
        initial_indent=beginning,
        subsequent_indent=INDENT if beginning else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
