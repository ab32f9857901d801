"""What the demo claims of a trace, checked on the documents that the emulated X-Ray gives out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emulator.segments import Document
from emulator.traces import below, exceptions

STAGE_ORIGIN = "AWS::ApiGateway::Stage"
FUNCTION_ORIGIN = "AWS::Lambda::Function"


class NotAsPromised(Exception):
    """A step did something else than it should; the message says what was expected and seen."""


def expect(what: str, expected: object, seen: object) -> None:
    """Raise NotAsPromised, saying what was expected and seen, unless both are equal."""
    if expected != seen:
        raise NotAsPromised(f"{what}: expected {expected!r}, seen {seen!r}")


@dataclass(frozen=True)
class Request:
    """A request of the demo, and what must come of it."""

    why: str
    method: str
    path: str
    status: int
    route: str
    mark: str = ""
    json: Any = None


def expect_trace(segments: list[Document], request: Request) -> None:
    """Raise NotAsPromised unless the segments are the whole trace of `request`, gateway to SQL."""
    expect("the outermost segment", STAGE_ORIGIN, segments[0].get("origin") if segments else None)
    outer = outer_subsegment(segments)
    expect("whether the request's subsegment has ended", True, "end_time" in outer)
    annotations = outer.get("annotations", {})
    promised = {"route": request.route, "method": request.method, "status": request.status}
    expect("its annotations", promised, {name: annotations.get(name) for name in promised})
    marks = [mark for mark in ("error", "fault", "throttle") if outer.get(mark)]
    expect("its marks", [request.mark] if request.mark else [], marks)
    expect("whether it has a cause", request.mark == "fault", bool(exceptions(outer)))
    expect("whether a query is below it", True, bool(queries(outer)))


def expect_background_work(segments: list[Document], name: str) -> None:
    """Raise NotAsPromised unless `name` ran in a traced function, without a gateway, with a query."""
    origins = {segment.get("origin") for segment in segments}
    expect("whether the function has a segment", True, FUNCTION_ORIGIN in origins)
    expect("whether a gateway has one", False, STAGE_ORIGIN in origins)
    outer = outer_subsegment(segments)
    expect("the name of the work", name, outer["name"])
    expect("whether a query is below it", True, bool(queries(outer)))


def expect_killed(segments: list[Document], request: Request) -> Document:
    """Return what the deadline of a killed request reported; raise NotAsPromised unless it is all there."""
    outer = outer_subsegment(segments)
    expect("whether the request's subsegment has ended", False, "end_time" in outer)
    promised = {"route": request.route, "method": request.method, "timed_out": True}
    annotations = outer.get("annotations", {})
    expect("its annotations", promised, {name: annotations.get(name) for name in promised})
    reports = [each for each in below([outer]) if each["name"] == "deadline"]
    expect(
        "the number of complete reports below it", 1, sum("end_time" in each for each in reports)
    )
    facts: Document = reports[0]["metadata"]["tracing"]["deadline"]
    where = str(facts.get("where"))
    expect(f"whether {where} is the owner's line", True, where.startswith("notes/views.py:"))
    statement = next((call["sql"] for call in facts["in_flight"] if "sql" in call), "")
    expect(f"whether {statement!r} writes a note", True, "INSERT INTO" in statement)
    return facts


def outer_subsegment(segments: list[Document]) -> Document:
    """Return the one subsegment that the service itself put below the function's segment."""
    functions = [segment for segment in segments if segment.get("origin") == FUNCTION_ORIGIN]
    expect("the number of segments of the function", 1, len(functions))
    known = ("Initialization", "Invocation", "Overhead")  # AWS's own
    own = [each for each in functions[0].get("subsegments", []) if each["name"] not in known]
    expect("the number of subsegments below the function's own segment", 1, len(own))
    found: Document = own[0]
    return found


def queries(document: Document) -> list[Document]:
    return [each for each in below([document]) if "sql" in each]
