"""The log record of a request or a piece of work that has ended: each writes one, so it is cheap."""

import logging
import os
import threading
import time
from _asyncio import _get_running_loop  # by itself: asyncio is loaded when it is used
from typing import Any


class EndOfWork(logging.LogRecord):
    """A record as logging makes it; its first `standard` attributes are those that each record has."""

    __slots__ = ("standard",)

    standard: int


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.attributes: dict[tuple[str, int], dict[str, Any]] = {}  # by logger and level


_of_thread = _OfThread()
# A forked process has another id, and only the thread that forked.
os.register_at_fork(after_in_child=lambda: _of_thread.attributes.clear())


def record_of_end(
    log: logging.Logger, level: int, message: str, fields: dict[str, Any]
) -> logging.LogRecord:
    """What `log.log(level, message, extra=fields)` would make, for a third of the price.

    Logging looks for the line of code, which is always this one, and for the names of the thread
    and the process, which one thread asks for once. Who has put an own record or logger in the
    place of logging's gets those.
    """
    if (
        logging.getLogRecordFactory() is not logging.LogRecord
        or type(log).makeRecord is not logging.Logger.makeRecord
        or _get_running_loop()  # whose task has a name
    ):
        return _made(log, level, message, fields)
    known = _of_thread.attributes.get((log.name, level))
    if known is None:
        known = _of_thread.attributes[log.name, level] = vars(_made(log, level, message, None))
    now = time.time()
    record = EndOfWork.__new__(EndOfWork)
    record.standard = len(known)
    record.__dict__ = {
        **known,
        "msg": message,
        "created": now,
        "msecs": now % 1 * 1000 // 1,
        "relativeCreated": known["relativeCreated"] + (now - known["created"]) * 1000,
        **fields,
    }
    return record


def _made(
    log: logging.Logger, level: int, message: str, fields: dict[str, Any] | None
) -> logging.LogRecord:
    line = record_of_end.__code__.co_firstlineno
    return log.makeRecord(
        log.name, level, __file__, line, message, (), None, "record_of_end", fields
    )
