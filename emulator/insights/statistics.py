"""`stats`: rows -> one row for each group."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from emulator.insights.conditions import Row
from emulator.insights.tokens import NotUnderstood, Words


@dataclass(frozen=True)
class Statistic:
    """A function of a field, under the name that it has in the result; `percent` is of `pct`."""

    function: str
    of: str
    name: str
    percent: float = 0.0

    def work_out(self, rows: list[Row]) -> str | None:
        """Return the value for one group; None where no row has the field."""
        if self.function == "count":
            return str(len(rows) if self.of == "*" else sum(self.of in row for row in rows))
        values = [float(row[self.of]) for row in rows if self.of in row]
        return written(self._number(sorted(values))) if values else None

    def _number(self, values: list[float]) -> float:
        functions: dict[str, Callable[[list[float]], float]] = {
            "sum": sum,
            "avg": lambda numbers: sum(numbers) / len(numbers),
            "min": min,
            "max": max,
        }
        if self.function == "pct":
            return values[max(math.ceil(self.percent * len(values) / 100), 1) - 1]
        return functions[self.function](values)


@dataclass(frozen=True)
class Stats:
    """The whole command."""

    statistics: list[Statistic]
    by: list[str]

    def __call__(self, rows: Iterable[Row]) -> list[Row]:
        groups: dict[tuple[str | None, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(tuple(row.get(name) for name in self.by), []).append(row)
        return [self._row(key, group) for key, group in groups.items()]

    def _row(self, key: tuple[str | None, ...], group: list[Row]) -> Row:
        values = [
            *zip(self.by, key, strict=True),
            *((statistic.name, statistic.work_out(group)) for statistic in self.statistics),
        ]
        return {name: value for name, value in values if value is not None}


def stats(words: Words) -> Stats:
    """Read what follows the word `stats`. Raises NotUnderstood."""
    statistics = [_statistic(words)]
    while words.took(","):
        statistics.append(_statistic(words))
    by = []
    if words.took("by"):
        by.append(words.take("name"))
        while words.took(","):
            by.append(words.take("name"))
    return Stats(statistics, by)


def _statistic(words: Words) -> Statistic:
    function = words.take("name")
    if function not in ("count", "sum", "avg", "min", "max", "pct"):
        raise NotUnderstood(function)
    words.expect("(")
    of = "*" if function == "count" and words.took("*") else words.take("name")
    percent = 0.0
    if function == "pct":
        words.expect(",")
        percent = float(words.take("number"))
    words.expect(")")
    words.expect("as")
    return Statistic(function, of, words.take("name"), percent)


def written(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)
