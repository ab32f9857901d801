"""What was in flight when the process before this one was killed."""

import mmap
import os
from typing import NamedTuple

SIZE = 4_096


class Killed(NamedTuple):
    """Work that a killed process has not ended."""

    title: str
    trace_id: str
    request_id: str


class KillMarker:
    """A page of a file that names the work in flight; the kernel keeps it when the process is killed.

    Lambda does not clear /tmp when it starts a function's process anew after a time-out:
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    A write to the page costs no system call. Where the file cannot be made nothing is known.
    """

    def __init__(self, name: str) -> None:
        self._page: mmap.mmap | bytearray = bytearray(SIZE)
        try:
            with open(os.path.join(os.environ.get("TMPDIR", "/tmp"), name), "ab+") as file:  # noqa: S108
                file.truncate(SIZE)
                self._page = mmap.mmap(file.fileno(), SIZE)
        except OSError:
            pass

    def put(self, work: tuple[str, str, str]) -> None:
        """Names the work that begins, by the fields of Killed."""
        text = "\n".join(work).encode(errors="replace")[: SIZE - 1]
        self._page[: len(text) + 1] = text + b"\0"

    def clear(self) -> None:
        """Says that it has ended."""
        self._page[0] = 0

    def take(self) -> Killed | None:
        """What the killed process was doing, once; None when it was not killed."""
        lines = bytes(self._page[:]).partition(b"\0")[0].decode(errors="replace").split("\n")
        self.clear()
        return Killed(*lines) if len(lines) == len(Killed._fields) else None
