"""Python stacks as X-Ray wants them, and the line of the owner's code in them."""

import asyncio
import gc
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextvars import Context
from types import FrameType
from typing import Any

from zappa_xray.tracing.own import import_folder, is_own, is_own_file

MAX_FRAMES = 50
VIEW_IS_CALLED_BY = ("django.core.handlers.base", "_get_response")

Frames = list[tuple[FrameType, int]]


def frames_of_exception(exception: BaseException) -> Frames:
    """The frames and lines from where it was caught to where it was raised, outermost first."""
    return list(traceback.walk_tb(exception.__traceback__))


def frames_of_thread(thread_id: int) -> Frames:
    """The frames and lines in which a running thread is at this moment, outermost first."""
    frame = sys._current_frames().get(thread_id)
    return list(traceback.walk_stack(frame))[::-1] if frame else []


def frames_of_coroutines(belongs: Callable[[Context], bool]) -> Frames:
    """The frames of event loops with a task whose context `belongs`, and where that task waits.

    Django runs a coroutine view in the loop of another thread, with a copy of the context.
    """
    frames: Frames = []
    for thread_id in sys._current_frames():
        stack = frames_of_thread(thread_id)
        loops = [
            frame.f_locals["self"] for frame, _ in stack if frame.f_code.co_name == "run_forever"
        ]
        tasks = [
            task
            for loop in loops
            for task in asyncio.all_tasks(loop)
            if belongs(task.get_context())
        ]
        frames += stack if tasks else []
        for task in tasks:
            frames += _frames_of_waiting(task.get_coro())
    return frames


def _frames_of_waiting(waiting: Any) -> Frames:
    if type(waiting).__name__ == "async_generator_asend":  # it does not tell whose step it is
        waiting = next(filter(inspect.isasyncgen, gc.get_referents(waiting)), None)
    if inspect.iscoroutine(waiting):
        frame, next_one = waiting.cr_frame, waiting.cr_await
    elif inspect.isasyncgen(waiting):
        frame, next_one = waiting.ag_frame, waiting.ag_await
    else:
        return []
    if frame is None or next_one is None:
        return []  # it is in the stack of its thread, or has ended
    return [(frame, frame.f_lineno), *_frames_of_waiting(next_one)]


def described(frames: Frames) -> list[dict[str, Any]]:
    """A stack of X-Ray's: the innermost MAX_FRAMES, each with path, line and label."""
    return [
        {"path": path_of(frame), "line": line, "label": frame.f_code.co_name}
        for frame, line in frames[-MAX_FRAMES:]
    ]


def innermost_own(frames: Frames) -> str:
    """Where the service's own code is: `notes/views.py:12 list`, or the line of a template of its own.

    Empty when it is nowhere in `frames`.
    """
    return next(_own_lines(reversed(frames)), "")


def innermost_own_now() -> str:
    """The same for this thread at this moment, inside the view where there is one."""
    return next(_own_lines(_up_to_the_view(sys._getframe(1))), "")


def _up_to_the_view(frame: FrameType) -> Iterator[tuple[FrameType, int]]:
    for outer, line in traceback.walk_stack(frame):
        if (outer.f_globals.get("__name__"), outer.f_code.co_name) == VIEW_IS_CALLED_BY:
            return  # further out are middlewares, which wait for the view
        yield outer, line


def _own_lines(frames: Iterator[tuple[FrameType, int]]) -> Iterator[str]:
    for frame, line in frames:
        if is_own(frame):
            yield f"{path_of(frame)}:{line} {frame.f_code.co_name}"
        elif frame.f_code.co_name == "render_annotated" and (
            template := _template(frame.f_locals.get("self"))
        ):
            yield template


def _template(node: Any) -> str:
    # Django keeps on each node of a template where it stands.
    path = getattr(getattr(node, "origin", None), "name", None)
    token = getattr(node, "token", None)
    if not token or not isinstance(path, str) or not is_own_file(path):
        return ""
    return f"{_below_import_path(path)}:{token.lineno}"


def path_of(frame: FrameType) -> str:
    """The file of a frame as its module is imported: `notes/views.py`, wherever it is installed."""
    path = frame.f_code.co_filename
    *_, last = module = str(frame.f_globals.get("__name__")).split(".")
    stem = os.path.basename(path).removesuffix(".py")
    if stem == "__init__":
        module.append(last := stem)
    if stem == last or last == "__main__":
        return "/".join(path.split("/")[-len(module) :])
    return _below_import_path(path)


def _below_import_path(path: str) -> str:
    folder = import_folder(path)
    return path.removeprefix(f"{folder}/") if folder else path
