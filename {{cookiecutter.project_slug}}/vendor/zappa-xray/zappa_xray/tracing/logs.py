"""Log lines that lead to their trace, and the one line of each piece of work that ends."""

import copy
import logging
from typing import Any

from zappa_xray.tracing import sdk  # noqa: F401 # before what imports the SDK
from zappa_xray.tracing.conf import settings
from zappa_xray.tracing.end_of_work import EndOfWork, record_of_end
from zappa_xray.tracing.in_flight import InFlight, running, work_of
from zappa_xray.tracing.invocation import IN_LAMBDA, invocation
from zappa_xray.tracing.log_records import scrubbed_record

request_log = logging.getLogger("zappa_xray.request")
work_log = logging.getLogger("zappa_xray.work")

# Locally runserver prints a line for each request.
LEVEL = logging.INFO if IN_LAMBDA else logging.DEBUG


class TraceContextFilter(logging.Filter):
    """Sets `trace_id` and `request_id` on each record, None where they are not known.

    It also takes Django's `request` away, which is written with its query string, and puts the
    route in place of the path of a 4xx, unless LOG_PATHS is set.
    """

    def filter(self, record: logging.LogRecord) -> logging.LogRecord:
        if type(record) is EndOfWork:
            return record  # ours, which has its ids and nothing to hide
        if "request" in vars(record):
            record = copy.copy(record)  # another handler may need the request
            _write_route(record, vars(record).pop("request"))
        record = scrubbed_record(record)
        if "trace_id" not in vars(record):
            work = running()
            ids = (work.trace_id, work.request_id) if work else invocation.ids()
            record.trace_id, record.request_id = ids
        return record


def _write_route(record: logging.LogRecord, request: Any) -> None:
    # Django tells "Not Found: /the/path/" and the like, with what is no ASCII written as \xe9.
    path, work = getattr(request, "path", ""), work_of(request)
    status = getattr(record, "status_code", 0)
    if work and 400 <= status < 500 and isinstance(record.args, tuple) and not settings.log_paths:
        route, paths = work.facts.get("route"), (path, path.encode("unicode_escape").decode())
        record.args = tuple(route if value in paths else value for value in record.args)


def log_end(work: InFlight) -> None:
    """Writes the line of a request or a piece of work that has ended."""
    log = request_log if "route" in work.facts else work_log
    if log.isEnabledFor(LEVEL):
        fields = work.log_fields()
        log.handle(record_of_end(log, LEVEL, _sentence(work, fields), fields))


def _sentence(work: InFlight, fields: dict[str, Any]) -> str:
    status = fields.get("status") or ("ended" if work.exception is None else "failed")
    sentence = f"{work.title} {status} in {fields['ms']} ms"
    if fields.get("cold_start"):
        sentence += ", a cold start"
    if "killed_title" in fields:
        sentence += f", the first after {fields['killed_title']} was killed"
    if work.streams and work.exception is not None:
        sentence += f", broken while it was sent: {type(work.exception).__name__}"
    return sentence
