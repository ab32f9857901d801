"""What the report of a deadline says: what the request waited for when it had run out of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zappa_xray.traceview.amounts import amount, status_in
from zappa_xray.traceview.documents import Document, mappings_at
from zappa_xray.traceview.entity import Entity
from zappa_xray.traceview.trace import Trace
from zappa_xray.traceview.why.verdict import Cause, Verdict

# In whose frames the innermost wait is for a connection and not for what is sent over it.
CONNECTING = ("connect", "create_connection", "getaddrinfo", "_new_conn", "ensure_connection")
INNERMOST = 8


@dataclass(frozen=True)
class Waiting:
    """What was waited for, and since how many seconds, when the deadline had passed."""

    cause: Cause
    seconds: float | None
    what: str
    where: str


def waiting_of(facts: Document) -> Waiting:
    """Read the metadata `tracing.deadline` of a request, or the log's line with the same.

    Whatever is missing is left open.
    """
    where = str(facts.get("where") or "")
    calls = mappings_at(facts, "in_flight")
    call: Document = calls[-1] if calls else {}
    seconds = amount(call.get("seconds", facts.get("seconds")))
    what = str(call.get("sql") or call.get("call") or call.get("name") or "")
    if not what:
        return Waiting(Cause.OWN_CODE, amount(facts.get("seconds")), "", where)
    if call.get("sql"):
        return Waiting(Cause.QUERY, seconds, what, where)
    if _connects(call, facts.get("stack", facts.get("innermost"))):
        return Waiting(Cause.CONNECT, seconds, what, where)
    if call.get("call"):
        return Waiting(Cause.CALL, seconds, what, where)
    return Waiting(Cause.OWN_CODE, amount(facts.get("seconds")), "", where)


def killed(trace: Trace) -> Verdict | None:
    """Return what is known of a request that passed its deadline; None when there is no report."""
    entity = trace.request
    facts = deadline_facts(entity)
    if not facts:
        return None
    waiting = waiting_of(facts)
    words = (entity.annotations.get("method"), entity.annotations.get("route"))
    title = " ".join(str(word) for word in words if word) or entity.name
    root = trace.root
    status = status_in(root.status)
    answered = root is not entity and not root.in_progress and status is not None
    return Verdict(
        title=title,
        cause=waiting.cause,
        seconds=waiting.seconds,
        what=waiting.what,
        where=waiting.where,
        status=status if answered else None,
        answered_at=root.duration if answered else None,
    )


def deadline_facts(entity: Entity) -> Document:
    """Return what the deadline of a request reported, on itself or on the child sent for it."""
    for candidate in (entity, *entity.children):
        metadata = candidate.document.get("metadata")
        tracing = metadata.get("tracing") if isinstance(metadata, dict) else None
        facts = tracing.get("deadline") if isinstance(tracing, dict) else None
        if isinstance(facts, dict):
            return facts
    return {}


def _connects(call: Document, stack: Any) -> bool:
    if str(call.get("name", "")).startswith("connect ") or call.get("name") == "DNS":
        return True
    frames: Iterable[Any] = stack[-INNERMOST:] if isinstance(stack, list) else ()
    return any(str(frame).rpartition(" ")[2] in CONNECTING for frame in frames)
