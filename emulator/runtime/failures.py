"""How an invocation can fail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class FunctionError(Exception):
    """The handler raised, or could not be loaded: `type` names the exception, `stack` shows it.

    `answer` is what the runtime client reports, `cause` what it reports for X-Ray:
    https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
    """

    def __init__(self, answer: Mapping[str, Any], cause: str | None = None) -> None:
        self.answer = answer
        self.cause: dict[str, Any] | None = json.loads(cause) if cause else None
        self.type: str = answer["errorType"]
        self.stack: str = "".join(answer.get("stackTrace") or [])
        super().__init__(f"{self.type}: {answer['errorMessage']}\n{self.stack}")


class FunctionDied(Exception):
    """The function's process ended in an invocation. The message holds the end of its log."""


class FunctionTimedOut(Exception):
    """The invocation passed its timeout and its process was killed, as Lambda does it."""
