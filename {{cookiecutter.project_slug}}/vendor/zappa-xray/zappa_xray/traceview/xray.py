"""What X-Ray's API is asked for: one trace, or the summaries of many."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from zappa_xray import transaction_search
from zappa_xray.traceview.aws import client as client_of
from zappa_xray.traceview.documents import Document, MalformedPacketError, document_of
from zappa_xray.traceview.stage import Stage
from zappa_xray.traceview.trace import Trace

WINDOW = timedelta(hours=6)  # asked for at once: progress is seen, and little is lost
KEPT = timedelta(days=30)  # https://aws.amazon.com/xray/faqs/
TRACES_AT_ONCE = 5  # https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html


RETRIEVED_AT_ONCE = 100  # https://docs.aws.amazon.com/xray/latest/api/API_StartTraceRetrieval.html
RETRIEVED_AROUND = timedelta(hours=1)
PAUSE_SECONDS, PATIENCE_SECONDS = 0.5, 60.0


def client(stage: Stage) -> Any:
    """Return boto3's client of X-Ray in the stage's region."""
    return client_of(stage, "xray")


def asking(xray: Any) -> Callable[[str], dict[str, Any]]:
    """Return what calls an operation of X-Ray's that needs no parameters."""
    return lambda operation: getattr(xray, operation)()


def trace_of(xray: Any, trace_id: str) -> Trace | None:
    """Return one trace with all its documents, None when X-Ray has none."""
    return traces_of(xray, [trace_id]).get(trace_id)


def traces_of(xray: Any, trace_ids: Iterable[str]) -> dict[str, Trace]:
    """Return those of these traces that X-Ray has, each with all its documents, by their ids."""
    documents: dict[str, list[Document]] = {}
    for ids in batched(trace_ids, TRACES_AT_ONCE):
        pages = xray.get_paginator("batch_get_traces").paginate(TraceIds=list(ids))
        for trace in (trace for page in pages for trace in page["Traces"]):
            documents.setdefault(trace["Id"], []).extend(_documents(trace["Segments"]))
    return {identity: Trace(found) for identity, found in documents.items() if found}


def retrieved(
    xray: Any, trace_ids: Iterable[str], start: datetime, end: datetime
) -> dict[str, Trace]:
    """Return those of these traces that Transaction Search has in CloudWatch Logs, by their ids.

    The traces began between start and end. Raises botocore's errors.
    """
    documents: dict[str, list[Document]] = {}
    for ids in batched(trace_ids, RETRIEVED_AT_ONCE):
        started = xray.start_trace_retrieval(TraceIds=list(ids), StartTime=start, EndTime=end)
        for trace in _pages_retrieved(xray, started["RetrievalToken"]):
            documents.setdefault(trace["Id"], []).extend(_documents(trace["Spans"]))
    return {identity: Trace(found) for identity, found in documents.items() if found}


def found_trace(
    xray: Any, trace_id: str, moment: datetime
) -> tuple[Trace | None, transaction_search.Destination | None]:
    """Return a trace that began at about this moment, also one that X-Ray has not indexed.

    Beside it stands where traces go, None where that was not asked. Raises botocore's errors of the
    first look; who may not look further knows what X-Ray has indexed.
    """
    if trace := trace_of(xray, trace_id):
        return trace, None
    try:
        destination = transaction_search.destination(asking(xray))
        if not destination.is_search:
            return None, destination
        times = moment - RETRIEVED_AROUND, moment + RETRIEVED_AROUND
        return retrieved(xray, [trace_id], *times).get(trace_id), destination
    except (ClientError, BotoCoreError):
        return None, None


def _pages_retrieved(xray: Any, token: str) -> Iterator[dict[str, Any]]:
    asked = {"RetrievalToken": token, "TraceFormat": "XRAY"}
    give_up = time.monotonic() + PATIENCE_SECONDS
    page = xray.list_retrieved_traces(**asked)
    while page["RetrievalStatus"] in ("SCHEDULED", "RUNNING") and time.monotonic() < give_up:
        time.sleep(PAUSE_SECONDS)
        page = xray.list_retrieved_traces(**asked)
    yield from page.get("Traces", [])
    while token := page.get("NextToken"):
        page = xray.list_retrieved_traces(**asked, NextToken=token)
        yield from page.get("Traces", [])


def _documents(segments: Iterable[dict[str, Any]]) -> Iterator[Document]:
    for segment in segments:
        with suppress(MalformedPacketError):
            yield document_of(segment["Document"])


def summaries(
    xray: Any, expression: str, start: datetime, end: datetime, tell: Callable[[str], object]
) -> Iterator[dict[str, Any]]:
    """Yield each summary of a trace that began in this time, once; `tell` gets the progress."""
    seen: set[str] = set()
    windows = list(_windows(start, end))
    for number, (first, last) in enumerate(windows, start=1):
        pages = xray.get_paginator("get_trace_summaries").paginate(
            StartTime=first,
            EndTime=last,
            TimeRangeType="TraceId",
            Sampling=False,
            FilterExpression=expression,
        )
        for page in pages:
            # A trace at the edge of two windows may be in both.
            new = [found for found in page["TraceSummaries"] if found["Id"] not in seen]
            seen.update(found["Id"] for found in new)
            tell(f"{len(seen)} traces, part {number} of {len(windows)}")
            yield from new


def _windows(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the time from start to end in pieces that X-Ray answers, the newest first."""
    while start < end:
        yield max(start, end - WINDOW), end
        end -= WINDOW
