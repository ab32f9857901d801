"""Work that no request started, and the parts of it that have a name of their own."""

import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, overload

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.trace_header import TraceHeader
from django.utils.functional import Promise

from zappa_xray.tracing.causes import cause_of
from zappa_xray.tracing.context import is_open
from zappa_xray.tracing.in_flight import InFlight, end_below, running
from zappa_xray.tracing.mending import usable_name
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
    request has started becomes a segment of its own. Raises TypeError for a generator, whose body
    runs later, where it is consumed, and for what is no function, such as a class or a property.
    """
    if name is None or isinstance(name, (str, Promise)):
        return lambda function: _wrapped(function, str(name or ""))
    return _wrapped(name, "")


def _wrapped(function: Any, name: str) -> Any:
    if isinstance(function, (classmethod, staticmethod)):
        return type(function)(_wrapped(function.__func__, name))
    name = name or _name_of(function)
    if not callable(function) or isinstance(function, type):
        raise TypeError(
            f"@traced records calls of a function, and {name} is none. "
            "Put it on the functions of a class, and below @property."
        )
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(
            f"@traced cannot record {name}: a generator's body runs where it is consumed. "
            "Put @traced on the function that loops over it."
        )
    try:
        fits = inspect.signature(function).bind
    except ValueError:  # some of those that are written in C have none
        fits = None
    name = usable_name(name)

    def recorded(args: Any, kwargs: Any) -> AbstractContextManager[Any]:
        # Zappa tries (event, context), (event) and () until no TypeError comes: a call that
        # does not fit must fail here, before it is recorded.
        if fits:
            fits(*args, **kwargs)
        return Part(name) if running() else BackgroundWork(name, _lambda_context(args))

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with recorded(args, kwargs):
            return function(*args, **kwargs)

    @functools.wraps(function)
    async def call_async(*args: Any, **kwargs: Any) -> Any:
        with recorded(args, kwargs):
            return await function(*args, **kwargs)

    of_its_type = type(function).__call__  # of an object that can be called
    is_async = any(map(inspect.iscoroutinefunction, (function, of_its_type)))
    return call_async if is_async else call


def _name_of(function: Any) -> str:
    while isinstance(function, functools.partial):
        function = function.func
    if not hasattr(function, "__qualname__"):
        function = type(function)
    return f"{function.__module__}.{function.__qualname__}"


# Classes, because contextlib's context managers write on the exception, which may be frozen.


class Part(AbstractContextManager[None]):
    """Records what happens inside as a subsegment of what is open."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._subsegment: Any = None

    def __enter__(self) -> None:
        work = running()
        if work and work.title == self._name and xray_recorder.get_trace_entity() is work.entity:
            return  # Zappa's call of this very function is recorded already
        attempt(self._begin)

    def __exit__(self, kind: Any, exception: BaseException | None, traceback: Any) -> None:
        if self._subsegment:
            attempt(self._end, exception)

    def _begin(self) -> None:
        self._subsegment = xray_recorder.begin_subsegment(self._name)

    def _end(self, exception: BaseException | None) -> None:
        if exception is not None and self._subsegment.sampled:
            self._subsegment.fault, self._subsegment.cause = True, cause_of(exception)
        if not self._subsegment.in_progress:
            return
        if is_open(self._subsegment):
            end_below(self._subsegment)
            xray_recorder.end_subsegment()
        elif self._subsegment.sampled:  # a thread or coroutine that has outlived its request
            self._subsegment.close()
            xray_recorder.emitter.send_entity(self._subsegment)


class BackgroundWork(AbstractContextManager[InFlight]):
    """Records what happens inside as a subsegment of the function, or locally as a segment."""

    def __init__(self, name: str, lambda_context: Any = None) -> None:
        self._name, self._lambda_context = name, lambda_context

    def __enter__(self) -> InFlight:
        self._work = begin(self._name, TraceHeader(), self._lambda_context)
        self._work.facts |= {"work": self._name, "failed": False}
        announce(self._work)
        return self._work

    def __exit__(self, kind: Any, exception: BaseException | None, traceback: Any) -> None:
        if exception is not None:
            self._work.exception = exception
        self._work.facts["failed"] = self._work.exception is not None
        end(self._work)


def _lambda_context(arguments: tuple[Any, ...]) -> Any:
    return next((one for one in arguments if hasattr(one, "get_remaining_time_in_millis")), None)
