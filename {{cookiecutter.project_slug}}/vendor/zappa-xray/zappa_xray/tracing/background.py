"""Work that no request started, and the parts of it that have a name of their own."""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, overload

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.trace_header import TraceHeader

from zappa_xray.tracing.causes import cause_of
from zappa_xray.tracing.in_flight import InFlight, running, end_below
from zappa_xray.tracing.recording import announce, attempt, begin, end


@overload
def traced[Function: Callable[..., Any]](name: Function) -> Function: ...
@overload
def traced[Function: Callable[..., Any]](
    name: str | None = None,
) -> Callable[[Function], Function]: ...
def traced(name: Any = None) -> Any:
    """Records each call of a function as a subsegment, with its queries below it.

    For the parts of a request, and of the functions that Zappa calls, which are recorded without
    it. Use it as `@traced` or `@traced("a name")`; the name is `module.function` unless told. An
    exception is recorded as a fault with its cause, and goes on. Outside Lambda, a call that no
    request has started becomes a segment of its own.

    Raises TypeError for a coroutine function: coroutines run between each other, and the SDK keeps
    one stack of what is open.
    """
    if callable(name):
        return _wrapped(name, f"{name.__module__}.{name.__qualname__}")
    return lambda function: _wrapped(
        function, name or f"{function.__module__}.{function.__qualname__}"
    )


def _wrapped(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):
        raise TypeError(
            f"@traced cannot record the coroutine function {name}: put it on the plain functions that"
            " it calls"
        )
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        # Zappa tries (event, context), (event) and () until no TypeError comes: a call that
        # does not fit must fail here, before it is recorded.
        signature.bind(*args, **kwargs)
        with part(name) if running() else background_work(name, _lambda_context(args)):
            return function(*args, **kwargs)

    return call


@contextmanager
def part(name: str) -> Iterator[None]:
    """Records what happens inside as a subsegment of what is open."""
    work = running()
    if work and work.title == name and xray_recorder.get_trace_entity() is work.entity:
        yield  # Zappa's call of this very function is recorded already
        return
    attempt(xray_recorder.begin_subsegment, name)
    subsegment = xray_recorder.current_subsegment()
    try:
        yield
    except BaseException as exception:
        attempt(_put_cause, subsegment, exception)
        raise
    finally:
        attempt(_end_part, subsegment)


def _put_cause(subsegment: Any, exception: BaseException) -> None:
    if subsegment.sampled:
        subsegment.fault, subsegment.cause = True, cause_of(exception)


def _end_part(subsegment: Any) -> None:
    if subsegment.in_progress:
        end_below(subsegment)
        xray_recorder.end_subsegment()


@contextmanager
def background_work(name: str, lambda_context: Any = None) -> Iterator[InFlight]:
    """Records what happens inside as a subsegment of the function, or locally as a segment."""
    work = begin(name, TraceHeader(), lambda_context)
    work.facts |= {"work": name, "failed": False}
    announce(work)
    try:
        yield work
    except BaseException as exception:
        work.exception, work.facts["failed"] = exception, True
        raise
    finally:
        end(work)


def _lambda_context(arguments: tuple[Any, ...]) -> Any:
    return next((one for one in arguments if hasattr(one, "get_remaining_time_in_millis")), None)
