"""The last request of a stage that timed out, by Logs Insights over both of its logs."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError

from zappa_xray.traceview.documents import TRACE_ID
from zappa_xray.traceview.insights import Insights, Row
from zappa_xray.traceview.stage import Stage

IN_FUNCTION = (
    "fields @timestamp, @message | filter (ispresent(timed_out) and ispresent(route))"
    " or (@message like /Status: timeout/ and @message like /XRAY TraceId/)"
    ' or @message like /"platform.report".*"status": ?"timeout"/'
    " | sort @timestamp desc | limit 20"
)
IN_ACCESS = (
    'fields @timestamp, @message | filter error = "INTEGRATION_TIMEOUT"'
    " | sort @timestamp desc | limit 20"
)


def last_time_out(
    logs: Any, stage: Stage, start: datetime, end: datetime, tell: Callable[[str], object]
) -> str | None:
    """Return the trace id of the last request between start and end that timed out, None without one.

    Raises CommandError when the function's log cannot be asked, or none of them has an id. An API need
    have no access log.
    """
    group = f"/aws/lambda/{stage.function}"
    rows = Insights(logs, group, tell).rows(IN_FUNCTION, start, end, "Time-outs")
    with suppress(CommandError):
        access = Insights(logs, f"/aws/apigateway/{stage.function}", tell)
        rows += access.rows(IN_ACCESS, start, end, "Time-outs")
    found = list(_with_id(rows))
    if rows and not found:
        raise CommandError(
            f"The last time-outs have no trace id, the last at {max(map(_moment, rows))} UTC: of such a"
            f" request nothing can be joined. The log {group} has its lines; the doctor says why X-Ray's"
            " header does not come."
        )
    return max(found)[1] if found else None


def _with_id(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if trace_id := TRACE_ID.search(row.get("@message", "")):
            yield _moment(row), trace_id[0]


def _moment(row: Row) -> str:
    return row.get("@timestamp", "")
