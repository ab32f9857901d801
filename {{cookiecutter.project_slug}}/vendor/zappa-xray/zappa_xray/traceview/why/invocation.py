"""One invocation of a function as its log shows it, Lambda's lines and the request's own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions

from zappa_xray.traceview.amounts import amount, milliseconds
from zappa_xray.traceview.documents import Document
from zappa_xray.traceview.why.events import Event

# https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
DURATION = re.compile(r"\tDuration: ([\d.]+) ms")
INIT_DURATION = re.compile(r"\tInit Duration: ([\d.]+) ms")
MEMORY = re.compile(r"Memory Size: (\d{1,6}) MB\s+Max Memory Used: (\d{1,6}) MB")
ERROR_TYPE = re.compile(r"Error Type: (\S+)")
TIMED_OUT = re.compile(r"Task timed out after ([\d.]+) seconds")
TIMEOUT, EXIT = "Status: timeout", "Runtime.ExitError"
EXITED = re.compile(r"Error: Runtime exited with error: (.+)")
# What faulthandler prints, innermost first; the package lies in /var/task, libraries among it.
DUMPED = re.compile(r'  File "(?:/var/task/)?([^"]+)", line (\d+) in (\w+)')
ELSEWHERE = re.compile(
    r"(^|/)zappa_xray/|/site-packages/|/lib/python3|^/var/(lang|runtime)/|^/opt/"
)
TOO_LARGE = re.compile(
    r"Failed to post handler success response.*413|exceeded maximum allowed payload size"
)


@dataclass(frozen=True)
class Invocation:
    """What the events of an execution environment say of one request.

    Times are in seconds since 1970, durations in seconds; None or empty where nothing is said.
    """

    events: list[Event]
    started: float | None
    duration: float | None
    init_seconds: float | None
    init_in_time: bool
    killed_after: float | None
    exited: str
    out_of_memory: str
    too_large: bool
    dumped: str
    end: Document
    ended_at: float | None
    deadline: Document
    deadline_at: float | None
    next_word: Document


def invocation_of(events: list[Event], request_id: str) -> Invocation:
    """Return the invocation of that id; `events` are those of its environment, in their order."""
    start = _index(events, f"START RequestId: {request_id}")
    report = _index(events, f"REPORT RequestId: {request_id}")
    init_before = _init_before(events, start)
    first = _first_of_init(events, start) if init_before else start
    inside = events[first : None if report is None else report + 1] if start is not None else []
    text = events[report].message if report is not None else ""
    own = [event for event in events if event.line.get("request_id") == request_id]
    end = next((event for event in own if "status" in event.line and "ms" in event.line), None)
    # Lambda may tell how it ended after the REPORT.
    named = [event for event in events if request_id in event.message]
    late = [each for each in own if each.line.get("timed_out") is True and "where" in each.line]
    init_inside = any(event.message.startswith(("INIT_START", "INIT_REPORT")) for event in inside)
    return Invocation(
        events=inside,
        started=events[start].at if start is not None else None,
        duration=_seconds(DURATION, text),
        init_seconds=_seconds(INIT_DURATION, text),
        init_in_time=init_inside or init_before,
        killed_after=next(_killed(named), _seconds(DURATION, text) if TIMEOUT in text else None),
        exited=next((found[1] for found in _found(EXITED, named)), EXIT if EXIT in text else ""),
        out_of_memory=_out_of_memory(text, named),
        too_large=any(TOO_LARGE.search(event.message) for event in inside),
        dumped=_dumped(inside),
        end=end.line if end else {},
        ended_at=end.at if end else None,
        deadline=late[0].line if late else {},
        deadline_at=late[0].at if late else None,
        next_word=next(
            (one.line for one in events if one.line.get("killed_request_id") == request_id), {}
        ),
    )


def _index(events: list[Event], beginning: str) -> int | None:
    return next(
        (at for at, event in enumerate(events) if event.message.startswith(beginning)), None
    )


def _init_before(events: list[Event], start: int | None) -> bool:
    """Whether an init that has not come to its end was the last thing before the invocation."""
    for event in reversed(events[: start or 0]):
        if event.message.startswith("INIT_REPORT"):
            return True
        if event.message.startswith(("REPORT", "INIT_START")):
            return False
    return False


def _first_of_init(events: list[Event], start: int | None) -> int:
    """Return where the lines begin that follow the invocation before: those of inits that failed."""
    before = [event.message.startswith("REPORT") for event in events[: start or 0]]
    return len(before) - before[::-1].index(True) if True in before else 0


def _killed(events: list[Event]) -> Iterator[float]:
    told = (amount(found[1]) for found in _found(TIMED_OUT, events))
    return (seconds for seconds in told if seconds is not None)


def _found(pattern: re.Pattern[str], events: list[Event]) -> Iterator[re.Match[str]]:
    return (found for event in events if (found := pattern.search(event.message)))


def _out_of_memory(report: str, events: list[Event]) -> str:
    """Return the memory that was used up; empty where that is not what happened."""
    memory, kind = MEMORY.search(report), ERROR_TYPE.search(report)
    size = f"{memory[1]} MB" if memory else "memory"
    if kind and kind[1] == "Runtime.OutOfMemory":
        return size
    killed = any("signal: killed" in found[1] for found in _found(EXITED, events))
    return size if killed and memory and int(memory[2]) >= int(memory[1]) else ""


def _dumped(events: list[Event]) -> str:
    """Return the innermost line of the service's own code in what faulthandler printed."""
    lines = [line for event in events for line in event.message.splitlines()]
    frames = [found for line in lines if (found := DUMPED.match(line))]
    own = [frame for frame in frames if not _is_library_s(frame[1])]
    return f"{own[0][1]}:{own[0][2]} {own[0][3]}" if own else ""


def _is_library_s(path: str) -> bool:
    top = path.partition("/")[0].removesuffix(".py")
    return bool(ELSEWHERE.search(path)) or top in packages_distributions()


def _seconds(pattern: re.Pattern[str], text: str) -> float | None:
    found = pattern.search(text)
    return milliseconds(found[1]) if found else None
