"""A line of the gateway's access log: what the client got, and when."""

from dataclasses import dataclass

from zappa_xray.traceview.amounts import milliseconds, status_in
from zappa_xray.traceview.documents import Document

ABSENT = "-"


@dataclass(frozen=True)
class Access:
    """A request as the gateway saw it: times in seconds since 1970, latencies in seconds.

    `error` is the type of the gateway's own response, empty where the function's answer went on.
    """

    at: float | None
    method: str
    status: int | None
    latency: float | None
    integration_status: int | None
    request_id: str
    error: str
    message: str


def access_of(line: Document) -> Access:
    """Read a line of the access log, whose values are texts, and a dash where there is none."""
    return Access(
        at=_seconds_since_1970(line.get("time")),
        method=_text(line.get("method")),
        status=status_in(line.get("status")),
        latency=milliseconds(line.get("responseLatency")),
        integration_status=status_in(line.get("integrationStatus")),
        request_id=_text(line.get("lambdaRequestId")),
        error=_text(line.get("error")),
        message=_text(line.get("errorMessage")),
    )


def _text(value: object) -> str:
    return "" if value in (None, ABSENT) else str(value)


def _seconds_since_1970(value: object) -> float | None:
    """Read the gateway's time, which is in milliseconds: more of them than any duration has."""
    text = str(value)
    return int(text) / 1000 if text.isdecimal() and len(text) < 15 else None
