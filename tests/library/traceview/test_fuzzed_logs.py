"""Logs with anything at all in them: whatever a service prints stands beside the lines that are read."""

import json
from dataclasses import asdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some
from rich.console import Console
from zappa_xray.traceview.killed import hurt_requests
from zappa_xray.traceview.log_figures import counted
from zappa_xray.traceview.log_lines import document_in, rare_lines
from zappa_xray.traceview.report import table
from zappa_xray.traceview.why.access import access_of
from zappa_xray.traceview.why.events import Event
from zappa_xray.traceview.why.evidence import ColdStart, Evidence
from zappa_xray.traceview.why.invocation import invocation_of
from zappa_xray.traceview.why.joined import cold_seconds, verdict_of
from zappa_xray.traceview.why.sentence import sentence
from zappa_xray.traceview.why.time_line import time_line

ID = "0a1b2c3d-1111-2222-3333-444455556666"
TRACE = "1-6b03135e-b83106cab8f66ee55beb9ae4"
numbers = some.integers() | some.floats() | some.sampled_from([10**400, -1, 0, 499, 504, True])
texts = some.text() | some.sampled_from(["\x1b[2J", "\u202e", "1..2", "1e999", "nan", "٣", "-", ID])
values = some.recursive(
    some.none() | some.booleans() | numbers | texts,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
OWN_KEYS = (
    *("method", "route", "status", "ms", "cold_start", "timed_out", "where", "request_id"),
    *("trace_id", "killed_request_id", "killed_title", "killed_trace_id", "in_flight", "stack"),
    *("exc_info", "exc_text"),
)
ACCESS_KEYS = (
    *("time", "method", "status", "responseLatency", "integrationStatus", "lambdaRequestId"),
    *("error", "errorMessage", "traceId"),
)
own_lines = some.builds(
    lambda known, more: json.dumps(known | more),
    some.fixed_dictionaries(
        {}, optional={"request_id": some.just(ID), "timed_out": some.just(True)}
    ),
    some.dictionaries(some.sampled_from(OWN_KEYS), values),
)
number_texts = some.sampled_from(["12.50", "1..2", "9" * 400, "-1", "٣", "", "."])
lambda_s_lines = some.builds(
    lambda pattern, number, text: pattern.format(number=number, text=text),
    some.sampled_from(
        [
            f"START RequestId: {ID} Version: $LATEST\n",
            f"REPORT RequestId: {ID}\tDuration: {{number}} ms\tInit Duration: {{number}} ms\t{{text}}",
            f"REPORT RequestId: {ID}\tMemory Size: {{number}} MB\tMax Memory Used: {{number}} MB",
            f"REPORT RequestId: {ID}\tDuration: {{number}} ms\tStatus: timeout\t{{text}}",
            f"REPORT RequestId: {ID}\tDuration: {{number}} ms\tStatus: error\tError Type: {{text}}",
            f"{{text}} {ID} Task timed out after {{number}} seconds",
            f"RequestId: {ID} Error: Runtime exited with error: {{text}}",
            "INIT_REPORT Init Duration: {number} ms\tPhase: invoke\tStatus: timeout",
            '  File "{text}", line {number} in f',
            "[ERROR] {text}",
        ]
    ),
    number_texts,
    some.text(),
)
lines = some.lists(own_lines | lambda_s_lines | some.text(), max_size=6)
anything = settings(deadline=None, max_examples=60, database=None)


def is_plain(value: Any) -> bool:
    """Whether a value is JSON for any reader, and the texts in it steer no terminal."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).isprintable()


@anything
@given(lines, some.lists(some.dictionaries(some.sampled_from(OWN_KEYS), texts), max_size=3))
def test_lines_with_anything_in_them_are_figures_or_left_out(
    messages: list[str], rows: list[dict[str, str]]
) -> None:
    rare = rare_lines(
        {"@message": message, "@timestamp": "2026-11-24 12:00:00.000", "@logStream": "s"}
        for message in messages
    )
    routes = counted(
        [{"requests": "1", "longest": "1", **row} for row in rows], hurt_requests(rare, ())
    )
    figures = [route.figures([None] * 3) for route in routes.values()]
    assert is_plain([one.row() for one in figures])
    if figures:
        console = Console(width=80, record=True, quiet=True)
        console.print(table(figures, 80, "requests")[0])


@anything
@given(some.lists(values, max_size=8), some.text() | some.sampled_from(["2026-11-24 12:00:00.000"]))
def test_rows_of_cloudwatch_with_anything_in_them_are_figures_or_left_out(
    found: list[Any], moment: str
) -> None:
    keys = ("method", "route", "status", "cold_start", "requests", "longest", "@message", "@x")
    row = {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in zip(keys, found, strict=False)
    }
    rare_lines([row | {"@timestamp": moment}])
    good = {"method": "GET", "route": "/", "status": "200", "requests": "2.0", "longest": "5"}
    routes = counted([row, good], [])
    assert routes["GET", "/"].in_time >= 2
    assert is_plain([asdict(route.figures([None] * 3)) for route in routes.values()])


@anything
@given(lines, some.dictionaries(some.sampled_from(ACCESS_KEYS), values))
def test_evidence_with_anything_in_it_is_a_sentence(messages: list[str], access: Any) -> None:
    start = f"START RequestId: {ID} Version: $LATEST\n"
    events = [
        Event(1_795_363_678.0 + at, text, "s", document_in(text))
        for at, text in enumerate([start, *messages])
    ]
    invocation = invocation_of(events, ID)
    evidence = Evidence(TRACE, access_of(access) if access else None, invocation)
    if (seconds := cold_seconds(invocation)) is not None:
        evidence.cold_starts.append(ColdStart("GET /", 1_795_363_700.0, seconds))
    assert sentence(verdict_of(evidence)).isprintable()
    moments = time_line(evidence)
    assert is_plain(moments)
    assert [at for at, _ in moments] == sorted(at for at, _ in moments)
    json.dumps(asdict(verdict_of(evidence)), allow_nan=False)
