"""Any Python value as one that JSON has: whatever a service puts into metadata."""

import math
from collections.abc import Iterable, Mapping, Sized
from enum import Enum
from itertools import islice
from typing import Any

DEEPEST = 30
MOST_ITEMS = 10_000  # of an iterator, which may never end
# What a 64-bit number holds; Python alone has no end.
LARGEST_INTEGER = 2**63 - 1


def plain(value: Any, _above: tuple[int, ...] = ()) -> Any:
    """The value made of dictionaries with text as keys, lists, text, finite numbers, True and None.

    An object is what its public attributes are, as in the SDK, or what `str` says of it. Nothing
    raises: what cannot be read is named by its type.
    """
    if value is None or isinstance(value, bool):
        return value
    try:
        if isinstance(value, str):
            return well_formed(value)
        if isinstance(value, int):
            return int(value) if abs(value) <= LARGEST_INTEGER else f"{value:.6e}"
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else str(value)
        if id(value) in _above or len(_above) >= DEEPEST:
            return f"<{type(value).__name__}, again or too deep>"
        return _structure(value, (*_above, id(value)))
    except Exception:  # of the value's own methods
        return f"<{type(value).__name__}, not readable>"


def well_formed(text: str) -> str:
    """The text without halves of surrogate pairs, which UTF-8 does not have."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _structure(value: Any, above: tuple[int, ...]) -> Any:
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(below, above) for key, below in list(value.items())}
    if isinstance(value, (bytes, bytearray, memoryview, type)):
        return str(value)
    if isinstance(value, Enum):
        return plain(value.value, above)
    if isinstance(value, Iterable):
        length = len(value) if isinstance(value, Sized) else MOST_ITEMS
        return [plain(below, above) for below in islice(value, length)]
    attributes = {
        name: plain(below, above)
        for name, below in getattr(value, "__dict__", {}).items()
        if not name.startswith("_") and not callable(below)
    }
    return attributes or well_formed(str(value))
