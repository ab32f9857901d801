"""What is told of a request that has passed its deadline: documents for X-Ray, one log line."""

import logging
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aws_xray_sdk.core import xray_recorder

from zappa_xray.tracing.documents import Document, in_progress_document
from zappa_xray.tracing.stack import Frames, described, frames_of_thread, innermost_own

if TYPE_CHECKING:
    from zappa_xray.tracing.in_flight import InFlight

logger = logging.getLogger(__name__)


def report(work: "InFlight") -> None:
    """Sends a copy with `timed_out` and one of each open call below it, and logs the same."""
    frames = frames_of_thread(work.thread_id)
    stack = described(frames)
    open_calls = list(_open_below(work.entity))
    outgoing = _outgoing_calls(frames)
    facts = {
        "seconds": round(time.monotonic() - work.started, 3),
        "remaining_seconds": work.remaining_seconds(),
        "in_flight": [_description(call, outgoing.get(call.id)) for call in open_calls],
        "where": innermost_own(stack) or _name(work.view),
        "stack": [f"{frame['path']}:{frame['line']} {frame['label']}" for frame in stack],
    }
    message = _sentence(work.title, facts)
    if work.entity.sampled:
        work.entity.annotations["timed_out"] = True
        work.entity.put_metadata("deadline", facts, "tracing")
        xray_recorder.emitter.send_document(_timed_out_document(work.entity, message, stack))
        for call in open_calls:
            xray_recorder.emitter.send_document(in_progress_document(call))
    logger.error(message, extra={"trace_id": work.entity.trace_id, "request_id": work.request_id})


def _timed_out_document(entity: Any, message: str, stack: list[dict[str, Any]]) -> Document:
    exception = {
        "id": os.urandom(8).hex(),
        "type": "DeadlinePassed",
        "message": message,
        "stack": stack,
    }
    cause = {"working_directory": os.getcwd(), "exceptions": [exception]}
    return in_progress_document(entity) | {"fault": True, "cause": cause}


def _open_below(entity: Any) -> Iterator[Any]:
    for child in list(entity.subsegments):
        if child.in_progress:
            yield child
            yield from _open_below(child)


def _outgoing_calls(frames: Frames) -> dict[str, str]:
    """What the open calls to other services are, by the id of their subsegment.

    The SDK writes it into the subsegment only when the call has ended; until then it stands in the
    arguments of record_subsegment: (operation, ...) of botocore, (method, URL, ...) of requests.
    """
    calls = {}
    for frame, _ in frames:
        names = frame.f_locals if frame.f_code.co_name == "record_subsegment" else {}
        arguments = [*names.get("args", ()), *names.get("kwargs", {}).values()]
        if names.get("namespace") in ("aws", "remote") and names.get("subsegment"):
            match arguments:
                case [str(method), str(url), *_]:
                    calls[names["subsegment"].id] = f"{method.upper()} {url.partition('?')[0]}"
                case [str(operation), *_]:
                    calls[names["subsegment"].id] = operation
    return calls


def _name(view: Any) -> str:
    # Django and DRF make a function of each class; it keeps the class.
    view = getattr(view, "view_class", None) or getattr(view, "cls", view)
    return f"a library, for {view.__module__}.{view.__qualname__}" if view else ""


def _description(call: Any, outgoing: str | None) -> dict[str, Any]:
    description = {"name": call.name, "seconds": round(time.time() - call.start_time, 3)}
    request = call.http.get("request", {})
    if sql := call.sql.get("sanitized_query"):
        description["sql"] = sql
    elif outgoing or request:
        description["call"] = outgoing or f"{request.get('method')} {request.get('url')}"
    elif address := call.sql.get("url"):
        description["call"] = address
    return description


def _sentence(title: str, facts: dict[str, Any]) -> str:
    parts = [f"{title} has not finished after {facts['seconds']:.1f} s"]
    if facts["remaining_seconds"] is not None:
        parts.append(f"{facts['remaining_seconds']:.1f} s are left")
    if facts["where"]:
        parts.append(f"it is in {facts['where']}")
    if facts["in_flight"]:
        call = facts["in_flight"][-1]
        what = call.get("sql") or " ".join(filter(None, (call["name"], call.get("call"))))
        parts.append(f"{what} runs for {call['seconds']:.1f} s")
    return "; ".join(parts)
