"""Work that no request started: scheduled functions, asynchronous tasks, management commands."""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, overload

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.trace_header import TraceHeader

from zappa_xray.tracing.in_flight import InFlight, current


@overload
def traced[Function: Callable[..., Any]](name: Function) -> Function: ...
@overload
def traced[Function: Callable[..., Any]](
    name: str | None = None,
) -> Callable[[Function], Function]: ...
def traced(name: Any = None) -> Any:
    """Records each call of a function as a subsegment, with its queries below it.

    For any function, and for those that Zappa calls on a schedule, on an event, or as a task (below
    its `@task`). Use it as `@traced` or `@traced("a name")`; the name is `module.function` unless
    told. An exception is recorded as a fault with its cause, and goes on. Outside Lambda, a call
    that no request has started becomes a segment of its own.
    """
    if callable(name):
        return _wrapped(name, f"{name.__module__}.{name.__qualname__}")
    return lambda function: _wrapped(
        function, name or f"{function.__module__}.{function.__qualname__}"
    )


def _wrapped(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    signature = inspect.signature(function)

    def recorded(args: Any, kwargs: Any) -> AbstractContextManager[Any]:
        if current.get():
            return xray_recorder.in_subsegment(name)  # type: ignore[no-any-return]
        # Zappa tries (event, context), (event) and () until no TypeError comes: a call that
        # does not fit must fail here, before it is recorded.
        signature.bind(*args, **kwargs)
        return background_work(name, _lambda_context(args))

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with recorded(args, kwargs):
            return function(*args, **kwargs)

    @functools.wraps(function)
    async def call_async(*args: Any, **kwargs: Any) -> Any:
        with recorded(args, kwargs):
            return await function(*args, **kwargs)

    return call_async if inspect.iscoroutinefunction(function) else call


@contextmanager
def background_work(name: str, lambda_context: Any = None) -> Iterator[InFlight]:
    """Records what happens inside as a subsegment of the function, or locally as a segment."""
    work = InFlight(name, TraceHeader(), lambda_context)
    work.send_in_progress()
    try:
        yield work
    except BaseException as exception:
        work.exception = exception
        raise
    finally:
        work.stop_watching()
        work.add_cause()
        work.end()


def _lambda_context(arguments: tuple[Any, ...]) -> Any:
    return next((it for it in arguments if hasattr(it, "get_remaining_time_in_millis")), None)


def trace_management_commands() -> None:
    """Records each command that `zappa manage` runs, as the subsegment `manage <command>`."""
    from django.core.management.base import BaseCommand

    execute = BaseCommand.execute

    @functools.wraps(execute)
    def recorded(command: BaseCommand, *args: Any, **options: Any) -> str | None:
        name = "manage " + type(command).__module__.rpartition(".")[2]
        if current.get():
            return execute(command, *args, **options)
        with background_work(name):
            return execute(command, *args, **options)

    setattr(BaseCommand, "execute", recorded)  # noqa: B010  # to mypy a method is no variable
