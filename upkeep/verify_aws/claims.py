"""What is claimed of a stage in AWS, and what was seen of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from emulator.processes import CommandFailed
from emulator.progress import step

FAILURES = (BotoCoreError, ClientError, CommandFailed, OSError, LookupError, ValueError)
LONGEST_SEEN = 300


class NotSeen(LookupError):
    """What was claimed cannot be seen; the message says what was seen instead."""


@dataclass(frozen=True)
class Result:
    """A claim, whether it holds, and what was seen."""

    claim: str
    holds: bool
    seen: str


@dataclass
class Claims:
    """Looks at one claim after the other, and keeps what was seen."""

    console: Console
    results: list[Result] = field(default_factory=list)

    def look(self, claim: str, see: Callable[[], str]) -> bool:
        """Return whether a claim holds: `see` returns what was seen, or raises NotSeen or one of
        FAILURES."""
        try:
            with step(self.console, claim):
                result = Result(claim, True, see())
        except FAILURES as failure:
            result = Result(claim, False, str(failure))
            self.console.print(f"    {result.seen}", style="red", markup=False)
        self.results.append(result)
        return result.holds

    @property
    def hold(self) -> bool:
        return bool(self.results) and all(result.holds for result in self.results)

    def table(self) -> Table:
        """Return a row for each claim: whether it holds, the claim, what was seen."""
        table = Table("", "claim", "seen")
        for result in self.results:
            seen = result.seen.strip()
            short = seen if len(seen) <= LONGEST_SEEN else f"…{seen[-LONGEST_SEEN:]}"
            table.add_row("✓" if result.holds else "✗", result.claim, Text(short))
        return table


def expect(holds: object, seen: str) -> str:
    """Return what was seen. Raises NotSeen with it unless `holds`."""
    if not holds:
        raise NotSeen(seen)
    return seen
