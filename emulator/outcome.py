"""What came of an invocation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

STARTED = re.compile(r"^START RequestId: (\S+)", re.MULTILINE)


@dataclass
class Outcome:
    """What came of an invocation: its answer, or how it failed, and what it wrote to the log."""

    answer: Any = None
    failure: Exception | None = None
    log: str = ""

    @property
    def request_id(self) -> str:
        """Lambda's id of the invocation, an empty text when it did not begin."""
        found = STARTED.search(self.log)
        return found[1] if found else ""
