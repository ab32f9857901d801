"""The SDK's segment and subsegment for Lambda, made in a third of the time."""

import os
import time
from types import MappingProxyType
from typing import Any

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core.models.facade_segment import FacadeSegment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.models.trace_header import TraceHeader


class _Uncounted:
    """In place of the SDK's two counters: what has ended below Lambda's segment is always sent."""

    def increment(self) -> int:
        return 1

    decrement = get_current = increment


UNCOUNTED = _Uncounted()


class FunctionSegment(FacadeSegment):
    """Stands for the segment that Lambda itself sends; only what lies below it can be changed."""

    http = annotations = metadata = aws = cause = MappingProxyType[str, Any]({})

    def __init__(self, header: TraceHeader) -> None:
        self.id = header.parent
        self.trace_id = header.root
        self.name = "facade"
        self.initializing = False
        self.sampled = header.sampled == 1 and global_sdk_config.sdk_enabled()
        self.in_progress = True
        self.parent_id = self.user = None
        self.ref_counter = self._subsegments_counter = UNCOUNTED
        self.start_time = time.time()
        self.subsegments: list[Any] = []


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
        parent.subsegments.append(self)
