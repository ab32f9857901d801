"""Log lines that lead to their trace."""

import copy
import logging
import os

from tracing.in_flight import IN_LAMBDA, current


class TraceContextFilter(logging.Filter):
    """Sets `trace_id` and `request_id` on each record, None where they are not known.

    It also takes Django's `request` away, which is written with its query string.
    """

    def filter(self, record: logging.LogRecord) -> logging.LogRecord:
        if hasattr(record, "request"):
            record = copy.copy(record)  # another handler may need the request
            del record.request
        if not hasattr(record, "trace_id"):
            work = current.get()
            record.request_id = work.request_id if work else None
            record.trace_id = work.entity.trace_id if work else _trace_id_of_invocation()
        return record


def _trace_id_of_invocation() -> str | None:
    header = os.environ.get("_X_AMZN_TRACE_ID", "") if IN_LAMBDA else ""
    root = next((part for part in header.split(";") if part.startswith("Root=")), "")
    return root.removeprefix("Root=") or None
