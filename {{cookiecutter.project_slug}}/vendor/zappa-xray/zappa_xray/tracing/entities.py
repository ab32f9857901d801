"""The SDK's segment and subsegment for Lambda, made in a third of the time."""

import os
import re
import time
from types import MappingProxyType
from typing import Any

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core.models.facade_segment import FacadeSegment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.models.trace_header import TraceHeader

from zappa_xray.tracing.header import parsed


class _Uncounted:
    """In place of the SDK's two counters: what has ended below Lambda's segment is always sent."""

    def increment(self) -> int:
        return 1

    decrement = get_current = increment


UNCOUNTED = _Uncounted()
_USUAL_HEADER = re.compile(
    "Root=(1-[0-9a-f]{8}-[0-9a-f]{24});Parent=([0-9a-f]{16});Sampled=1(?:;|$)"
)


class FunctionSegment(FacadeSegment):
    """Stands for the segment that Lambda itself sends; only what lies below it can be changed."""

    http = annotations = metadata = aws = cause = MappingProxyType[str, Any]({})

    def __init__(self, trace_id: str, own_id: str, is_sampled: bool, header: str = "") -> None:
        self.id = own_id
        self.trace_id = trace_id
        self.name = "facade"
        self.initializing = False
        self.sampled = is_sampled and global_sdk_config.sdk_enabled()
        self._header = header
        self.in_progress = True
        self.parent_id = self.user = None
        self.ref_counter = self._subsegments_counter = UNCOUNTED
        self.start_time = time.time()
        self.subsegments: list[Any] = []

    def get_origin_trace_header(self) -> TraceHeader:
        """The header, whose further fields go on with outgoing calls; it is parsed for those only."""
        return super().get_origin_trace_header() or parsed(self._header)


def sampled_segment(header: bytes | None) -> FunctionSegment | None:
    """The segment that a header of Lambda's usual kind names, when it is sampled; None otherwise."""
    match = header and _USUAL_HEADER.match(text := header.decode())
    return FunctionSegment(match[1], match[2], True, text) if match else None


class OpenSubsegment(Subsegment):
    """A sampled subsegment that has begun below its parent; its name is mended when it is sent."""

    def __init__(self, name: str, namespace: str, segment: Any, parent: Any) -> None:
        self.id = os.urandom(8).hex()
        self.name = name
        self.start_time = time.time()
        self.parent_id = parent.id
        self.sampled = self.in_progress = True
        self.parent_segment = segment
        self.trace_id = segment.trace_id
        self.type = "subsegment"
        self.namespace = namespace
        self.subsegments: list[Any] = []
        self.http: dict[str, Any] = {}
        self.annotations: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.aws: dict[str, Any] = {}
        self.cause: dict[str, Any] = {}
        self.sql: dict[str, Any] = {}
        self._identity = self._request = None  # what is written of it, once it is
        parent.subsegments.append(self)
