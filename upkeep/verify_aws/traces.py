"""What X-Ray has of a request, once it has it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from emulator.segments import Document
from emulator.traces import below
from upkeep.verify_aws.account import Account
from upkeep.verify_aws.claims import NotSeen

# X-Ray gives a trace out some seconds after its last segment has come.
LONGEST_SECONDS = 120.0
SECONDS_BETWEEN = 2.0


def wait_for(
    account: Account, trace_id: str, what: str, is_there: Callable[[list[Document]], Any]
) -> list[Document]:
    """Return all entities of a trace, segments and what is below them, once `is_there` says so.

    Raises NotSeen, naming `what`, when it does not in LONGEST_SECONDS.
    """
    end = time.monotonic() + LONGEST_SECONDS
    while True:
        found = entities(account, trace_id)
        if is_there(found):
            return found
        if time.monotonic() > end:
            names = ", ".join(str(entity.get("name")) for entity in found) or "nothing"
            raise NotSeen(f"{trace_id} has no {what}, but {names}")
        time.sleep(SECONDS_BETWEEN)


def entities(account: Account, trace_id: str) -> list[Document]:
    answer = account.client("xray").batch_get_traces(TraceIds=[trace_id])
    segments = [
        json.loads(segment["Document"])
        for trace in answer["Traces"]
        for segment in trace["Segments"]
    ]
    return list(below(segments))


def of_route(found: list[Document], route: str) -> Document | None:
    """Return the ended subsegment that the service itself made of a request, if it is there."""
    return next((one for one in found if annotation(one, "route") == route), None)


def annotation(entity: Document, name: str) -> Any:
    return entity.get("annotations", {}).get(name)


def origins(found: list[Document]) -> list[str]:
    return [str(entity["origin"]) for entity in found if "origin" in entity]
