"""A query: `fields`, `filter`, `stats`, `sort` and `limit`, run over the events of a log group."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from emulator.insights.conditions import Row, condition
from emulator.insights.statistics import stats, written
from emulator.insights.tokens import NotUnderstood, Words

Command = Callable[[list[Row]], list[Row]]


@dataclass(frozen=True)
class Event:
    """An event of a stream; `timestamp` is in milliseconds since 1970."""

    timestamp: int
    message: str
    stream: str


class Query:
    """A query of this text. Raises NotUnderstood."""

    def __init__(self, text: str) -> None:
        self._commands: list[Command] = []
        self._shown: list[str] | None = ["@timestamp", "@message"]
        words = Words(text)
        while True:
            self._commands.append(self._command(words))
            if words.peek()[0] == "end":
                break
            words.expect("|")

    def __call__(self, events: Iterable[Event], limit: int) -> tuple[list[Row], int]:
        """Return the rows of the result, `limit` at most, and how many there were before."""
        rows = [discovered(event) for event in events]
        for command in self._commands:
            rows = command(rows)
        shown = self._shown
        if shown is not None:
            rows = [{name: row[name] for name in shown if name in row} for row in rows]
        return rows[:limit], len(rows)

    def _command(self, words: Words) -> Command:
        name = words.take("name")
        if name == "fields":
            self._shown = _names(words)
            return lambda rows: rows
        if name == "filter":
            holds = condition(words)
            return lambda rows: [row for row in rows if holds(row)]
        if name == "stats":
            self._shown = None
            return stats(words)
        if name == "sort":
            return _sorted(words)
        if name == "limit":
            most = int(words.take("number"))
            return lambda rows: rows[:most]
        raise NotUnderstood(f"the command {name!r}")


def _names(words: Words) -> list[str]:
    names = [words.take("name")]
    while words.took(","):
        names.append(words.take("name"))
    return names


def _sorted(words: Words) -> Command:
    name = words.take("name")
    descending = words.took("desc")
    if not descending:
        words.took("asc")
    return lambda rows: sorted(rows, key=lambda row: _sort_key(row.get(name)), reverse=descending)


def _sort_key(value: str | None) -> tuple[int, float, str]:
    try:
        return (1, float(value or ""), "")
    except ValueError:
        return (0 if value is None else 2, 0.0, value or "")


def discovered(event: Event) -> Row:
    """Return the fields of an event: its own, and those of its JSON, nested ones with dots.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
    """
    seconds, milliseconds = divmod(event.timestamp, 1000)
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
    row = {
        "@timestamp": f"{moment}.{milliseconds:03d}",
        "@message": event.message,
        "@logStream": event.stream,
    }
    if event.message.startswith("{"):
        with contextlib.suppress(ValueError):
            row |= dict(_flat(json.loads(event.message), ""))
    return row


def _flat(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        named = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in named:
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, bool | int | float):
        # Booleans are 1 and 0: https://gist.github.com/skyzyx/6c47ab78adcb4802a67a66c1a2c0f6a3
        yield name, written(float(value))
    elif value is not None:
        yield name, str(value)
