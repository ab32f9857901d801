"""Any Python value as one that JSON has: whatever a service puts into metadata."""

import math
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

DEEPEST = 30
# More than a document holds: one module, as metadata, leads to all others.
MOST_VALUES = 100_000
REST = "<the rest is left out>"
# What a 64-bit number holds; Python alone has no end.
LARGEST_INTEGER = 2**63 - 1


def plain(value: Any) -> Any:
    """The value made of dictionaries with text as keys, lists, text, finite numbers, True and None.

    An object is what its public attributes are, as in the SDK, or what `str` says of it; what can be
    read only once is left to the service and named. Nothing raises: what cannot be read is named by
    its type. Each structure has half of what is left of MOST_VALUES values, and says so when it has more.
    """
    return _Writing().written(value, ())


def text_of(value: object) -> str:
    """What `str` says of a value, or a sentence that it cannot. Raises nothing, whatever `str` raises."""
    try:
        return str.__str__(str(value))  # it may be of a class of its own, with other methods
    except BaseException as error:  # noqa: BLE001  # a SystemExit out of `__str__` would end the process
        return f"(its text cannot be made: {type(error).__name__})"


def type_of(value: object) -> str:
    """The name of a value's type, also where its metaclass has a name of its own."""
    return str(vars(type)["__name__"].__get__(type(value)))


def well_formed(text: str) -> str:
    """The text without halves of surrogate pairs, which UTF-8 does not have."""
    text = str.__str__(text)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class _Writing:
    def __init__(self) -> None:
        self.left, self.floor = MOST_VALUES, 0

    def written(self, value: Any, above: tuple[int, ...]) -> Any:
        if value is None or isinstance(value, bool):
            return value
        self.left -= 1
        try:
            if isinstance(value, str):
                return well_formed(value)
            if isinstance(value, int):
                return int(value) if abs(value) <= LARGEST_INTEGER else f"{value:.6e}"
            if isinstance(value, float):
                return float(value) if math.isfinite(value) else str(value)
            if id(value) in above or len(above) >= DEEPEST:
                return f"<{type_of(value)}, again or too deep>"
            return self.structure(value, (*above, id(value)))
        except BaseException:  # noqa: BLE001  # of the value's own methods
            return f"<{type_of(value)}, not readable>"

    def structure(self, value: Any, above: tuple[int, ...]) -> Any:
        if isinstance(value, Mapping):
            return self.mapping(value.items(), above)
        if isinstance(value, (bytes, bytearray, memoryview, type, Iterator)):
            return str(value)
        if isinstance(value, Enum):
            return self.written(value.value, above)
        if isinstance(value, Iterable):
            return [self.written(below, above) for below in self.few_enough(value, REST)]
        attributes = [
            (name, below)
            for name, below in getattr(value, "__dict__", {}).items()
            if not name.startswith("_") and not callable(below)
        ]
        return self.mapping(attributes, above) or well_formed(str(value))

    def mapping(self, items: Iterable[tuple[Any, Any]], above: tuple[int, ...]) -> dict[str, Any]:
        return {
            str(self.written(key, above)): self.written(below, above)
            for key, below in self.few_enough(list(items), (REST, True))
        }

    def few_enough(self, values: Iterable[Any], rest: Any) -> Iterator[Any]:
        outer, self.floor = self.floor, (self.left + self.floor) // 2
        for value in values:
            if self.left <= self.floor:
                yield rest
                break
            yield value
        self.floor = outer
