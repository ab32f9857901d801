"""Numbers of unknown origin: a log holds whatever a service prints, a document whatever is sent."""

from typing import Any

TOO_MUCH = 1e12  # of seconds, milliseconds, megabytes or requests


def amount(value: Any) -> float | None:
    """Return a number, or the text of one, that is finite and not below 0; None for what is none."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number < TOO_MUCH else None


def milliseconds(value: Any) -> float | None:
    """Return a number of milliseconds in seconds, None for what is none."""
    number = amount(value)
    return None if number is None else round(number / 1000, 6)


def status_in(value: Any) -> int | None:
    """Return a status of HTTP, None for what is none."""
    number = amount(value)
    return int(number) if number is not None and 100 <= number < 1000 else None
