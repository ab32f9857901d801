"""What a long command is at, in one line of a terminal that is written again and again."""

import sys
from typing import Any


class Progress:
    """Writes to the standard error of a management command, where a person sees it."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._is_seen = stream, sys.stderr.isatty()

    def __call__(self, text: str) -> None:
        """Show this text in place of the last one; an empty one clears the line."""
        if self._is_seen:
            self._stream.write(f"\r{text[:78]:<78}\r", ending="")
            self._stream.flush()
