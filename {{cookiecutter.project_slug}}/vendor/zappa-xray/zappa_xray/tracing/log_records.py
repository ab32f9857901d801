"""Log records without the personal data that libraries write into them."""

import copy
import logging
import re
import traceback

from zappa_xray.tracing.scrubbing import scrubbed


def scrubbed_record(record: logging.LogRecord) -> logging.LogRecord:
    """The record, or a copy with what `scrubbed` takes away taken from its message and traceback.

    httpx logs each URL with its query string at INFO, urllib3 at DEBUG; the traceback of a failed
    call ends with the URL, that of a failed query with the row. Other handlers may need both.
    """
    message = record.getMessage()
    changes: dict[str, object] = {}
    if (clean := scrubbed(message)) != message:
        changes |= {"msg": clean, "args": None}
    if record.exc_info and record.exc_info[1]:
        changes |= {"exc_text": _traceback_text(record.exc_info[1]), "exc_info": None}
    if not changes:
        return record
    record = copy.copy(record)
    vars(record).update(changes)
    return record


def _traceback_text(exception: BaseException) -> str:
    text = "".join(traceback.format_exception(exception)).rstrip("\n")
    for message in _messages(exception, set()):
        if (clean := scrubbed(message)) != message:
            # In a group each line has a margin of its own.
            written = re.escape(message.rstrip("\n")).replace("\\\n", r"\n[ |]*")
            text = re.sub(written, clean.replace("\\", r"\\"), text)
    return text


def _messages(exception: BaseException | None, seen: set[int]) -> list[str]:
    if exception is None or id(exception) in seen:
        return []
    seen.add(id(exception))
    nested = getattr(exception, "exceptions", ())  # of an ExceptionGroup
    chained = (exception.__cause__, exception.__context__, *nested)
    return [_text(exception), *(text for one in chained for text in _messages(one, seen))]


def _text(exception: BaseException) -> str:
    try:
        return str(exception)
    except Exception:  # the traceback module writes its own sentence in its place
        return ""
