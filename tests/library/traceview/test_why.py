"""One sentence for each cause, from plain values and from what a deadline reported."""

from typing import Any

import pytest
from zappa_xray.traceview.trace import Trace
from zappa_xray.traceview.why.sentence import sentence
from zappa_xray.traceview.why.verdict import Cause, Verdict
from zappa_xray.traceview.why.waiting import killed, waiting_of

from tests.library.traceview import recorded

TITLE = "POST /api/orders/"
KILLED: dict[str, Any] = {"status": 504, "answered_at": 29.003, "killed_at": 35.0}
END = "; the client got 504 after 29 s; Lambda killed it at 35 s"
STATEMENT = "SELECT * FROM orders\n WHERE id = %s FOR UPDATE"


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (
            Verdict(
                TITLE,
                Cause.QUERY,
                27.93,
                STATEMENT,
                "orders/views.py:41 create",
                **KILLED,
                cold_starts=(1.9, 1.2),
            ),
            (
                f"{TITLE} waited 27.9 s for `SELECT * FROM orders WHERE id = %s FOR UPDATE` "
                f"(orders/views.py:41 create){END}; the next two requests paid up to 1.9 s of cold start."
            ),
        ),
        (
            Verdict(TITLE, Cause.CONNECT, 28.0, "10.0.0.5", "orders/views.py:41 create", **KILLED),
            f"{TITLE} waited 28 s for a connection to `10.0.0.5` (orders/views.py:41 create){END}.",
        ),
        (
            Verdict(TITLE, Cause.CALL, 28.0, "GET https://example.org/"),
            f"{TITLE} waited 28 s for the answer to `GET https://example.org/`.",
        ),
        (
            Verdict(TITLE, Cause.OWN_CODE, 29.0, "", "orders/sums.py:7 total", cold_starts=(0.72,)),
            (
                f"{TITLE} ran 29 s in the service's own code, in orders/sums.py:7 total; "
                "the next request paid 720 ms of cold start."
            ),
        ),
        (
            Verdict(TITLE, Cause.C_CODE, 35.0, killed_at=35.0),
            (
                f"{TITLE} ran 35 s in C code that lets no other thread run; "
                'XRAY_TRACING["FAULTHANDLER"] would print its line; Lambda killed it at 35 s.'
            ),
        ),
        (
            Verdict(
                TITLE,
                Cause.COLD_START,
                9.8,
                "Lambda had killed GET /slow/",
                status=200,
                answered_at=10.1,
            ),
            (
                f"{TITLE} waited 9.8 s for a cold start (Lambda had killed GET /slow/); "
                "the client got 200 after 10.1 s."
            ),
        ),
        (
            Verdict(TITLE, Cause.THROTTLED, None, "Rate Exceeded", status=429, answered_at=0.012),
            f"{TITLE} was throttled and never reached Django: Rate Exceeded; the client got 429 after 12 ms.",
        ),
        (
            Verdict(
                TITLE,
                Cause.CRASHED,
                1.2,
                "signal: segmentation fault",
                status=502,
                answered_at=1.25,
            ),
            (
                f"The process of {TITLE} ended after 1.2 s (signal: segmentation fault); "
                "the client got 502 after 1.2 s."
            ),
        ),
        (
            Verdict(TITLE, Cause.OUT_OF_MEMORY, 3.1, "512 MB", status=502, answered_at=3.2),
            (
                f"{TITLE} used up its 512 MB after 3.1 s, and its process was killed; "
                "the client got 502 after 3.2 s."
            ),
        ),
        (
            Verdict(TITLE, Cause.TOO_LARGE, 0.4, status=502, answered_at=0.5),
            (
                f"The answer to {TITLE}, made after 400 ms, is larger than the 6 MB that Lambda passes on; "
                "the client got 502 after 500 ms."
            ),
        ),
        (
            Verdict(
                "GET (no route)", Cause.REFUSED, None, "MISSING_AUTHENTICATION_TOKEN", status=403
            ),
            (
                "API Gateway itself refused GET (no route), which never reached Lambda: "
                "MISSING_AUTHENTICATION_TOKEN; the client got 403."
            ),
        ),
        (
            Verdict(
                TITLE, Cause.FAILED, 0.1, "LookupError", "orders/views.py:9 create", status=500
            ),
            f"{TITLE} failed after 100 ms of LookupError (orders/views.py:9 create); the client got 500.",
        ),
        (
            Verdict(TITLE, Cause.ANSWERED, 0.1),
            f"{TITLE} was answered after 100 ms, and nothing stands out.",
        ),
        (Verdict(TITLE, Cause.UNKNOWN), f"What {TITLE} waited for is not known."),
    ],
)
def test_each_cause_has_its_sentence(verdict: Verdict, expected: str) -> None:
    assert sentence(verdict) == expected


def test_a_long_statement_is_shortened_and_steers_no_terminal() -> None:
    told = sentence(Verdict(TITLE, Cause.QUERY, 1.0, "SELECT \x1b[31m" + "x" * 500))
    assert "`SELECT \\x1b[31mxxx" in told
    assert "x…`" in told
    assert len(told) < 200


@pytest.mark.parametrize(
    ("facts", "cause", "seconds", "what"),
    [
        (
            {
                "in_flight": [
                    {"name": "call", "call": "GET http://x/"},
                    {"name": "default", "sql": "SELECT 1", "seconds": 2.5},
                ]
            },
            Cause.QUERY,
            2.5,
            "SELECT 1",
        ),
        (
            {"in_flight": [{"name": "connect default", "call": "10.0.0.5"}]},
            Cause.CONNECT,
            29.0,
            "10.0.0.5",
        ),
        (
            {
                "in_flight": [{"name": "urllib", "call": "GET http://x/"}],
                "stack": [
                    "a.py:1 view",
                    "http/client.py:9 connect",
                    "socket.py:1 create_connection",
                ],
            },
            Cause.CONNECT,
            29.0,
            "GET http://x/",
        ),
        (
            {"in_flight": [{"name": "DNS", "call": "the address of x"}]},
            Cause.CONNECT,
            29.0,
            "the address of x",
        ),
        (
            {
                "in_flight": [{"name": "urllib", "call": "GET http://x/"}],
                "stack": ["a.py:1 view", "ssl.py:1 read"],
            },
            Cause.CALL,
            29.0,
            "GET http://x/",
        ),
        ({"in_flight": [{"name": "sums"}]}, Cause.OWN_CODE, 29.0, ""),
        ({"in_flight": "nonsense", "stack": 7}, Cause.OWN_CODE, 29.0, ""),
    ],
)
def test_what_was_in_flight_is_what_it_waited_for(
    facts: dict[str, Any], cause: Cause, seconds: float, what: str
) -> None:
    waiting = waiting_of({"seconds": 29.0, "where": "orders/views.py:41 create"} | facts)
    assert (waiting.cause, waiting.seconds, waiting.what) == (cause, seconds, what)
    assert waiting.where == "orders/views.py:41 create"


def test_a_trace_of_a_deadline_has_a_sentence() -> None:
    verdict = killed(recorded("timed_out"))
    assert verdict is not None
    assert sentence(verdict) == (
        "GET /hang/ ran 1 s in the service's own code, in troubles.py:23 hang."
    )
    assert killed(recorded("created")) is None


def test_nothing_of_a_document_is_taken_on_trust() -> None:
    document: dict[str, Any] = {"id": "1", "name": "x", "trace_id": "1", "start_time": 1.0}
    hostile: list[Any] = ["x", {"tracing": []}, {"tracing": {"deadline": "x"}}]
    for metadata in hostile:
        assert killed(Trace([document | {"metadata": metadata}])) is None
    assert killed(Trace([document | {"metadata": {"tracing": {"deadline": {"seconds": "x"}}}}]))
