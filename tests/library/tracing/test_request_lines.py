"""The one line of each request that ends, and what no log line says."""

import logging
import threading
from types import ModuleType
from typing import Any

import pytest
from django.test import Client, override_settings
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing import middleware, recording
from zappa_xray.tracing.background import BackgroundWork
from zappa_xray.tracing.invocations import record_invocations
from zappa_xray.tracing.kill_marker import Killed, KillMarker
from zappa_xray.tracing.logs import TraceContextFilter

from tests.library.tracing.serving import serve

pytestmark = pytest.mark.urls("tests.library.tracing.urls")

TRACE = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"


@pytest.fixture(autouse=True)
def warm(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(recording.process, "is_cold", False)


def lines(caplog: pytest.LogCaptureFixture, name: str = "zappa_xray.request") -> list[Any]:
    return [
        vars(record) | {"text": record.getMessage()}
        for record in caplog.records
        if record.name == name
    ]


def fields(line: dict[str, Any]) -> dict[str, Any]:
    names = ("route", "method", "status", "cold_start", "trace_id", "request_id")
    return {name: line[name] for name in names}


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/ok/", "/ok/", 200),
        ("/items/7/parts/left/", "/items/{id}/parts/{name}/", 200),
        ("/secret-path/", "(no route)", 404),
        ("/broken/", "/broken/", 500),
    ],
)
def test_each_request_has_one(
    caplog: pytest.LogCaptureFixture,
    trace_daemon: TraceDaemon,
    path: str,
    route: str,
    status: int,
) -> None:
    Client(raise_request_exception=False).get(path)

    [line] = lines(caplog)
    assert fields(line) == {
        "route": route,
        "method": "GET",
        "status": status,
        "cold_start": False,
        "trace_id": trace_daemon.complete[0]["trace_id"],
        "request_id": None,
    }
    assert line["text"] == f"GET {route} {status} in {line['ms']} ms"
    assert line["ms"] > 0


def test_one_that_is_not_sampled_has_one_with_its_trace(
    caplog: pytest.LogCaptureFixture, trace_daemon: TraceDaemon
) -> None:
    Client().get("/ok/", HTTP_X_AMZN_TRACE_ID=f"Root={TRACE};Sampled=0")

    [line] = lines(caplog)
    assert (line["status"], line["trace_id"]) == (200, TRACE)
    assert trace_daemon.documents == []


@pytest.mark.django_db
@pytest.mark.urls("tests.library.tracing.serving")
def test_one_that_is_streamed_has_one_when_it_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    serve("/pieces/")
    with pytest.raises(ValueError, match="broken while it is sent"):
        serve("/breaks/")

    whole, broken = lines(caplog)
    assert (whole["status"], broken["status"]) == (200, 200)
    assert whole["ms"] >= 50
    assert broken["text"].endswith(" ms, broken while it was sent: ValueError")


def test_background_work_has_one(caplog: pytest.LogCaptureFixture) -> None:
    with BackgroundWork("orders.tasks.send"):
        pass
    with pytest.raises(LookupError), BackgroundWork("orders.tasks.send"):
        raise LookupError

    done, failed = lines(caplog, "zappa_xray.work")
    assert [(line["work"], line["failed"]) for line in (done, failed)] == [
        ("orders.tasks.send", False),
        ("orders.tasks.send", True),
    ]
    assert failed["text"].startswith("orders.tasks.send failed in ")


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_the_line_of_the_deadline_has_the_same_fields(caplog: pytest.LogCaptureFixture) -> None:
    Client().get("/slow/")

    [late] = lines(caplog, "zappa_xray.tracing.report")
    [end] = lines(caplog)
    names = ("route", "method", "cold_start", "trace_id", "request_id")
    assert {name: late[name] for name in names} == {name: end[name] for name in names}
    assert late["timed_out"] is True
    assert late["where"].endswith(" slow")
    assert 100 <= late["ms"] < end["ms"]


@pytest.mark.parametrize(
    ("path", "route"), [("/SECRET/", "(no route)"), ("/hidden/SECRET/", "/hidden/{name}/")]
)
def test_the_path_of_a_4xx_is_its_route_unless_the_owner_asks_for_it(
    caplog: pytest.LogCaptureFixture, path: str, route: str
) -> None:
    with caplog.filtering(TraceContextFilter()):
        Client().get(path)
    [warning] = lines(caplog, "django.request")
    assert warning["text"] == f"Not Found: {route}"
    assert "SECRET" not in caplog.text

    with (
        caplog.filtering(TraceContextFilter()),
        override_settings(XRAY_TRACING={"LOG_PATHS": True}),
    ):
        Client().get(path)
    assert lines(caplog, "django.request")[-1]["text"] == f"Not Found: {path}"


@pytest.mark.parametrize("path", ["/SECRET\u00e9/", "/SECRET%0Ax/", "/SECRET%FF/"])
def test_a_path_that_django_escapes_in_its_line_is_the_route_too(
    caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.filtering(TraceContextFilter()):
        Client().get(path)

    [warning] = lines(caplog, "django.request")
    assert warning["text"] == "Not Found: (no route)"


def test_the_first_after_a_kill_says_so(
    caplog: pytest.LogCaptureFixture,
    trace_daemon: TraceDaemon,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    KillMarker("test").put(Killed("GET /stuck/", TRACE, "an-id"))
    monkeypatch.setattr(recording.process, "is_cold", True)
    monkeypatch.setattr(recording.process, "is_first", True)
    monkeypatch.setattr(recording.process, "marker", KillMarker("test"))

    Client().get("/ok/")
    Client().get("/ok/")

    first, second = lines(caplog)
    assert (first["cold_start"], second["cold_start"]) == (True, False)
    assert (first["killed_title"], first["killed_trace_id"], first["killed_request_id"]) == (
        "GET /stuck/",
        TRACE,
        "an-id",
    )
    assert first["text"].endswith(" ms, a cold start, the first after GET /stuck/ was killed")
    assert "killed_title" not in second
    assert KillMarker("test").take() is None
    killed = trace_daemon.complete[0]["metadata"]["tracing"]["killed_before"]
    assert killed == {"title": "GET /stuck/", "trace_id": TRACE, "request_id": "an-id"}
    annotations = [document["annotations"]["cold_start"] for document in trace_daemon.complete]
    assert annotations == [True, False]


@pytest.fixture
def marker(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> KillMarker:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(recording.process, "marker", KillMarker("test"))
    return KillMarker("test")


def test_work_that_ends_beside_a_request_leaves_word_of_the_request(marker: KillMarker) -> None:
    def work_in_a_thread() -> None:
        with BackgroundWork("a part in a thread"):
            pass

    with BackgroundWork("the request"):
        thread = threading.Thread(target=work_in_a_thread)
        thread.start()
        thread.join()
        with BackgroundWork("a request of the test client"):
            pass
        killed = marker.take()
    assert killed is not None
    assert killed.title == "the request"
    assert marker.take() is None


def test_a_kill_while_the_urls_are_imported_leaves_word(
    marker: KillMarker, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Killed | None] = []

    def killed_here(request: Any) -> str:
        found.append(KillMarker("test").take())
        return "/ok/"

    monkeypatch.setattr(recording.process, "is_cold", True)
    monkeypatch.setattr(middleware, "route_of", killed_here)

    Client().get("/ok/")

    [killed] = found
    assert killed is not None
    assert killed.title == "library"


def test_what_comes_after_keep_warm_is_no_cold_start(
    caplog: pytest.LogCaptureFixture,
    marker: KillMarker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marker.put(Killed("GET /stuck/", TRACE, "an-id"))
    monkeypatch.setattr(recording.process, "is_cold", True)
    monkeypatch.setattr(recording.process, "is_first", True)
    module = ModuleType("handler")
    module.LambdaHandler = type("LambdaHandler", (), {"handler": lambda *_: None})  # type: ignore[attr-defined]  # plays Zappa's
    record_invocations(module)

    rule = "arn:aws:events:eu-central-1:1:rule/zappa-keep-warm-handler.keep_warm_callback"
    module.LambdaHandler().handler({"detail-type": "Scheduled Event", "resources": [rule]}, None)
    Client().get("/ok/")

    [line] = lines(caplog)
    assert line["cold_start"] is False
    assert line["killed_title"] == "GET /stuck/"


def test_where_no_file_can_be_made_nothing_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMPDIR", "/no/such/folder")
    marker = KillMarker("test")

    marker.put(Killed("GET /stuck/", TRACE, "an-id"))
    assert KillMarker("test").take() is None
    marker.clear()
