"""Traps 3, 6, 7, 10, 11 and 12: what is recorded of a request, and what is not."""

import json
from typing import Any

import pytest

from emulator.daemon import Daemon
from emulator.events import passthrough_trace_header, response_body, trace_header
from emulator.function import Function
from tests.traps.conftest import MakeFunction
from tests.traps.killing import killed_once_told
from tests.traps.reading import complete, queries, request_documents

pytestmark = pytest.mark.slow

SECRETS = {
    "Authorization": "Token SECRET-AUTHORIZATION",
    "Cookie": "sessionid=SECRET-COOKIE",
    "X-Forwarded-For": "198.51.100.77, 203.0.113.9",
    "User-Agent": "SECRET-AGENT",
    "Referer": "https://example.org/SECRET-REFERER",
}
NOT_RECORDED = [b"SECRET", b"198.51.100", b"203.0.113"]


@pytest.mark.parametrize("header", [passthrough_trace_header(), ""], ids=["passthrough", "none"])
def test_trap_03_without_tracing_of_the_function_answers_stay_what_they_are(
    cold_function: Function, daemon: Daemon, header: str
) -> None:
    function = cold_function
    paths = ["/ok/", "/missing/", "/forbidden/", "/broken/", "/handled/", "/query/", "/nowhere/"]

    answers = [function.request("GET", path, trace_header=header)["statusCode"] for path in paths]

    assert answers == [200, 404, 403, 500, 500, 200, 404]
    assert daemon.packets == []
    assert "ValueError: broken on purpose" in function.log
    assert "AttributeError" not in function.log
    log = function.log
    for allowed in ("aws_xray_sdk/", "xray_recorder", "zappa_xray.request"):
        log = log.replace(allowed, "")
    for word in ("aws_xray_sdk", "ubsegment", "X-Ray", "xray"):
        assert word not in log


def test_trap_03_an_unsampled_request_sends_nothing_and_the_next_sampled_one_does(
    function: Function, daemon: Daemon
) -> None:
    function.request("GET", "/query/", trace_header=trace_header(sampled=False))
    assert daemon.packets == []

    function.request("GET", "/query/", trace_header=trace_header(sampled=True))
    assert complete(daemon.documents)["annotations"]["status"] == 200


def test_trap_03_the_sdk_can_be_switched_off(make_function: MakeFunction, daemon: Daemon) -> None:
    function = make_function(environment={"AWS_XRAY_SDK_ENABLED": "false"})

    answers = [
        function.request("GET", path)["statusCode"]
        for path in ("/ok/", "/missing/", "/broken/", "/query/")
    ]

    assert answers == [200, 404, 500, 200]
    assert daemon.packets == []


@pytest.mark.parametrize("path", ["/ok/", "/missing/", "/broken/", "/handled/", "/query/"])
def test_trap_06_no_personal_data_in_packets_or_log(
    function: Function, daemon: Daemon, path: str
) -> None:
    function.request("GET", f"{path}?token=SECRET-QUERY", headers=SECRETS)

    everything = b"".join(daemon.packets) + function.log.encode()
    assert path.encode() in everything
    assert [word for word in NOT_RECORDED if word in everything] == []


def test_trap_06_no_personal_data_of_a_timed_out_request(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function('XRAY_TRACING = XRAY_TRACING | {"DEADLINE_SECONDS": 0.5}\n')

    path = "/sleep/?token=SECRET-QUERY"
    killed_once_told(function, lambda: function.request("GET", path, headers=SECRETS))

    everything = b"".join(daemon.packets) + function.log.encode()
    assert b"has not finished" in everything
    assert [word for word in NOT_RECORDED if word in everything] == []


def test_trap_06_the_owner_may_ask_for_more(make_function: MakeFunction, daemon: Daemon) -> None:
    function = make_function(
        'XRAY_TRACING = XRAY_TRACING | {"RECORD": ["query_string", "client_address", '
        '"user_agent"]}\n'
    )

    function.request("GET", "/broken/?token=SECRET-QUERY", headers=SECRETS)

    document = complete(daemon.documents)
    assert document["http"]["request"] == {
        "method": "GET",
        "url": "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"
        "/dev/broken/?token=SECRET-QUERY",
        "user_agent": "SECRET-AGENT",
        "client_ip": "198.51.100.77, 203.0.113.9",
        "x_forwarded_for": True,
    }
    [exception] = document["cause"]["exceptions"]
    assert exception["type"] == "ValueError"
    assert "message" not in exception
    packets = b"".join(daemon.packets)
    assert [word for word in (b"AUTHORIZATION", b"COOKIE", b"REFERER") if word in packets] == []


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/notes/", "/api/notes/"),
        ("/api/notes/1/", "/api/notes/{id}/"),
        ("/api/notes/2/", "/api/notes/{id}/"),
        ("/api/notes/1.json", "/api/notes/{id}.{format}"),
        ("/items/7/parts/left/", "/items/{id}/parts/{name}/"),
        ("/archive/2026/", "/archive/{year}/"),
        ("/spaced/0d0a6d1e-6a0f-4a7b-9a39-2f1f6f2d1a11/", "/spaced/{token}/"),
        ("/missing/", "/missing/"),
        ("/nowhere/", "(no route)"),
        ("/ok", "(no route)"),
    ],
)
def test_trap_07_the_route_is_the_pattern_as_a_person_writes_it(
    function: Function, daemon: Daemon, path: str, route: str
) -> None:
    function.request("GET", path)

    assert complete(daemon.documents)["annotations"]["route"] == route


FLAGS = {
    "/ok/": (200, set()),
    "/nowhere/": (404, {"error"}),
    "/missing/": (404, {"error"}),
    "/drf-missing/": (404, {"error"}),
    "/forbidden/": (403, {"error"}),
    "/throttled/": (429, {"error", "throttle"}),
    "/broken/": (500, {"fault", "cause"}),
    "/handled/": (500, {"fault", "cause"}),
    "/ok/?broken-in-middleware": (500, {"fault", "cause"}),
}


@pytest.mark.parametrize("path", FLAGS)
def test_trap_10_error_throttle_and_fault_mean_what_x_ray_means(
    function: Function, daemon: Daemon, path: str
) -> None:
    status, flags = FLAGS[path]

    assert function.request("GET", path)["statusCode"] == status

    document = complete(daemon.documents)
    assert {"error", "throttle", "fault", "cause"} & set(document) == flags
    assert document["annotations"]["status"] == status
    assert document["http"]["response"]["status"] == status


def test_trap_10_an_unhandled_exception_is_the_cause(function: Function, daemon: Daemon) -> None:
    function.request("GET", "/broken/")

    [exception] = complete(daemon.documents)["cause"]["exceptions"]
    assert (exception["type"], exception["message"]) == ("ValueError", "broken on purpose")
    innermost = exception["stack"][-1]
    assert (innermost["path"], innermost["label"]) == ("trap_views.py", "broken")


def test_trap_11_a_500_handled_by_drf_has_its_cause(function: Function, daemon: Daemon) -> None:
    function.request("GET", "/handled/")

    [exception] = complete(daemon.documents)["cause"]["exceptions"]
    assert (exception["type"], exception["message"]) == ("APIException", "broken in DRF")
    innermost = exception["stack"][-1]
    assert (innermost["path"], innermost["label"]) == ("trap_views.py", "get")


def test_trap_12_a_bad_host_is_one_400_and_nothing_stays_open(
    function: Function, daemon: Daemon
) -> None:
    function.request("GET", "/ok/")
    daemon.clear()

    refused = function.request("GET", "/ok/", headers={"Host": "evil.example"})

    assert refused["statusCode"] == 400
    document = complete(daemon.documents)
    assert document["annotations"]["status"] == 400
    assert document["error"] is True
    assert "cause" not in document
    assert b"evil.example" not in b"".join(daemon.packets)
    daemon.clear()

    header = trace_header(document["trace_id"])
    function.request("GET", "/query/", trace_header=header)

    document = complete(daemon.documents)
    assert f"Parent={document['parent_id']};" in header
    [query] = queries(daemon.documents)
    assert query["parent_id"] == document["id"]


def test_trap_12_what_a_view_leaves_open_does_not_hold_its_request_back(
    function: Function, daemon: Daemon
) -> None:
    function.request("GET", "/leaking/")

    documents = daemon.documents
    assert [one["name"] for one in documents if one["name"] == "never ended"] == ["never ended"]
    assert complete(documents)["annotations"]["status"] == 200


def log_records(function: Function) -> list[dict[str, Any]]:
    """The lines of JSON in a function's log."""
    return [json.loads(line) for line in function.log.splitlines() if line.startswith("{")]


def test_trap_10_the_log_line_of_a_fault_leads_to_its_trace(
    function: Function, daemon: Daemon
) -> None:
    response = function.request("GET", "/broken/")

    document = complete(daemon.documents)
    [record] = [one for one in log_records(function) if one["level"] == "ERROR"]
    assert record["trace_id"] == document["trace_id"]
    assert record["request_id"]
    assert response["headers"]["X-Amzn-Trace-Id"] == f"Root={document['trace_id']}"
    assert response_body(response)
    assert len({one["id"] for one in request_documents(daemon.documents)}) == 1
