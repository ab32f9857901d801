"""The text of a query -> its words."""

from __future__ import annotations

import re

WORD = re.compile(
    r"""\s*(?:
        (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<regex>/(?:[^/\\]|\\.)+/)
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<name>[@A-Za-z_][\w.@]*)
      | (?P<sign><=|>=|!=|[=<>(),\[\]|*])
    )""",
    re.VERBOSE,
)
ESCAPED = re.compile(r"\\(.)")


class NotUnderstood(Exception):
    """The query is no Insights query, or more of one than this emulator knows."""


class Words:
    """The words of a query, one after the other: each a kind and a text."""

    def __init__(self, text: str) -> None:
        self._words = list(_words(text.strip()))
        self._at = 0

    def peek(self) -> tuple[str, str]:
        """Return the next word; `("end", "")` after the last one."""
        return self._words[self._at] if self._at < len(self._words) else ("end", "")

    def take(self, *kinds: str) -> str:
        """Return the next word, which must be of one of these kinds. Raises NotUnderstood."""
        kind, text = self.peek()
        if kind not in kinds:
            raise NotUnderstood(f"{text or 'the end of the query'!r}: a {' or '.join(kinds)} here")
        self._at += 1
        return text

    def took(self, text: str) -> bool:
        """Pass the next word when it is this name or sign, and say so."""
        kind, found = self.peek()
        is_it = kind in ("name", "sign") and found.lower() == text
        self._at += is_it
        return is_it

    def expect(self, text: str) -> None:
        """Pass the next word, which must be this one. Raises NotUnderstood."""
        if not self.took(text):
            raise NotUnderstood(f"{self.peek()[1]!r} where {text!r} must be")


def _words(text: str) -> list[tuple[str, str]]:
    words, position = [], 0
    while position < len(text):
        found = WORD.match(text, position)
        if found is None or found.lastgroup is None:
            raise NotUnderstood(text[position : position + 30])
        words.append((found.lastgroup, found[found.lastgroup]))
        position = found.end()
    return words


def unquoted(string: str) -> str:
    """Return the text of a string or of a regular expression without its delimiters."""
    if string.startswith("/"):
        return string[1:-1].replace("\\/", "/")
    return ESCAPED.sub(r"\1", string[1:-1])
