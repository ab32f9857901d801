"""Packets recorded from runs of this service, and a trace as X-Ray gives it back."""

import json
from pathlib import Path
from typing import Any

from zappa_xray.traceview.documents import body_of, document_of
from zappa_xray.traceview.trace import Trace

PACKETS = Path(__file__).parent / "packets"


def packets(name: str) -> list[bytes]:
    """What the daemon got: `created`, `repeated`, `failed`, `timed_out` locally, `lambda` there."""
    return [packet.encode() for packet in json.loads((PACKETS / f"{name}.json").read_text())]


def recorded(name: str) -> Trace:
    return Trace(document_of(body_of(packet)) for packet in packets(name))


def in_production() -> dict[str, Any]:
    """A trace of BatchGetTraces: API Gateway's and Lambda's segments around what `lambda` sent."""
    trace: dict[str, Any] = json.loads((PACKETS / "in_production.json").read_text())
    return trace
