"""The condition of `filter`: comparisons, `like`, `in` and `ispresent`, joined by and, or and not."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from emulator.insights.tokens import NotUnderstood, Words, unquoted

Row = dict[str, str]
Condition = Callable[[Row], bool]
OPERATORS: dict[str, Callable[[float | str, float | str], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def condition(words: Words) -> Condition:
    """Read a condition. Raises NotUnderstood."""
    found = _both(words)
    while words.took("or"):
        found = _either(found, _both(words))
    return found


def _both(words: Words) -> Condition:
    found = _one(words)
    while words.took("and"):
        found = _all_of(found, _one(words))
    return found


def _either(first: Condition, second: Condition) -> Condition:
    return lambda row: first(row) or second(row)


def _all_of(first: Condition, second: Condition) -> Condition:
    return lambda row: first(row) and second(row)


def _one(words: Words) -> Condition:
    if words.took("not"):
        refused = _one(words)
        return lambda row: not refused(row)
    if words.took("("):
        inner = condition(words)
        words.expect(")")
        return inner
    if words.took("ispresent"):
        words.expect("(")
        name = words.take("name")
        words.expect(")")
        return lambda row: name in row
    return _comparison(words.take("name"), words)


def _comparison(name: str, words: Words) -> Condition:
    if words.took("like"):
        kind, pattern = words.peek()[0], unquoted(words.take("string", "regex"))
        found = re.compile(pattern if kind == "regex" else re.escape(pattern))
        return lambda row: found.search(row.get(name, "")) is not None
    if words.took("in"):
        wanted = _list(words)
        return lambda row: row.get(name) in wanted
    sign = words.take("sign")
    if sign not in OPERATORS:
        raise NotUnderstood(sign)
    compare, value = OPERATORS[sign], _value(words)
    return lambda row: name in row and compare(*_comparable(row[name], value))


def _list(words: Words) -> list[str]:
    words.expect("[")
    values = [_value(words)]
    while words.took(","):
        values.append(_value(words))
    words.expect("]")
    return values


def _value(words: Words) -> str:
    kind = words.peek()[0]
    text = words.take("string", "number")
    return unquoted(text) if kind == "string" else text


def _comparable(found: str, value: str) -> tuple[float | str, float | str]:
    try:
        return float(found), float(value)
    except ValueError:
        return found, value
