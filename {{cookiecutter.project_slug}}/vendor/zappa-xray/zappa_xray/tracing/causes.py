"""Exceptions as X-Ray's `cause` wants them, with what they came from."""

import os
from collections.abc import Callable
from typing import Any

from zappa_xray.tracing.plain import text_of, type_of
from zappa_xray.tracing.stack import described, frames_of_exception

MOST = 10


class Reason(dict[str, Any]):
    """One entry of `cause.exceptions`, with the face of the SDK's own entries."""

    def to_dict(self) -> dict[str, Any]:
        return dict(self)

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(name)


def cause_of(exception: BaseException) -> dict[str, Any]:
    """The value of `cause`: the exception first, then what it came from, and a group's members.

    Each entry's `cause` is the id of the next one in its chain:
    https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
    Nothing is written on the exception itself, which may not allow it.
    """
    ids = {id(exception): os.urandom(8).hex()}
    found = [exception]
    reasons = []
    for one in found:
        behind = {id(other): other for other in _read(_behind, one) if id(other) not in ids}
        came_from = list(behind.values())[: MOST - len(found)]
        ids |= {id(other): os.urandom(8).hex() for other in came_from}
        found += came_from
        reason = Reason(id=ids[id(one)], type=type_of(one), message=text_of(one))
        reason["stack"] = _read(lambda one: described(frames_of_exception(one)), one)
        if came_from:
            reason["cause"] = ids[id(came_from[0])]
        reasons.append(reason)
    return {"working_directory": working_directory(), "exceptions": reasons}


def working_directory() -> str:
    """The working directory; empty when it has been deleted."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def _read[Item](read: Callable[[BaseException], list[Item]], one: BaseException) -> list[Item]:
    try:
        return read(one)
    except Exception:  # of attributes that its class has made its own
        return []


def _behind(exception: BaseException) -> list[BaseException]:
    before = exception.__cause__
    if before is None and not exception.__suppress_context__:
        before = exception.__context__
    members = exception.exceptions if isinstance(exception, BaseExceptionGroup) else ()
    return [*members] if before is None else [before, *members]
