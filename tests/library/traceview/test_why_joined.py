"""Evidence in AWS's own form -> verdict, sentence and time line; and what is said where AWS refuses."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import ANY
from django.core.management import CommandError, call_command
from zappa_xray.traceview.why.access import access_of
from zappa_xray.traceview.why.events import Event, Group
from zappa_xray.traceview.why.evidence import ColdStart, Evidence
from zappa_xray.traceview.why.invocation import invocation_of
from zappa_xray.traceview.why.joined import verdict_of
from zappa_xray.traceview.why.printed import printed
from zappa_xray.traceview.why.sentence import sentence
from zappa_xray.traceview.why.time_line import time_line

from tests.library.traceview.report_calls import Stubs

TRACE = "1-6b03135e-b83106cab8f66ee55beb9ae4"
ID = "0a1b2c3d-1111-2222-3333-444455556666"
NOW = 1_795_363_678.0
START = f"START RequestId: {ID} Version: $LATEST\n"
END = {"route": "/x/", "method": "GET", "status": 200, "cold_start": False, "ms": 80.0}
Lines = list[tuple[str, dict[str, str]]]
ACCESS = {
    "requestId": "r",
    "traceId": TRACE,
    "time": "1795363678000",
    "method": "GET",
    "status": "502",
    "responseLatency": "1234",
    "integrationLatency": "-",
    "integrationStatus": "-",
    "lambdaRequestId": "-",
    "error": "-",
    "errorMessage": "-",
}


def report(milliseconds: float, more: str = "", memory: int = 90) -> str:
    return (
        f"REPORT RequestId: {ID}\tDuration: {milliseconds:.2f} ms\tBilled Duration: 1 ms\t"
        f"Memory Size: 512 MB\tMax Memory Used: {memory} MB\t{more}\n"
    )


def own(**fields: Any) -> str:
    return json.dumps({**END, "request_id": ID, "trace_id": TRACE, **fields})


def late(**fields: Any) -> str:
    """Return the line of a deadline, which has no status."""
    line = {**END, "request_id": ID, "trace_id": TRACE, **fields}
    return json.dumps({key: value for key, value in line.items() if key != "status"})


def events(*messages: str) -> list[Event]:
    """Return events a tenth of a second apart, the first at NOW."""
    return [
        Event(NOW + at / 10, text, "s", json.loads(text) if text.startswith("{") else {})
        for at, text in enumerate(messages)
    ]


def evidence(*messages: str, **access: str) -> Evidence:
    return Evidence(
        TRACE,
        access_of(ACCESS | access) if access else None,
        invocation_of(events(*messages), ID) if messages else None,
    )


TIMED_OUT = f"2026-11-24T12:00:00.000Z {ID} Task timed out after 35.00 seconds\n\n"
DEADLINE = late(
    ms=29_000.0,
    timed_out=True,
    where="orders/views.py:41 create",
    in_flight=[{"name": "default", "sql": "SELECT 1 FOR UPDATE", "seconds": 27.93}],
)
DUMP = (
    "Timeout (0:00:29)!\nThread 0x1 (most recent call first):\n"
    '  File "/var/task/zappa_xray/tracing/deadline.py", line 85 in _wait\n'
    'Thread 0x2 (most recent call first):\n  File "/var/lang/lib/python3.13/re/__init__.py", line 1 in match\n'
    '  File "/var/task/orders/views.py", line 7 in parse\n'
    '  File "/var/task/django/core/handlers/base.py", line 197 in _get_response\n'
)
INIT_FAILED = "INIT_REPORT Init Duration: 4.87 ms\tPhase: invoke\tStatus: error\tError Type: {}\n"
NEXT = json.dumps({"killed_request_id": ID, "killed_trace_id": TRACE, "killed_title": "GET /x/"})


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (
            evidence(
                START,
                DEADLINE,
                TIMED_OUT,
                report(35_000, "Status: timeout"),
                status="504",
                responseLatency="29003",
                error="INTEGRATION_TIMEOUT",
            ),
            (
                "GET /x/ waited 27.9 s for `SELECT 1 FOR UPDATE` (orders/views.py:41 create); "
                "the client got 504 after 29 s; Lambda killed it at 35 s."
            ),
        ),
        (
            evidence(START, DUMP, TIMED_OUT, report(35_000, "Status: timeout"), NEXT),
            (
                "GET /x/ ran 35 s in C code that lets no other thread run, in orders/views.py:7 parse; "
                "Lambda killed it at 35 s."
            ),
        ),
        (
            evidence(START, TIMED_OUT, report(35_000, "Status: timeout"), NEXT),
            (
                "GET /x/ ran 35 s in C code that lets no other thread run; "
                'XRAY_TRACING["FAULTHANDLER"] would print its line; Lambda killed it at 35 s.'
            ),
        ),
        (
            evidence(
                START,
                "INIT_START Runtime Version: python:3.13\n",
                "INIT_REPORT Init Duration: 34000 ms\tPhase: invoke\tStatus: timeout\n",
                TIMED_OUT,
                report(35_000, "Status: timeout"),
                status="504",
                responseLatency="29001",
            ),
            (
                "GET (route not known) waited 35 s for a cold start (which did not end in the function's "
                "time); the client got 504 after 29 s; Lambda killed it at 35 s."
            ),
        ),
        (
            evidence(START, TIMED_OUT, report(35_000, "Status: timeout")),
            (
                "What (route not known) waited for is not known: Lambda killed it before Django said a "
                "word; Lambda killed it at 35 s."
            ),
        ),
        (
            evidence(
                START,
                f"RequestId: {ID} Error: Runtime exited with error: signal: killed\n",
                report(3_100, "Status: error\tError Type: Runtime.ExitError", 512),
                NEXT,
                status="502",
                error="INTEGRATION_FAILURE",
            ),
            (
                "GET /x/ used up its 512 MB after 3.1 s, and its process was killed; "
                "the client got 502 after 1.2 s."
            ),
        ),
        (
            evidence(START, report(3_100, "Status: error\tError Type: Runtime.OutOfMemory"), NEXT),
            "GET /x/ used up its 512 MB after 3.1 s, and its process was killed.",
        ),
        (
            evidence(
                START,
                f"RequestId: {ID} Error: Runtime exited with error: exit status 3\n",
                report(1_200, "Status: error\tError Type: Runtime.ExitError"),
                NEXT,
            ),
            "The process of GET /x/ ended after 1.2 s (exit status 3).",
        ),
        (
            evidence(
                START,
                own(),
                "[ERROR] [1] LAMBDA_RUNTIME Failed to post handler success "
                "response. Http response code: 413. \n",
                report(90),
            ),
            "The answer to GET /x/, made after 80 ms, is larger than the 6 MB that Lambda passes on.",
        ),
        (
            evidence(START, own(), report(90), status="502", error="INTEGRATION_FAILURE"),
            (
                "The answer to GET /x/, made after 80 ms, is larger than the 6 MB that Lambda passes on; "
                "the client got 502 after 1.2 s."
            ),
        ),
        (
            evidence(START, own(status=500, exc_info="Traceback\n  x\nKeyError: 'a'"), report(90)),
            "GET /x/ failed after 80 ms of KeyError: 'a'.",
        ),
        (
            evidence(
                "INIT_START Runtime Version\n",
                START,
                own(cold_start=True),
                report(90, "Init Duration: 2400.00 ms\t"),
            ),
            "GET /x/ waited 2.4 s for a cold start.",
        ),
        (
            evidence(
                "REPORT RequestId: another\n",
                "[ERROR] Runtime.ImportModuleError: Unable to import module 'handler'\n",
                INIT_FAILED.format("Runtime.ImportModuleError"),
                START,
                report(20, "Status: error\tError Type: Runtime.ImportModuleError"),
                status="502",
            ),
            (
                "GET (route not known) failed after 20 ms of Runtime.ImportModuleError: Unable to import "
                "module 'handler'; the client got 502 after 1.2 s."
            ),
        ),
        (
            evidence(
                INIT_FAILED.format("Runtime.ExitError"),
                START,
                f"RequestId: {ID} Error: Runtime exited with error: exit status 3\n",
                report(1_200, "Status: error\tError Type: Runtime.ExitError"),
                status="502",
            ),
            (
                "The process of GET (route not known) ended after 1.2 s (exit status 3, while it "
                "started); the client got 502 after 1.2 s."
            ),
        ),
        (
            evidence(START, own(cold_start=True, killed_title="GET /slow/"), report(4_080)),
            "GET /x/ waited 4 s for a cold start (Lambda had killed GET /slow/).",
        ),
        (
            evidence(START, own(), report(90)),
            "GET /x/ was answered after 80 ms, and nothing stands out.",
        ),
        (
            evidence(status="429", error="THROTTLED", errorMessage="Too Many Requests"),
            (
                "GET (route not known) was throttled and never reached Django: Too Many Requests; "
                "the client got 429 after 1.2 s."
            ),
        ),
        (
            evidence(status="502", error="INTEGRATION_FAILURE", integrationStatus="429"),
            (
                "GET (route not known) was throttled and never reached Django: Lambda had no room for "
                "another execution; the client got 502 after 1.2 s."
            ),
        ),
        (
            evidence(status="413", error="REQUEST_TOO_LARGE", errorMessage="Request Too Long"),
            (
                "API Gateway itself refused GET (route not known), which never reached Lambda: "
                "REQUEST_TOO_LARGE, Request Too Long; the client got 413 after 1.2 s."
            ),
        ),
        (
            evidence(status="504", error="INTEGRATION_TIMEOUT"),
            (
                "What GET (route not known) waited for is not known: the function's log has nothing of "
                "it; the client got 504 after 1.2 s."
            ),
        ),
        (evidence(), "What (route not known) waited for is not known: no log has anything of it."),
    ],
)
def test_each_cause_is_told_from_the_lines_that_aws_writes(known: Evidence, expected: str) -> None:
    assert sentence(verdict_of(known)) == expected


def test_the_time_line_has_each_moment_in_its_order() -> None:
    access = {"status": "504", "responseLatency": "29003", "error": "INTEGRATION_TIMEOUT"}
    known = evidence(START, DEADLINE, TIMED_OUT, report(35_000, "Status: timeout"), **access)
    known.cold_starts = [ColdStart("GET /next/", NOW + 36, 1.9)]
    assert time_line(known) == [
        (0.0, "API Gateway gets GET from a client"),
        (0.0, "Lambda begins"),
        (0.0, "the wait for `SELECT 1 FOR UPDATE` begins"),
        (0.1, "its deadline passes in orders/views.py:41 create"),
        (29.003, "the client gets 504, INTEGRATION_TIMEOUT"),
        (35.0, "Lambda kills its process"),
        (36.0, "GET /next/ pays 1.9 s of cold start"),
    ]
    assert sentence(verdict_of(known)).endswith("; the next request paid 1.9 s of cold start.")
    assert time_line(evidence()) == []


def test_a_terminal_shows_the_time_line_in_its_width() -> None:
    access = {"status": "504", "responseLatency": "29003", "error": "INTEGRATION_TIMEOUT"}
    statement = 'SELECT "orders_order"."id", "orders_order"."number" FROM "orders_order" FOR UPDATE'
    waits = [{"name": "default", "sql": statement, "seconds": 27.93}]
    known = evidence(
        START, late(ms=29_000.0, timed_out=True, where="o.py:4 f", in_flight=waits), **access
    )
    told, moments = sentence(verdict_of(known)), time_line(known)
    assert list(printed(told, moments, ["Trace x"], 80)) == [
        'GET /x/ waited 27.9 s for `SELECT "orders_order"."id", "orders_order"."number"',
        'FROM "orders_order" FOR UPDATE` (o.py:4 f); the client got 504 after 29 s.',
        "",
        "    0.000 s  API Gateway gets GET from a client",
        "    0.000 s  Lambda begins",
        '    0.000 s  the wait for `SELECT "orders_order"."id", "orders_order"."number"',
        '             FROM "orders_order" FOR UPDATE` begins',
        "    0.100 s  its deadline passes in o.py:4 f",
        "   29.003 s  the client gets 504, INTEGRATION_TIMEOUT",
        "",
        "Trace x",
    ]
    assert next(printed(told, moments, [], None)) == told


def why(*arguments: str) -> str:
    written = io.StringIO()
    call_command("trace_why", *arguments, stdout=written, stderr=io.StringIO())
    return written.getvalue()


def test_what_may_not_be_read_is_told_and_the_rest_is_explained(aws: Stubs) -> None:
    def answer(found: list[Event]) -> None:
        events = [
            {"timestamp": int(one.at * 1000), "message": one.message, "logStreamName": one.stream}
            for one in found
        ]
        aws["logs"].add_response("filter_log_events", {"events": events})

    log = events(START, DEADLINE, TIMED_OUT, report(35_000, "Status: timeout"))
    aws["logs"].add_client_error("filter_log_events", "ResourceNotFoundException")
    for found in ([log[1]], log, log, []):
        answer(found)
    aws["xray"].add_client_error("batch_get_traces", "AccessDeniedException")
    lines = why(f"Root={TRACE};Sampled=0").splitlines()
    assert lines[0] == (
        "GET /x/ waited 27.9 s for `SELECT 1 FOR UPDATE` (orders/views.py:41 create); "
        "Lambda killed it at 35 s."
    )
    assert lines[-3:] == [
        "There is no access log: what the client got is not known.",
        "BatchGetTraces answered AccessDeniedException: X-Ray's copies are not known.",
        f"Trace {TRACE}",
    ]


def test_nothing_at_all_is_said_as_such(aws: Stubs) -> None:
    for _ in range(2):
        aws["logs"].add_client_error("filter_log_events", "AccessDeniedException")
    aws["xray"].add_response("batch_get_traces", {"Traces": []})
    destination = {"Destination": "CloudWatchLogs", "Status": "ACTIVE"}
    aws["xray"].add_response("get_trace_segment_destination", destination)
    rule = {"Name": "Default", "Rule": {"Probabilistic": {"DesiredSamplingPercentage": 1.0}}}
    aws["xray"].add_response("get_indexing_rules", {"IndexingRules": [rule]})
    asked = {"TraceIds": [TRACE], "StartTime": ANY, "EndTime": ANY}
    aws["xray"].add_response("start_trace_retrieval", {"RetrievalToken": "t"}, asked)
    aws["xray"].add_response("list_retrieved_traces", {"RetrievalStatus": "COMPLETE"})
    with pytest.raises(CommandError) as refused:
        why(TRACE)
    assert str(refused.value) == (
        f"Nothing is known of {TRACE} at the stage dev in eu-central-1: library-dev has no line of it "
        "in a log, or is not deployed there, and X-Ray has no trace. Another stage's: --stage. "
        "FilterLogEvents answered AccessDeniedException: what the client got is not known. "
        "FilterLogEvents answered AccessDeniedException: what Lambda did is not known. "
        "X-Ray has no trace of it: it was not sampled (Transaction Search is on: spans go to "
        "CloudWatch Logs (aws/spans), and X-Ray indexes 1 % of the traces)."
    )


@pytest.mark.parametrize(
    ("in_function", "in_access", "found"),
    [
        ([("12:00", {"route": "/x/"}), ("11:00", {"trace_id": TRACE})], [], TRACE),
        ([], [("12:00", {"traceId": TRACE})], TRACE),
        ([("12:00", {"route": "/x/"})], [], r"no trace id, the last at 2026-11-24 12:00 UTC"),
        ([], [], r"Neither the log of library-dev nor its API's has a time-out"),
    ],
)
def test_the_last_time_out_is_the_last_that_can_be_followed(
    aws: Stubs, in_function: Lines, in_access: Lines, found: str
) -> None:
    for lines in (in_function, in_access):
        rows = [
            [
                {"field": "@timestamp", "value": f"2026-11-24 {at}"},
                {"field": "@message", "value": json.dumps(line)},
            ]
            for at, line in lines
        ]
        aws["logs"].add_response("start_query", {"queryId": "7"})
        aws["logs"].add_response("get_query_results", {"status": "Complete", "results": rows})
    if found == TRACE:
        for _ in range(2):
            aws["logs"].add_client_error("filter_log_events", "ExpiredTokenException")
        aws["xray"].add_client_error("batch_get_traces", "ExpiredTokenException")
    with pytest.raises(CommandError, match=found):
        why("--last-timeout")


def test_a_log_in_json_is_explained_as_one_in_text(aws: Stubs) -> None:
    tracing = {"type": "X-Amzn-Trace-Id", "value": f"Root={TRACE};Sampled=0"}
    metrics = {"durationMs": 35_000.0, "memorySizeMB": 512, "maxMemoryUsedMB": 99}
    lines = [
        {"type": "platform.initStart", "record": {"phase": "init"}},
        {"type": "platform.initReport", "record": {"phase": "init", "status": "success"}},
        {"type": "platform.start", "record": {"requestId": ID, "version": "$LATEST"}},
        json.loads(DEADLINE),
        {
            "type": "platform.report",
            "record": {
                "requestId": ID,
                "metrics": metrics,
                "status": "timeout",
                "tracing": tracing,
            },
        },
    ]
    log = [
        {"timestamp": int(NOW * 1000) + at, "message": json.dumps(one), "logStreamName": "s"}
        for at, one in enumerate(lines)
    ]
    for found in ([], log[4:], log[2:], log, []):
        aws["logs"].add_response("filter_log_events", {"events": found})
    aws["xray"].add_client_error("batch_get_traces", "AccessDeniedException")
    assert why(TRACE).splitlines()[0] == (
        "GET /x/ waited 27.9 s for `SELECT 1 FOR UPDATE` (orders/views.py:41 create); "
        "Lambda killed it at 35 s."
    )


def test_an_aws_that_is_not_to_be_reached_is_asked_once(
    aws: Stubs, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def with_text(_group: Group, text: str) -> list[Event]:
        asked.append(text)
        raise NoCredentialsError

    monkeypatch.setattr(Group, "with_text", with_text)
    with pytest.raises(CommandError, match=r"^Unable to locate credentials$"):
        why(TRACE)
    assert asked == [TRACE]


def test_who_may_ask_nobody_is_told_why(aws: Stubs) -> None:
    for _ in range(2):
        aws["logs"].add_client_error("filter_log_events", "ExpiredTokenException")
    aws["xray"].add_client_error("batch_get_traces", "ExpiredTokenException")
    with pytest.raises(CommandError) as refused:
        why(TRACE)
    assert str(refused.value) == (
        f"What library-dev in eu-central-1 knows of {TRACE} cannot be read: FilterLogEvents answered "
        "ExpiredTokenException; BatchGetTraces answered ExpiredTokenException"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Give the id of a trace, or --last-timeout"),
        ((TRACE, "--last-timeout"), "Give the id of a trace, or --last-timeout"),
        (("nonsense",), "A trace's id looks like"),
        ((TRACE, "--stage=prod"), "no stage 'prod', but: dev, production"),
    ],
)
def test_what_is_not_understood_is_refused(arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        why(*arguments)


def test_lambda_may_tell_of_a_kill_or_a_crash_after_its_report() -> None:
    known = evidence(START, DEADLINE, report(35_000, "Status: timeout"), TIMED_OUT)
    assert sentence(verdict_of(known)).endswith("; Lambda killed it at 35 s.")
    exited = f"RequestId: {ID} Error: Runtime exited with error: signal: killed\n"
    known = evidence(START, report(3_100, "Status: error", 512), exited, NEXT)
    assert verdict_of(known).cause == "out of memory"


def test_a_late_answer_that_failed_is_told_by_its_failure() -> None:
    failed = own(status=500, ms=2_000.0, exc_info="Traceback\nKeyError: 'a'")
    known = evidence(START, DEADLINE, failed, report(2_001), status="500")
    assert sentence(verdict_of(known)).startswith("GET /x/ failed after 2 s of KeyError: 'a'; ")
