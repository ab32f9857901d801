"""What a process is doing: one InFlight for each request or piece of background work."""

import logging
import math
import threading
import time
from contextvars import ContextVar
from typing import Any

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.dummy_entities import DummySegment
from aws_xray_sdk.core.models.trace_header import TraceHeader

from zappa_xray.tracing.causes import cause_of
from zappa_xray.tracing.conf import settings
from zappa_xray.tracing.context import innermost
from zappa_xray.tracing.invocation import IN_LAMBDA, header_now, invocation
from zappa_xray.tracing.left_out import LeftOut

logger = logging.getLogger(__name__)

current: ContextVar["InFlight | None"] = ContextVar("in_flight", default=None)


class InFlight:
    """A request or a piece of background work, from its beginning to `end`.

    `entity` is its subsegment (in Lambda) or segment, a dummy when it is not sampled; `trace_id` is
    known all the same when Lambda or a header told it; `deadline` is in seconds of
    time.monotonic(); `exception` is the cause of a failure; `view` is the function that answers a
    request, once it is known; `facts` is what its log lines tell of it.
    """

    def __init__(
        self,
        name: str,
        header: TraceHeader,
        lambda_context: Any = None,
        seconds: float = math.inf,
    ) -> None:
        self.outer = running()
        self._outer_entity = xray_recorder.get_trace_entity() if self.outer else None
        self.title = name
        self.facts: dict[str, Any] = {}
        self.lambda_context = lambda_context
        self.request_id: str | None = getattr(lambda_context, "aws_request_id", None)
        self.thread_id = threading.get_ident()
        self.lock = threading.Lock()
        self.ended = self.answered = self.streams = self.copy_is_sent = False
        self.view: Any = None
        self.exception: BaseException | None = None
        self.left_out = LeftOut()
        self.started = time.monotonic()
        self.deadline = self.started + self._seconds_allowed(seconds)
        told = header_now() if IN_LAMBDA else None
        invocation.begin(self.request_id, told)
        if self.request_id is None and IN_LAMBDA:  # a thread of an invocation's
            self.request_id = invocation.ids()[1]
        self.entity = _open(name, header, told)
        entity = self.entity
        self._own = {
            "annotations": entity.annotations,
            "http": entity.http,
            "metadata": entity.metadata,
        }
        self.trace_id: str | None = self.entity.trace_id
        if not self.entity.sampled:
            self.trace_id = invocation.ids()[0] if IN_LAMBDA else header.root
        current.set(self)

    def _seconds_allowed(self, seconds: float) -> float:
        remaining = self.remaining_seconds()
        if remaining is None:
            return seconds
        # A margin that is most of the function's time would report what has hardly begun.
        return min(seconds, max(remaining - settings.margin_seconds, remaining / 2))

    def remaining_seconds(self) -> float | None:
        """Seconds until Lambda ends the function; None where there is no such end."""
        ask = getattr(self.lambda_context, "get_remaining_time_in_millis", None)
        return float(ask()) / 1000 if ask else None

    def log_fields(self) -> dict[str, Any]:
        """What each log line of it tells, in JSON in Lambda."""
        return {
            "trace_id": self.trace_id,
            "request_id": self.request_id,
            **self.facts,
            "ms": round((time.monotonic() - self.started) * 1000, 1),
        }

    def send_in_progress(self) -> None:
        """Sends the one copy that stays if the process is killed; the complete one replaces it."""
        if self.entity.sampled and not self.copy_is_sent:
            self.copy_is_sent = True
            xray_recorder.emitter.send_in_progress(self.entity)

    def note(self, key: str, value: Any) -> None:
        """Puts metadata of tracing's own on the entity."""
        self.entity.metadata.setdefault("tracing", {})[key] = value

    def put_status(self, status: int) -> None:
        """Records the status of a request's answer, and what it means to X-Ray."""
        self.facts["status"] = status
        if self.entity.sampled:
            self.entity.annotations["status"] = status
            self.entity.http.setdefault("response", {})["status"] = status
            self.entity.apply_status_code(status)

    def add_cause(self) -> None:
        """Records the exception as the cause, whether or not a subsegment has recorded it too."""
        if self.exception is not None and self.entity.sampled:
            self.entity.fault = True
            self.entity.cause = cause_of(self.exception)

    def reopen(self) -> None:
        """Takes back what the service's own code has done to the entity by mistake.

        That is its end, and another object in the place of one that was being filled.
        """
        state = vars(self.entity)
        if not state.get("in_progress"):
            state["in_progress"] = True
            state.pop("end_time", None)
        for key, own in self._own.items():
            if (given := state.get(key)) is not own:
                both = {**given, **own} if isinstance(given, dict) else own
                state[key] = self._own[key] = both

    def close(self) -> None:
        """Ends the entity and what is still open below it in this thread, and sends it."""
        entity = self.entity
        if not entity.sampled:
            return
        self.reopen()
        if innermost() is not entity:
            try:
                end_below(entity)
            except Exception:
                logger.exception("What is open below %s was not ended", self.title)
        if count := self.left_out.subsegments:
            self.note("left_out", {"subsegments": count, "seconds": self.left_out.seconds})
        entity.end_time, entity.in_progress = time.time(), False
        xray_recorder.emitter.send_entity(entity)

    def leave(self) -> None:
        """Clears the context, so that nothing of this is carried into what comes next."""
        current.set(self.outer)
        if self._outer_entity is not None:
            xray_recorder.set_trace_entity(self._outer_entity)
        else:
            xray_recorder.context.clear_trace_entities()


def running() -> InFlight | None:
    """What this thread or coroutine works on, unless it has ended, maybe elsewhere."""
    work = current.get()
    return work if work and not work.ended else None


def work_of(request: Any) -> InFlight | None:
    """What records a request, also one that a middleware has put in the place of what came."""
    work: InFlight | None = getattr(request, "in_flight", None)
    return work or running()


def end_below(entity: Any) -> None:
    """Ends what is open below an entity in this thread: it would never be sent."""
    while (child := xray_recorder.current_subsegment()) and child is not entity:
        xray_recorder.end_subsegment()
        if xray_recorder.current_subsegment() is child:
            break


def _open(name: str, header: TraceHeader, told: bytes | None) -> Any:
    try:
        if IN_LAMBDA:
            return xray_recorder.context.begin_invocation(name, told)
        sampling = header.sampled if header.sampled in (0, 1) else None
        segment = xray_recorder.begin_segment(name, header.root, header.parent, sampling)
        segment.save_origin_trace_header(header)  # its further fields go on with outgoing calls
        return segment
    except Exception:
        logger.exception("Nothing is recorded of %s: the X-Ray SDK failed", name)
        return DummySegment()
