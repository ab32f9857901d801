import json
from typing import Any

import pytest
from rich.text import Text
from zappa_xray.traceview.documents import MalformedPacketError, body_of, document_of
from zappa_xray.traceview.durations import as_text
from zappa_xray.traceview.lines import lines_of
from zappa_xray.traceview.printable import printable
from zappa_xray.traceview.summary import summary_of
from zappa_xray.traceview.terminal import tree
from zappa_xray.traceview.trace import Trace

from tests.library.traceview import in_production, packets, recorded

ID = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"


def document(identity: str, **more: Any) -> dict[str, Any]:
    times = {"start_time": 1000.0, "end_time": 1001.0}
    return {"id": identity, "trace_id": ID, "name": "service", **times, **more}


def printed(trace: Trace, width: int = 100) -> str:
    return "\n".join(text.plain for text in tree(trace, width))


def test_a_request_is_a_tree_of_its_queries() -> None:
    assert printed(recorded("created")) == (
        "POST /api/notes/ 201  6.8 ms  2 queries  1-6b031359-c58ea193bddb355b0ea488c5\n"
        "    6.8 ms  POST /api/notes/ 201\n"
        "    0.3 ms    connect default\n"
        '    0.4 ms    SELECT … FROM "authtoken_token" INNER JOIN "accounts_user" ON ("authtoken_token"."use…\n'
        '    0.3 ms    INSERT INTO "notes_note" ("owner_id", "title", "body", "created_at", "updated_at") VA…'
    )


def test_the_same_query_many_times_is_one_line() -> None:
    lines = lines_of(recorded("repeated"))
    assert [(line.kind, line.label[:40], len(line.spans)) for line in lines] == [
        ("request", "GET /repeat/ 200", 1),
        ("call", "connect default", 1),
        ("query", 'SELECT … FROM "auth_permission" INNER JO', 1),
        ("query", '7 times the same query: SELECT … FROM "d', 7),
    ]
    assert lines[-1].took == as_text(sum(length for _, length in lines[-1].spans))
    assert summary_of(recorded("repeated")).repeated == 7
    assert summary_of(recorded("created")).repeated == 0


def test_an_exception_stands_below_its_line_with_its_stack() -> None:
    assert printed(recorded("failed"), width=70) == (
        "GET /fail/{what} 500  17.3 ms  1 query  fault  1-6b03135a-e2d86f1c320c2bf9f1dad5d1\n"
        "  GET /fail/{what} failed after 17 ms of RuntimeError:\n"
        "  <script>document.title = 'owned'</script> (troubles.py:19 fail).\n"
        "   17.3 ms  GET /fail/{what} 500  fault\n"
        "              RuntimeError: <script>document.title = 'owned'</script>\n"
        "                … 2 frames of libraries\n"
        "                troubles.py:19 fail\n"
        "    0.3 ms    connect default\n"
        "    0.1 ms    SELECT '<img src=x onerror=document.title=1>'\n"
        "    6.7 ms    unknown"
    )


def test_a_time_out_is_marked_and_tells_where_it_was() -> None:
    trace = recorded("timed_out")
    (line,) = lines_of(trace)
    assert summary_of(trace).marks == line.marks == ["timed out"]
    assert "troubles.py:23 hang" in dict(line.details)["metadata"]


def test_the_report_of_a_deadline_is_a_line_of_its_own_and_no_second_request() -> None:
    route = {"route": "/slow/", "method": "GET"}
    report = document(
        "b" * 16,
        name="deadline",
        parent_id="a" * 16,
        fault=True,
        annotations=route | {"timed_out": True},
        metadata={"tracing": {"deadline": {"where": "notes/views.py:12 slow"}}},
        cause={"exceptions": [{"type": "DeadlinePassed", "message": "it is in notes/views.py"}]},
    )
    killed = document("a" * 16, annotations=route | {"timed_out": True}, in_progress=True)
    assert printed(Trace([report, killed])).splitlines()[1:] == [
        "  GET /slow/ ran in the service's own code, in notes/views.py:12 slow.",
        "  Its end has not been told: 1.00 s.",
        " not ended  GET /slow/  timed out  in progress",
        "    1.00 s    deadline  timed out  fault",
        "              DeadlinePassed: it is in notes/views.py",
    ]
    alone = summary_of(Trace([report]))  # the copy of the request was lost
    assert (alone.method, alone.route, alone.marks) == ("GET", "/slow/", ["timed out", "fault"])


def test_until_the_complete_document_comes_the_trace_is_in_progress() -> None:
    first, *_, last = [document_of(body_of(packet)) for packet in packets("lambda")]
    open_trace, done = Trace([first]), Trace([last, first])
    assert (open_trace.in_progress, summary_of(open_trace).status) == (True, None)
    assert (done.in_progress, summary_of(done).route, summary_of(done).status) == (
        False,
        "/api/notes/",
        200,
    )


def test_pieces_sent_one_by_one_are_joined_and_a_later_copy_in_progress_changes_nothing() -> None:
    documents = [document_of(body_of(packet)) for packet in packets("lambda")]
    assert printed(Trace(documents)) == printed(Trace(reversed(documents)))
    assert summary_of(recorded("lambda")).queries == 3


def test_in_production_the_gateway_lambda_its_init_and_its_overhead_are_told_apart() -> None:
    trace = Trace(document_of(segment["Document"]) for segment in in_production()["Segments"])
    assert printed(trace, width=44).replace("…", "~").splitlines()[1:10] == [
        "    1.37 s  API Gateway notes-api-dev/dev",
        "    1.36 s    Lambda Invoke 200",
        "    1.36 s      Lambda notes-api-dev",
        "  460.0 ms        Function notes-api-dev",
        "  838.0 ms          Initialization",
        "  445.0 ms          Invocation",
        "  436.7 ms          GET /api/notes/ 200",
        "    6.1 ms            connect default",
        '    0.4 ms            SELECT ~ FROM "authto~',
    ]
    assert trace.root.kind == "gateway"
    assert (summary_of(trace).route, summary_of(trace).status) == ("/api/notes/", 200)


def test_the_status_is_the_one_the_caller_got() -> None:
    gateway = document(
        "a" * 16, origin="AWS::ApiGateway::Stage", http={"response": {"status": 504}}
    )
    request = document("b" * 16, parent_id="a" * 16, annotations={"route": "/slow/", "status": 200})
    assert summary_of(Trace([request, gateway])).status == 504
    assert summary_of(Trace([request])).status == 200


def test_documents_that_are_each_others_parents_are_all_shown() -> None:
    first = document("a" * 16, parent_id="b" * 16)
    second = document("b" * 16, parent_id="a" * 16)
    assert len(lines_of(Trace([first, second]))) == 2
    assert len(lines_of(Trace([document("a" * 16, parent_id="a" * 16)]))) == 1


def test_a_document_nested_very_deep_is_shown() -> None:
    nested: dict[str, Any] = {"name": "innermost"}
    for _ in range(800):
        nested = {"subsegments": [nested]}
    lines = lines_of(Trace([document("a" * 16, subsegments=[nested])]))
    assert (len(lines), lines[-1].label, lines[-1].spans) == (802, "innermost", [(0.0, 1.0)])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("\ud800", "\\ud800"),
        ("zwölf\n日本", "zwölf\n日本"),
    ],
)
def test_nothing_that_a_caller_sends_steers_a_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown
    trace = Trace([document("a" * 16, name=text, annotations={"route": text})])
    assert all(character.isprintable() for line in tree(trace, 80) for character in line.plain)


def test_markup_is_text() -> None:
    trace = Trace([document("a" * 16, annotations={"route": "/[bold red]x[/]/"})])
    assert [type(line) for line in tree(trace, 80)] == [Text, Text]
    assert "/[bold red]x[/]/" in printed(trace)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\xff\xfe",
        b'{"format":"json","version":1}',
        b'{"format":"json","version":2}\n{"id":"a"}',
        b'{"format":"json","version":1}\n[]',
        b'{"format":"json","version":1}\n{"id":"a","trace_id":"1-2-3","start_time":1}',
        b'{"format":"json","version":1}\n' + b"[" * 60_000,
    ],
)
def test_a_packet_that_the_daemon_would_not_take_is_malformed(packet: bytes) -> None:
    with pytest.raises(MalformedPacketError):
        document_of(body_of(packet))


@pytest.mark.parametrize("time", [None, "1", True, -1, 1e300, float("nan"), 10**400])
def test_a_document_without_a_time_is_malformed(time: object) -> None:
    with pytest.raises(MalformedPacketError):
        document_of(json.dumps(document("a" * 16, start_time=time)))
