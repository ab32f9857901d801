"""What became of one request: plain values, worked out by whoever has the documents or the log."""

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """What a request waited for or failed of, in words."""

    QUERY = "stuck query"
    CONNECT = "stuck connect"
    CALL = "stuck outgoing call"
    OWN_CODE = "own code"
    C_CODE = "C code"
    COLD_START = "cold start"
    THROTTLED = "throttled"
    CRASHED = "crash"
    OUT_OF_MEMORY = "out of memory"
    TOO_LARGE = "too large an answer"
    REFUSED = "refused by the gateway"
    FAILED = "exception"
    ANSWERED = "answered"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Verdict:
    """Of one request. Times are in seconds since its start, durations in seconds, None: not known.

    title           method and route, such as `POST /api/orders/`
    cause           what it waited for or failed of
    seconds         how long it waited for that, or ran
    what            the statement, the call or the address that it waited for; the exception; what
                    the gateway says of a refusal
    where           the owner's line, `orders/views.py:41 create`
    status          what the client got, at `answered_at`
    killed_at       when Lambda killed it
    cold_starts     what each of the next requests paid
    """

    title: str
    cause: Cause
    seconds: float | None = None
    what: str = ""
    where: str = ""
    status: int | None = None
    answered_at: float | None = None
    killed_at: float | None = None
    cold_starts: tuple[float, ...] = ()
