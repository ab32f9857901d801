"""Python stacks as X-Ray wants them, with the paths by which the modules are imported."""

import os
import sys
import traceback
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from types import FrameType
from typing import Any

MAX_FRAMES = 50
NOT_OURS = frozenset({"zappa_xray", "handler", "manage", "zappa_settings"})


Frames = list[tuple[FrameType, int]]


def frames_of_exception(exception: BaseException) -> Frames:
    """The frames and lines from where it was caught to where it was raised, outermost first."""
    return list(traceback.walk_tb(exception.__traceback__))


def frames_of_thread(thread_id: int) -> Frames:
    """The frames and lines in which a running thread is at this moment, outermost first."""
    frame = sys._current_frames().get(thread_id)
    return list(traceback.walk_stack(frame))[::-1] if frame else []


def described(frames: Frames) -> list[dict[str, Any]]:
    """A stack of X-Ray's: the innermost MAX_FRAMES, each with path, line and label."""
    return [
        {"path": _short(frame.f_code.co_filename), "line": line, "label": frame.f_code.co_name}
        for frame, line in frames[-MAX_FRAMES:]
    ]


def innermost_own(frames: Iterable[dict[str, Any]]) -> str:
    """Where the service's own code was: `notes/views.py:12 list`; empty when it was not there."""
    for frame in reversed(list(frames)):
        if is_own(frame["path"]):
            return f"{frame['path']}:{frame['line']} {frame['label']}"
    return ""


def is_own(path: str) -> bool:
    """Whether a path, as `described` gives it, is code of this service and of no library."""
    top = path.partition("/")[0].removesuffix(".py")
    return bool(top) and top not in NOT_OURS | sys.stdlib_module_names | _libraries()


@cache
def _libraries() -> frozenset[str]:
    # In a Lambda package the libraries lie beside the service's own packages.
    return frozenset(packages_distributions())


def _short(filename: str) -> str:
    # The longest first: site-packages lies below the project.
    for folder in sorted({os.getcwd(), *filter(None, sys.path)}, key=len, reverse=True):
        if filename.startswith(f"{folder}/"):
            return filename.removeprefix(f"{folder}/")
    return filename
