"""A line of the gateway's access log: what the client got, and when."""

from dataclasses import dataclass

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
    milliseconds, latency = _number(line.get("time")), _number(line.get("responseLatency"))
    status, integration = _number(line.get("status")), _number(line.get("integrationStatus"))
    return Access(
        at=None if milliseconds is None else milliseconds / 1000,
        method=_text(line.get("method")),
        status=None if status is None else int(status),
        latency=None if latency is None else latency / 1000,
        integration_status=None if integration is None else int(integration),
        request_id=_text(line.get("lambdaRequestId")),
        error=_text(line.get("error")),
        message=_text(line.get("errorMessage")),
    )


def _text(value: object) -> str:
    return "" if value in (None, ABSENT) else str(value)


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
