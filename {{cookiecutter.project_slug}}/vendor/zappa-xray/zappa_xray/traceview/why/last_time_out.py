"""The last request of a stage that timed out, by Logs Insights over both of its logs."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError

from zappa_xray.traceview.documents import TRACE_ID
from zappa_xray.traceview.insights import Insights
from zappa_xray.traceview.stage import Stage

IN_FUNCTION = (
    "fields @timestamp, @message | filter (ispresent(timed_out) and ispresent(route))"
    " or (@message like /Status: timeout/ and @message like /XRAY TraceId/)"
    " | sort @timestamp desc | limit 1"
)
IN_ACCESS = (
    'fields @timestamp, @message | filter error = "INTEGRATION_TIMEOUT"'
    " | sort @timestamp desc | limit 1"
)


def last_time_out(
    logs: Any, stage: Stage, start: datetime, end: datetime, tell: Callable[[str], object]
) -> str | None:
    """Return the trace id of the last request between start and end that timed out, None without one.

    Raises CommandError when the function's log cannot be asked. An API need have no access log.
    """
    group = f"/aws/lambda/{stage.function}"
    found = list(_found(Insights(logs, group, tell), IN_FUNCTION, start, end))
    with suppress(CommandError):
        access = Insights(logs, f"/aws/apigateway/{stage.function}", tell)
        found += _found(access, IN_ACCESS, start, end)
    return max(found)[1] if found else None


def _found(
    insights: Insights, query: str, start: datetime, end: datetime
) -> Iterator[tuple[str, str]]:
    for row in insights.rows(query, start, end, "Time-outs"):
        if trace_id := TRACE_ID.search(row.get("@message", "")):
            yield row.get("@timestamp", ""), trace_id[0]
