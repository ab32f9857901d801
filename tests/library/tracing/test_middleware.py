import pytest
from django.test import Client, override_settings
from zappa_xray.testing import TraceDaemon

pytestmark = pytest.mark.urls("tests.library.tracing.urls")

TRACE = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def test_a_request_is_sent_at_its_start_and_at_its_end(
    client: Client, trace_daemon: TraceDaemon
) -> None:
    client.get("/ok/?token=SECRET", HTTP_AUTHORIZATION="SECRET", HTTP_USER_AGENT="SECRET")

    start, end = trace_daemon.documents
    assert start["in_progress"] is True
    assert start["annotations"].pop("cold_start") in (True, False)
    end["annotations"].pop("cold_start")
    assert start["annotations"] == {"route": "/ok/", "method": "GET", "stage": "local"}
    assert end["in_progress"] is False
    assert end["annotations"] == start["annotations"] | {"status": 200}
    assert end["id"] == start["id"]
    assert end["http"] == {
        "request": {"method": "GET", "url": "http://testserver/ok/"},
        "response": {"status": 200, "content_length": 2},
    }
    assert b"SECRET" not in b"".join(trace_daemon.packets)


@pytest.mark.parametrize(
    ("path", "status", "flags"),
    [
        ("/nowhere/", 404, {"error"}),
        ("/missing/", 404, {"error"}),
        ("/forbidden/", 403, {"error"}),
        ("/too-many/", 429, {"error", "throttle"}),
        ("/broken/", 500, {"fault", "cause"}),
        ("/handled/", 500, {"fault", "cause"}),
    ],
)
def test_flags_mean_what_x_ray_means(
    client: Client, trace_daemon: TraceDaemon, path: str, status: int, flags: set[str]
) -> None:
    assert client.get(path).status_code == status

    [document] = trace_daemon.complete
    assert document["annotations"]["status"] == status
    assert {"error", "throttle", "fault", "cause"} & document.keys() == flags


@pytest.mark.parametrize(
    ("told", "recorded"), [("12", {"content_length": 12}), ("9" * 5_000, {}), ("two", {})]
)
def test_a_length_that_is_no_number_of_bytes_is_left_out(
    client: Client, trace_daemon: TraceDaemon, told: str, recorded: dict[str, int]
) -> None:
    response = client.get("/of-length/", {"length": told})

    assert response.headers["X-Amzn-Trace-Id"]  # nothing has failed on the way
    assert trace_daemon.complete[0]["http"]["response"] == {"status": 200, **recorded}


def test_the_cause_names_the_line_that_raised(client: Client, trace_daemon: TraceDaemon) -> None:
    client.get("/broken/")

    [exception] = trace_daemon.complete[0]["cause"]["exceptions"]
    assert (exception["type"], exception["message"]) == ("ValueError", "broken on purpose")
    assert exception["stack"][-1]["path"] == "tests/library/tracing/urls.py"
    assert exception["stack"][-1]["label"] == "broken"


def test_a_bad_host_is_a_400_without_a_host(client: Client, trace_daemon: TraceDaemon) -> None:
    assert client.get("/ok/", HTTP_HOST="evil.example").status_code == 400

    [document] = trace_daemon.complete
    assert document["annotations"]["status"] == 400
    assert document["http"]["request"]["url"] == "/ok/"


def test_the_owner_may_record_more(client: Client, trace_daemon: TraceDaemon) -> None:
    with override_settings(XRAY_TRACING={"RECORD": ["query_string", "client_address"]}):
        client.get("/broken/?page=2", HTTP_X_FORWARDED_FOR="198.51.100.7")

    [document] = trace_daemon.complete
    assert document["http"]["request"] == {
        "method": "GET",
        "url": "http://testserver/broken/?page=2",
        "client_ip": "198.51.100.7",
        "x_forwarded_for": True,
    }
    assert "message" not in document["cause"]["exceptions"][0]


def test_a_trace_header_is_followed(client: Client, trace_daemon: TraceDaemon) -> None:
    header = f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=1"

    response = client.get("/ok/", HTTP_X_AMZN_TRACE_ID=header)

    [document] = trace_daemon.complete
    assert (document["trace_id"], document["parent_id"]) == (TRACE, "53995c3f42cd8ad8")
    assert response["X-Amzn-Trace-Id"] == f"Root={TRACE}"


def test_a_request_that_is_not_sampled_sends_nothing(
    client: Client, trace_daemon: TraceDaemon
) -> None:
    client.get("/query/", HTTP_X_AMZN_TRACE_ID=f"Root={TRACE};Sampled=0")
    assert trace_daemon.documents == []

    client.get("/ok/", HTTP_X_AMZN_TRACE_ID="Root=garbage;Sampled=0")
    assert trace_daemon.complete[0]["trace_id"] != "garbage"


def test_what_a_view_leaves_open_is_ended(client: Client, trace_daemon: TraceDaemon) -> None:
    client.get("/leaking/")

    [document] = trace_daemon.complete
    assert [child["name"] for child in document["subsegments"]] == ["never ended"]
