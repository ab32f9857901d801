"""What a process is doing: one InFlight for each request or piece of background work."""

import os
import threading
import time
from contextvars import ContextVar
from typing import Any

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.lambda_launcher import LAMBDA_TRACE_HEADER_KEY, LambdaContext
from aws_xray_sdk.core.models.throwable import Throwable
from aws_xray_sdk.core.models.trace_header import TraceHeader

from zappa_xray.tracing.conf import settings
from zappa_xray.tracing.deadline import watcher
from zappa_xray.tracing.documents import in_progress_document
from zappa_xray.tracing.stack import described, frames_of_exception

# The SDK decides when it is imported whether it runs in Lambda.
IN_LAMBDA = isinstance(xray_recorder.context, LambdaContext)

# Beyond MAX_SUBSEGMENTS a quicker one is counted and not sent.
SLOW_SECONDS = 0.05

current: ContextVar["InFlight | None"] = ContextVar("in_flight", default=None)
# Lambda's header of the last invocation with a request id, and that id: lines are logged after its
# end, too, and a later invocation may not tell its own.
last_invocation: ContextVar[tuple[str | None, str | None]] = ContextVar(
    "last_invocation", default=(None, None)
)


class InFlight:
    """A request or a piece of background work, from `begin` to `end`.

    `entity` is its subsegment (in Lambda) or segment, a dummy when it is not sampled;
    `deadline` is in seconds of time.monotonic(); `exception` is the cause of a failure; `view` is
    the function that answers a request, once it is known.
    """

    def __init__(self, name: str, header: TraceHeader, lambda_context: Any = None) -> None:
        self.entity = _open(name, header)
        self.title = name
        self.lambda_context = lambda_context
        self.request_id: str | None = getattr(lambda_context, "aws_request_id", None)
        self.thread_id = threading.get_ident()
        self.lock = threading.Lock()
        self.ended = False
        self.view: Any = None
        self.exception: BaseException | None = None
        self.subsegments_sent = 0
        self.subsegments_left_out = 0
        self.seconds_left_out = 0.0
        self.started = time.monotonic()
        self.deadline = self.started + self._seconds_allowed()
        self._token = current.set(self)
        last_invocation.set((os.environ.get(LAMBDA_TRACE_HEADER_KEY), self.request_id))
        watcher.watch(self)

    def _seconds_allowed(self) -> float:
        remaining = self.remaining_seconds()
        if remaining is None:
            return settings.deadline_seconds
        # A margin that is most of the function's time would report what has hardly begun.
        usable = max(remaining - settings.margin_seconds, remaining / 2)
        return min(settings.deadline_seconds, usable)

    def remaining_seconds(self) -> float | None:
        """Seconds until Lambda ends the function; None where there is no such end."""
        ask = getattr(self.lambda_context, "get_remaining_time_in_millis", None)
        return float(ask()) / 1000 if ask else None

    def send_in_progress(self) -> None:
        """Sends a copy that stays if the process is killed; the complete one replaces it."""
        if self.entity.sampled:
            xray_recorder.emitter.send_document(in_progress_document(self.entity))

    def leaves_out(self, subsegment: Any) -> bool:
        """Whether an ended subsegment is only counted: one of too many, quick and without fault."""
        seconds = subsegment.end_time - subsegment.start_time
        if (
            self.subsegments_sent < settings.max_subsegments
            or seconds >= SLOW_SECONDS
            or hasattr(subsegment, "fault")
        ):
            self.subsegments_sent += 1
            return False
        self.subsegments_left_out += 1
        self.seconds_left_out += seconds
        return True

    def stop_watching(self) -> None:
        """After this no alarm comes any more; one that is being written is waited for."""
        watcher.forget(self)

    def end(self) -> None:
        """Ends the entity and whatever is still open below it, and sends it."""
        current.reset(self._token)
        entity = self.entity
        if not entity.in_progress or not global_sdk_config.sdk_enabled():
            return
        if self.subsegments_left_out and entity.sampled:
            entity.put_metadata(
                "left_out",
                {"subsegments": self.subsegments_left_out, "seconds": self.seconds_left_out},
                "tracing",
            )
        # Ending a parent does not end its children: it would never be sent.
        while (open_child := xray_recorder.current_subsegment()) and open_child is not entity:
            xray_recorder.end_subsegment()
        if IN_LAMBDA:
            xray_recorder.end_subsegment()
        else:
            xray_recorder.end_segment()

    def add_cause(self) -> None:
        """Records the exception as the cause, whether or not a subsegment has recorded it too."""
        if self.exception is None or not self.entity.sampled:
            return
        throwable = Throwable(self.exception, None)
        throwable.stack = described(frames_of_exception(self.exception))
        self.entity.add_fault_flag()
        self.entity.cause = {"working_directory": os.getcwd(), "exceptions": [throwable]}


def _open(name: str, header: TraceHeader) -> Any:
    if IN_LAMBDA:
        # The SDK keeps the segment of the last invocation when the trace is the same (a retry of an
        # asynchronous invocation) or when there is no header any more.
        xray_recorder.clear_trace_entities()
        return xray_recorder.begin_subsegment(name)
    sampling = header.sampled if header.sampled in (0, 1) else None
    return xray_recorder.begin_segment(name, header.root, header.parent, sampling)
