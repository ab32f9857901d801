"""Where the SDK keeps what is open: for each thread and coroutine, quietly, and quickly in Lambda."""

import contextlib
import time
from contextvars import ContextVar
from typing import Any

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.models.dummy_entities import DummySegment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.models.trace_header import TraceHeader

from zappa_xray.tracing.entities import FunctionSegment, OpenSubsegment, sampled_segment
from zappa_xray.tracing.header import parsed
from zappa_xray.tracing.invocation import header_now
from zappa_xray.tracing.mending import usable_name

NOTHING_OPEN = DummySegment("nothing open")

# A segment and the subsegments below it, the innermost last.
Stack = tuple[Any, ...]
_open: ContextVar[Stack] = ContextVar("open", default=())
_header: ContextVar[bytes | None] = ContextVar("header", default=None)


def innermost() -> Any:
    """What was opened last in this thread or coroutine, also when it has ended; None at first."""
    stack = _open.get()
    return stack[-1] if stack else None


def is_open(entity: Any) -> bool:
    """Whether a subsegment is open in this thread or coroutine, below what has not ended yet."""
    xray_recorder.get_trace_entity()  # forgets what an earlier invocation has left
    stack = _open.get()
    return any(one is entity for one in stack) and stack[0].in_progress


class QuietContext(Context):
    """For outside Lambda: a query without a request, as in `migrate`, is simply not recorded.

    The SDK raises, logs an error, or at the very least warns, once for each query. Coroutines
    inherit what is open and cannot disturb it. What a service has ended itself, with `close()`, is
    no parent of what comes next; the SDK raises AlreadyEndedException then.
    """

    def stack(self) -> Stack:
        """What is open in this thread or coroutine."""
        entities = _open.get()
        while len(entities) > 1 and not entities[-1].in_progress:
            entities = entities[:-1]
        return entities

    def get_trace_entity(self) -> Any:
        stack = self.stack()
        return stack[-1] if stack else NOTHING_OPEN

    def put_segment(self, segment: Any) -> None:
        _open.set((segment,))

    def end_segment(self, end_time: float | None = None) -> None:
        if (stack := _open.get()) and stack[0].in_progress:
            stack[0].close(end_time)

    def put_subsegment(self, subsegment: Subsegment) -> None:
        if (stack := self.stack()) and stack[-1].in_progress:
            stack[-1].add_subsegment(subsegment)
            _open.set((*stack, subsegment))

    def end_subsegment(self, end_time: float | None = None) -> bool:
        stack = _open.get()
        if len(stack) < 2:
            return False
        if stack[-1].in_progress:
            stack[-1].close(end_time)
        _open.set(stack[:-1])
        return True

    def set_trace_entity(self, trace_entity: Any) -> None:
        segment = getattr(trace_entity, "parent_segment", None)
        _open.set((segment, trace_entity) if segment else (trace_entity,))

    def clear_trace_entities(self) -> None:
        _open.set(())

    def begin_call(self, name: str) -> Any:
        """Opens the subsegment of a query; None where nothing is recorded."""
        if not self.get_trace_entity().sampled:
            return None
        return xray_recorder.begin_subsegment(name, "remote")

    def end_call(self, call: Any) -> None:
        """Ends what `begin_call` has opened."""
        xray_recorder.end_subsegment()


class InvocationContext(QuietContext):
    """For Lambda: everything lies below the function's own segment, which the trace header names.

    The header is read when the environment has another one, once an invocation; the SDK parses it
    at each look at the context, some seven times a request and six a query. What was left open in
    an earlier invocation is forgotten.
    """

    def stack(self) -> Stack:
        header = header_now()
        stack = super().stack()
        if stack and (header is None or header == _header.get()):
            return stack
        _header.set(header)
        told = _parsed(header)
        if not stack or (told.root and told.root != stack[0].trace_id):
            stack = (_function_segment(told),)
            _open.set(stack)
        return stack

    def begin_invocation(self, name: str, header: bytes | None) -> Any:
        """Opens the subsegment of a request or of work, below what the header says.

        The SDK keeps the segment of the last invocation when the trace is the same (a retry of an
        asynchronous invocation) or when there is no header any more.
        """
        _header.set(header)
        segment = sampled_segment(header) or _function_segment(_parsed(header))
        if not segment.sampled:
            _open.set((segment,))
            return xray_recorder.begin_subsegment(usable_name(name))
        subsegment = OpenSubsegment(name, "local", segment, segment)
        _open.set((segment, subsegment))
        return subsegment

    def begin_call(self, name: str) -> Any:
        """Opens the subsegment of a query, with one look at what is open; None without sampling."""
        stack = self.stack()
        parent = stack[-1]
        if not parent.sampled:
            return None
        call = OpenSubsegment(name, "remote", stack[0], parent)
        _open.set((*stack, call))
        return call

    def end_call(self, call: Any) -> None:
        """Ends what `begin_call` has opened, and sends it; with what is left open below it."""
        *above, innermost = _open.get() or (None,)
        if innermost is not call or call.subsegments or not call.in_progress:
            xray_recorder.end_subsegment()
            return
        call.end_time = time.time()
        call.in_progress = False
        _open.set(tuple(above))
        self.send(call, above[-1])

    def end_subsegment(self, end_time: float | None = None) -> bool:
        """Ends the innermost and sends it; False, because then the recorder has nothing to do.

        The recorder looks through all that is open, by recursion, for what it may send.
        """
        stack = _open.get()
        if len(stack) > 1:
            innermost = stack[-1]
            if innermost.in_progress:
                innermost.close(end_time)
            _open.set(stack[:-1])
            self.send(innermost, stack[-2])
        return False

    def send(self, ended: Any, parent: Any) -> None:
        """Sends a subsegment that has ended below `parent`."""
        if ended.sampled:
            with contextlib.suppress(Exception):  # the service's own code has taken it away
                parent.subsegments.remove(ended)
            xray_recorder.emitter.send_entity(ended)

    def put_segment(self, segment: Any) -> None:
        """Does nothing: Lambda itself makes the segment."""

    def end_segment(self, end_time: float | None = None) -> None:
        """Does nothing: Lambda itself ends the segment."""

    def put_subsegment(self, subsegment: Subsegment) -> None:
        if not isinstance(self.stack()[0], DummySegment):
            super().put_subsegment(subsegment)

    def clear_trace_entities(self) -> None:
        for segment in _open.get()[:1]:
            segment.subsegments.clear()  # no circle is left for the garbage collector
        super().clear_trace_entities()

    def set_trace_entity(self, trace_entity: Any) -> None:
        super().set_trace_entity(trace_entity)
        _header.set(header_now())


def _parsed(header: bytes | None) -> TraceHeader:
    return parsed((header or b"").decode(errors="replace"))


def _function_segment(header: TraceHeader) -> Any:
    """Stands for the segment that Lambda sends; a dummy in the init phase and without tracing."""
    if not header.root or not header.parent or header.sampled is None:
        segment: Any = DummySegment()
    else:
        segment = FunctionSegment(header.root, header.parent, header.sampled == 1)
    segment.save_origin_trace_header(header)
    return segment
