"""What is told of work that has passed its deadline: documents for X-Ray, one log line."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from aws_xray_sdk.core import xray_recorder

from zappa_xray.tracing.causes import working_directory
from zappa_xray.tracing.documents import Document, in_progress_document
from zappa_xray.tracing.in_flight import InFlight, current
from zappa_xray.tracing.scrubbing import scrubbed
from zappa_xray.tracing.stack import (
    VIEW_IS_CALLED_BY,
    Frames,
    described,
    frames_of_coroutines,
    frames_of_thread,
    innermost_own,
)
from zappa_xray.tracing.waits import waits_of

logger = logging.getLogger(__name__)

# What is outside our own frames is the runtime's, Zappa's, and of no request.
RECORDING = tuple(
    f"zappa_xray.tracing.{module}" for module in ("middleware", "invocations", "background")
)
INNERMOST = 8  # frames in the log's line: they tell a connect from what is sent over it


class Findings:
    """Works facts out one by one: one that fails does not lose the others."""

    def __init__(self) -> None:
        self.failures: dict[str, str] = {}

    def work_out(self, name: str, find: Callable[[], Any], otherwise: Any) -> Any:
        """What `find` returns; `otherwise` when it raises, and why stands in `failures`."""
        try:
            return find()
        except Exception as error:
            self.failures[name] = type(error).__name__
            logger.debug("%s: not worked out", name, exc_info=True)
            return otherwise


def report(work: InFlight) -> None:
    """Sends a copy with `timed_out`, a complete child with the same, and each open call; logs it."""
    findings = Findings()
    frames = findings.work_out("frames", lambda: _frames(work), [])
    stack = findings.work_out("stack", lambda: described(frames), [])
    open_calls = findings.work_out("open calls", lambda: list(_open_below(work.entity)), [])
    facts: dict[str, Any] = {
        "seconds": round(time.monotonic() - work.started, 3),
        "remaining_seconds": findings.work_out("remaining time", work.remaining_seconds, None),
        "in_flight": findings.work_out("in flight", lambda: _in_flight(open_calls, frames), []),
        "where": findings.work_out("where", lambda: _where(work, frames), ""),
        "stack": [f"{frame['path']}:{frame['line']} {frame['label']}" for frame in stack],
    }
    if findings.failures:
        facts["not_worked_out"] = findings.failures
    message = _sentence(work.title, facts)
    try:
        if work.entity.sampled:
            _send(work, facts, message, stack, open_calls)
    finally:
        work.facts["timed_out"] = True  # for the line of its end, should it come to that
        told = {
            "where": facts["where"],
            "in_flight": findings.work_out("told", lambda: _without_data(facts["in_flight"]), []),
            "innermost": facts["stack"][-INNERMOST:],
        }
        logger.error(message, extra=work.log_fields() | told)


def _send(
    work: InFlight,
    facts: dict[str, Any],
    message: str,
    stack: list[dict[str, Any]],
    open_calls: list[Any],
) -> None:
    entity = work.entity
    exception = {
        "id": os.urandom(8).hex(),
        "type": "DeadlinePassed",
        "message": message,
        "stack": stack,
    }
    failed = {
        "fault": True,
        "cause": {"working_directory": working_directory(), "exceptions": [exception]},
    }
    entity.annotations["timed_out"] = True
    work.note("deadline", facts)
    copy = in_progress_document(entity) | failed
    xray_recorder.emitter.send_document(_child(copy))
    xray_recorder.emitter.send_document(copy)
    work.copy_is_sent = True
    for call in open_calls:
        xray_recorder.emitter.send_document(in_progress_document(call))


def _without_data(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {key: scrubbed(value) if isinstance(value, str) else value for key, value in call.items()}
        for call in calls
    ]


def _child(copy: Document) -> Document:
    # X-Ray promises to take one copy in progress of an id, and this may be the second:
    # https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
    kept = ("trace_id", "start_time", "fault", "cause", "annotations", "metadata")
    return {key: copy[key] for key in kept if key in copy} | {
        "id": os.urandom(8).hex(),
        "name": "deadline",
        "type": "subsegment",
        "parent_id": copy["id"],
        "end_time": time.time(),
        "in_progress": False,
    }


def _frames(work: InFlight) -> Frames:
    """The frames inside our own recording: of the thread, then of a coroutine that it waits for."""
    frames = frames_of_thread(work.thread_id)
    modules = [frame.f_globals.get("__name__") for frame, _ in frames]
    recording = next((module for module in RECORDING if module in modules), None)
    inside = frames[modules.index(recording) + 1 :] if recording else frames
    return inside + frames_of_coroutines(lambda context: context.get(current) is work)


def _where(work: InFlight, frames: Frames) -> str:
    calls = [
        index
        for index, (frame, _) in enumerate(frames)
        if (frame.f_globals.get("__name__"), frame.f_code.co_name) == VIEW_IS_CALLED_BY
    ]
    if calls:
        return innermost_own(frames[calls[-1] :]) or _name(work.view)
    # A middleware before the view or after it, or the response while it is sent.
    return innermost_own(frames) or (_name(work.view) if work.answered else "")


def _name(view: Any) -> str:
    # Django and DRF make a function of each class; it keeps the class.
    view = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
    while isinstance(view, partial):
        view = view.func
    if not hasattr(view, "__qualname__"):  # an object that can be called, such as a Feed
        view = type(view)
    return f"a library, for {view.__module__}.{view.__qualname__}" if view else ""


def _open_below(entity: Any) -> Iterator[Any]:
    for child in list(entity.subsegments) if entity.sampled else ():
        if child.in_progress:
            yield child
            yield from _open_below(child)


def _in_flight(open_calls: list[Any], frames: Frames) -> list[dict[str, Any]]:
    """The open subsegments, and what the stack waits for that is none of them."""
    waits = waits_of(frames)
    described_calls = []
    for call in open_calls:
        description = {"name": call.name, "seconds": round(time.time() - call.start_time, 3)}
        request = call.http.get("request", {})
        if sql := call.sql.get("sanitized_query"):
            waits.pop("sql", None)
            description["sql"] = str(sql)
        elif address := call.sql.get("url"):
            waits.pop("call", None)
            description["call"] = address
        elif call.namespace != "local" and (wait := waits.pop("call", None)):
            # The SDK writes what it calls into a subsegment only when the call has ended.
            description["call"] = wait["call"]
        elif request:
            description["call"] = f"{request.get('method')} {request.get('url')}"
        described_calls.append(description)
    return [*described_calls, *waits.values()]


def _sentence(title: str, facts: dict[str, Any]) -> str:
    parts = [f"{title} has not finished after {facts['seconds']:.1f} s"]
    if facts["remaining_seconds"] is not None:
        parts.append(f"{facts['remaining_seconds']:.1f} s are left")
    if facts["where"]:
        parts.append(f"it is in {facts['where']}")
    if facts["in_flight"]:
        call = facts["in_flight"][-1]
        what = call.get("sql") or " ".join(filter(None, (call["name"], call.get("call"))))
        parts.append(
            f"{what} runs for {call['seconds']:.1f} s"
            if "seconds" in call
            else f"it waits for {what}"
        )
    return "; ".join(parts)
