"""Log records without the personal data that libraries write into them."""

import contextlib
import copy
import logging
import re
import traceback
from collections.abc import Iterator

from zappa_xray.tracing.scrubbing import scrubbed


def scrubbed_record(record: logging.LogRecord) -> logging.LogRecord:
    """The record, or a copy with what `scrubbed` takes away taken from its message and traceback.

    httpx logs each URL with its query string at INFO, urllib3 at DEBUG; the traceback of a failed
    call ends with the URL, that of a failed query with the row. Other handlers may need both.
    """
    changes: dict[str, object] = {}
    try:
        message = record.getMessage()
        if (clean := scrubbed(message)) != message:
            changes |= {"msg": clean, "args": None}
    except Exception:  # noqa: S110  # arguments that do not fit: logging itself says so
        pass
    if record.exc_info and record.exc_info[1]:
        changes |= {"exc_text": _traceback_text(record.exc_info[1]), "exc_info": None}
    if not changes:
        return record
    record = copy.copy(record)
    vars(record).update(changes)
    return record


def _traceback_text(exception: BaseException) -> str:
    try:
        text = "".join(traceback.format_exception(exception)).rstrip("\n")
    except Exception:  # of the exception's own methods
        frames = "".join(traceback.format_tb(exception.__traceback__))
        return f"Traceback (most recent call last):\n{frames}{type(exception).__name__}"
    for message in _messages(exception):
        if (clean := scrubbed(message)) != message:
            # In a group each line has a margin of its own.
            written = re.escape(message.rstrip("\n")).replace("\\\n", r"\n[ |]*")
            text = re.sub(written, clean.replace("\\", r"\\"), text)
    return text


def _messages(exception: BaseException) -> Iterator[str]:
    """The texts of an exception, of what it came from, and of a group's members."""
    found: list[BaseException | None] = [exception]
    seen: set[int] = set()
    for one in found:
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        members = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        found += [one.__cause__, one.__context__, *members]
        with contextlib.suppress(Exception):
            yield str(one)
