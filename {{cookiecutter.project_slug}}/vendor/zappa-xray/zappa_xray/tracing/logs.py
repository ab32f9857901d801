"""Log lines that lead to their trace."""

import copy
import logging
import os

from aws_xray_sdk.core.lambda_launcher import LAMBDA_TRACE_HEADER_KEY

from zappa_xray.tracing.in_flight import IN_LAMBDA, current, last_invocation


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
            ids = (work.entity.trace_id, work.request_id) if work else _ids_of_invocation()
            record.trace_id, record.request_id = ids
        return record


def _ids_of_invocation() -> tuple[str | None, str | None]:
    header = os.environ.get(LAMBDA_TRACE_HEADER_KEY) if IN_LAMBDA else None
    if header is None:
        return None, None
    root = next((part for part in header.split(";") if part.startswith("Root=")), "")
    last_header, request_id = last_invocation.get()
    return root.removeprefix("Root=") or None, request_id if header == last_header else None
