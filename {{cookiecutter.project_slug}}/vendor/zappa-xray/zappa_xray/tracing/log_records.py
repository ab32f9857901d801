"""Log records without the personal data that libraries write into them."""

import contextlib
import copy
import logging
import re
import traceback
from collections.abc import Iterator
from itertools import islice
from types import TracebackType

from zappa_xray.tracing.plain import text_of, type_of
from zappa_xray.tracing.scrubbing import scrubbed

# How many attributes each record has at first; what comes after them is its own.
STANDARD = len(vars(logging.makeLogRecord({})))


def scrubbed_record(record: logging.LogRecord) -> logging.LogRecord:
    """The record, or a copy with what `scrubbed` takes away taken from its message and traceback.

    httpx logs each URL with its query string at INFO, urllib3 at DEBUG; the traceback of a failed
    call ends with the URL, that of a failed query with the row. Other handlers may need both.
    """
    changes: dict[str, object] = {}
    try:
        message = record.getMessage()
        if (clean := scrubbed(message)) != message:
            told = record.msg  # a dictionary stays one: its keys are fields of the line
            changes = {"msg": _of_each(told) if isinstance(told, dict) else clean, "args": None}
    except Exception:  # arguments that do not fit: logging itself says so, and prints them
        if isinstance(record.args, tuple):
            changes["args"] = tuple(map(_scrubbed_value, record.args))
    for key, value in islice(vars(record).items(), STANDARD, None):  # what was given as `extra`
        if type(value) is str and (clean := scrubbed(value)) != value:
            changes[key] = clean
    if (failure := record.exc_info) and failure[1] is not None:
        changes |= {"exc_text": _traceback_text(failure[1], failure[2]), "exc_info": None}
    if not changes:
        return record
    record = copy.copy(record)
    vars(record).update(changes)
    return record


def _of_each(values: dict[object, object]) -> dict[object, object]:
    return {key: _scrubbed_value(value) for key, value in values.items()}


def _scrubbed_value(value: object) -> object:
    return scrubbed(value) if isinstance(value, str) else value


def _traceback_text(exception: BaseException, frames: TracebackType | None) -> str:
    try:
        text = "".join(traceback.format_exception(exception)).rstrip("\n")
    except Exception:  # of the exception's own methods
        lines = "".join(traceback.format_tb(frames))
        return f"Traceback (most recent call last):\n{lines}{type_of(exception)}"
    for message in _messages(exception):
        if (clean := scrubbed(message)) == message:
            continue
        if message in text:
            text = text.replace(message, clean)
        else:  # in a group each line has a margin of its own
            written = re.escape(message.rstrip("\n")).replace("\\\n", r"\n[ |]*")
            text = re.sub(written, clean.replace("\\", r"\\"), text)
    return text


def _messages(exception: BaseException) -> Iterator[str]:
    """The texts and notes of an exception, of what it came from, and of a group's members."""
    found: list[BaseException | None] = [exception]
    seen: set[int] = set()
    for one in found:
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield text_of(one)
        with contextlib.suppress(Exception):  # of attributes that its class has made its own
            notes = getattr(one, "__notes__", None)
            yield from map(text_of, notes if isinstance(notes, (list, tuple)) else [])
            members = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
            found += [one.__cause__, one.__context__, *members]
