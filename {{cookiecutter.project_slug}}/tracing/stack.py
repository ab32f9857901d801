"""Python stacks as X-Ray wants them, with paths that start at the service's own folder."""

import sys
import traceback
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from types import FrameType
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
MAX_FRAMES = 50
NOT_OURS = frozenset({"tracing", "handler", "manage", "zappa_settings"})


def frames_of_exception(exception: BaseException) -> list[dict[str, Any]]:
    """The frames from where the exception was caught to where it was raised, outermost first."""
    return _described(traceback.walk_tb(exception.__traceback__))


def frames_of_thread(thread_id: int) -> list[dict[str, Any]]:
    """The frames in which a running thread is at this moment, outermost first."""
    frame = sys._current_frames().get(thread_id)
    return _described(reversed(list(traceback.walk_stack(frame)))) if frame else []


def innermost_own(frames: Iterable[dict[str, Any]]) -> str:
    """Where the service's own code was: `notes/views.py:12 list`; empty when it was not there."""
    for frame in reversed(list(frames)):
        if is_own(frame["path"]):
            return f"{frame['path']}:{frame['line']} {frame['label']}"
    return ""


def is_own(path: str) -> bool:
    """Whether a path, as `frames_of_...` give it, is code of this service and not of a library."""
    top = path.partition("/")[0].removesuffix(".py")
    return not path.startswith(("/", ".venv/")) and top not in NOT_OURS | _libraries()


@cache
def _libraries() -> frozenset[str]:
    # In a Lambda package the libraries lie beside the service's own packages.
    return frozenset(packages_distributions())


def _described(frames: Iterable[tuple[FrameType, int]]) -> list[dict[str, Any]]:
    described = [
        {"path": _short(frame.f_code.co_filename), "line": line, "label": frame.f_code.co_name}
        for frame, line in frames
    ]
    return described[-MAX_FRAMES:]


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else filename
