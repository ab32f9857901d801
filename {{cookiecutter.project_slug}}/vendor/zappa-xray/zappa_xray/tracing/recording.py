"""The life of a piece of work: begin, announce, end. None of it can make the work itself fail."""

import logging
import math
import os
from collections.abc import Callable
from typing import Any

from aws_xray_sdk.core.models.trace_header import TraceHeader

from zappa_xray.tracing import init_phase
from zappa_xray.tracing.deadline import DeadlineWatcher
from zappa_xray.tracing.in_flight import InFlight, running
from zappa_xray.tracing.invocation import IN_LAMBDA, invocation
from zappa_xray.tracing.kill_marker import KillMarker
from zappa_xray.tracing.logs import log_end
from zappa_xray.tracing.report import report

logger = logging.getLogger(__name__)

watcher = DeadlineWatcher(report)


class Process:
    """What one process knows of itself: whether it has worked already, and what came before it."""

    def __init__(self) -> None:
        # Provisioned processes are started before anybody waits for them:
        # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
        kind = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE")
        self.is_cold = kind != "provisioned-concurrency"
        name = f"zappa-xray-{os.environ.get('AWS_LAMBDA_FUNCTION_NAME')}"
        self.marker = KillMarker(name) if IN_LAMBDA else None
        self.is_first = True
        self._marked: dict[InFlight, tuple[str, str, str]] = {}

    def describe(self, work: InFlight) -> None:
        """Puts `cold_start` on the work, and on the first one what was killed before it."""
        work.facts["cold_start"] = self.is_cold
        if work.entity.sampled:
            work.entity.annotations["cold_start"] = self.is_cold
        if IN_LAMBDA and not invocation.has_begun:
            return  # the service's modules call what is recorded, and nobody waits for it yet
        if self.is_first and self.marker and (killed := self.marker.take()):
            work.facts |= {f"killed_{key}": value for key, value in killed._asdict().items()}
            work.note("killed_before", killed._asdict())
        self.is_first = False
        if self.is_cold:
            self.mark(work)  # its URLs are imported in a moment, which may take too long
            init_phase.send(work.entity)
        self.is_cold = False

    def mark(self, work: InFlight) -> None:
        """Leaves behind what is in flight, in case that it is killed: what began first."""
        if self.marker:
            self._marked[work] = (work.title, work.trace_id or "", work.request_id or "")
            self.marker.put(next(iter(self._marked.values())))

    def unmark(self, work: InFlight) -> None:
        """Says that it is in flight no more."""
        if self.marker and self._marked.pop(work, None):
            if self._marked:
                self.marker.put(next(iter(self._marked.values())))
            else:
                self.marker.clear()


process = Process()


def attempt[*Given](step: Callable[[*Given], Any], *args: *Given) -> None:
    """Calls a step of recording; what it raises is logged and goes no further."""
    try:
        step(*args)
    except Exception:
        logger.exception("A part of a trace was left out")


def begin(
    name: str, header: TraceHeader, lambda_context: Any = None, seconds: float = math.inf
) -> InFlight:
    """Begins to record and to watch; `seconds` is when it counts as late beside Lambda's own end."""
    end_what_was_left()
    work = InFlight(name, header, lambda_context, seconds)
    attempt(process.describe, work)
    attempt(watcher.watch, work)
    return work


def announce(work: InFlight) -> None:
    """Leaves word of the work, in X-Ray and for the next process, in case that it is killed."""
    attempt(process.mark, work)
    attempt(work.send_in_progress)


def end(work: InFlight) -> None:
    """Sends what is complete, logs it, and clears the context. Does nothing a second time."""
    if work.ended:
        return
    watcher.forget(work)
    try:
        if work.exception is not None:
            attempt(work.add_cause)
        attempt(work.close)
    finally:
        attempt(work.leave)
        attempt(process.unmark, work)
    attempt(log_end, work)


def end_what_was_left() -> None:
    """Ends a request whose response nobody has closed, before the next one begins."""
    if (left := running()) and left.answered:
        if left.streams:
            left.note("stream", "never closed")
        end(left)
