"""A log record as one line of JSON, as CloudWatch's queries and `trace_report` read it."""

import json
import logging
import time
from itertools import islice
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from zappa_xray.tracing.end_of_work import EndOfWork
from zappa_xray.tracing.plain import plain, type_of
from zappa_xray.tracing.scrubbing import without_credentials

_BY_FORMATTERS = ("message", "asctime")  # what logging's own put on a record
_OF_EACH_RECORD = frozenset(
    {*vars(logging.makeLogRecord({})), *_BY_FORMATTERS, "taskName", "trace_id", "request_id"}
)
_LARGE = 1e15


class JsonFormatter(logging.Formatter):
    """Writes `time`, `level`, `logger`, `message`, `trace_id`, `request_id`, and all of `extra`.

    A traceback is the field `exc_info`, a stack `stack_info`; the keys of a message that is a
    dictionary are fields of their own. `datefmt` is that of logging.Formatter. The line that each
    request writes takes a way of its own, which costs a third.
    """

    def __init__(self, datefmt: str | None = None) -> None:
        super().__init__(datefmt=datefmt)
        self._second: tuple[int, str] = (0, "")

    def format(self, record: logging.LogRecord) -> str:
        if type(record) is EndOfWork and type(record.msg) is str:
            return self._format_end(record)
        state = vars(record)
        told = record.msg if isinstance(record.msg, dict) else None
        fields: dict[str, Any] = {
            "time": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage() if told is None else "",
            "trace_id": state.get("trace_id"),
            "request_id": state.get("request_id"),
        }
        if told:
            fields.update(told)
        if record.exc_text or record.exc_info:
            fields.setdefault("exc_info", record.exc_text or self._traceback(record))
        if record.stack_info:
            fields.setdefault("stack_info", self.formatStack(record.stack_info))
        fields |= {
            key: value
            for key, value in state.items()
            if key not in _OF_EACH_RECORD and key[:1] != "_"
        }
        return without_credentials(_json(fields))  # also of what lies deep in an `extra`

    def _format_end(self, record: EndOfWork) -> str:
        text = (
            f'{{"time": {quoted(self.formatTime(record, self.datefmt))}'
            f', "level": {quoted(record.levelname)}, "logger": {quoted(record.name)}'
            f', "message": {quoted(record.msg)}'
        )
        for key, value in islice(vars(record).items(), record.standard, None):
            if key in _BY_FORMATTERS or key[0] == "_":
                continue
            kind = type(value)
            if kind is str:
                written = quoted(value)
            elif kind is int or (kind is float and 0 <= value < _LARGE):
                written = repr(value)
            elif kind is bool:
                written = "true" if value else "false"
            else:
                written = _json(value)
            text += f', "{key}": {written}'
        return text + "}"

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        if datefmt:
            return super().formatTime(record, datefmt)
        second = int(record.created)
        known, text = self._second
        if known != second:
            text = time.strftime(self.default_time_format, self.converter(second))
            self._second = second, text
        return f"{text},{int(record.msecs):03d}"

    def _traceback(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info else ""


def _json(value: Any) -> str:
    try:
        return _encode(value)
    except (TypeError, ValueError, RecursionError):  # a key, NaN, something that holds itself
        return _encode(plain(value))


def _text(value: Any) -> str:
    try:
        return str(value.isoformat() if hasattr(value, "isoformat") else value)
    except BaseException:  # noqa: BLE001  # of the value's own methods
        return f"<{type_of(value)}, not readable>"


_encode = json.JSONEncoder(default=_text, allow_nan=False).encode
