"""Whatever a service's own code puts where a trace looks: the document goes, and nothing else fails."""

import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws_xray_sdk.core import xray_recorder
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing import recording
from zappa_xray.tracing.background import BackgroundWork
from zappa_xray.tracing.invocation import invocation
from zappa_xray.tracing.logs import TraceContextFilter

pytestmark = pytest.mark.urls(__name__)


class ExitsWhenRead(Exception):
    def __str__(self) -> str:
        raise SystemExit(3)

    __repr__ = __str__


class TextOfItsOwn(Exception):
    def __str__(self) -> str:
        class Text(str):
            __slots__ = ()

            def __len__(self) -> int:
                raise ValueError("no length")

            isascii = __len__  # type: ignore[assignment]  # on purpose

        return Text("its text")


class Secretive(Exception):
    def __getattribute__(self, name: str) -> Any:
        if name in ("__cause__", "__context__", "__traceback__", "__notes__"):
            raise RuntimeError("not yours")
        return super().__getattribute__(name)


class NamelessType(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]  # on purpose
        raise ValueError("no name")


class Nameless(Exception, metaclass=NamelessType):
    pass


EXCEPTIONS = {
    "exits": (ExitsWhenRead, "ExitsWhenRead", "(its text cannot be made: SystemExit)"),
    "text": (TextOfItsOwn, "TextOfItsOwn", "its text"),
    "nameless": (Nameless, "Nameless", ""),
}


def raises(request: HttpRequest, name: str) -> HttpResponse:
    raise EXCEPTIONS[name][0]


def replaces(request: HttpRequest, field: str) -> HttpResponse:
    setattr(xray_recorder.current_segment(), field, {"mine": 1} if "more" in request.GET else 5)
    return HttpResponse("ok")


def takes_away(request: HttpRequest) -> HttpResponse:
    segment = xray_recorder.current_segment()
    del segment.http, segment.annotations, segment.metadata
    return HttpResponse("ok")


def subsegment_with_an_odd_parent(request: HttpRequest) -> HttpResponse:
    with xray_recorder.in_subsegment("part") as subsegment:
        subsegment.parent_id = {}
    return HttpResponse("ok")


def handled(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    def middleware(request: HttpRequest) -> Any:
        response = get_response(request)
        if "none" in request.GET:
            return None
        if status := request.GET.get("status"):
            response.status_code = status  # type: ignore[assignment]  # on purpose
        return response

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        status = request.GET.get("answers")
        return HttpResponse("handled", status=int(status)) if status else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]  # Django's way
    return middleware


urlpatterns = [
    path("raises/<name>/", raises),
    path("replaces/<field>/", replaces),
    path("takes-away/", takes_away),
    path("odd-parent/", subsegment_with_an_odd_parent),
]


@pytest.fixture
def client() -> Iterator[Client]:
    middleware = ["zappa_xray.tracing.middleware.XRayMiddleware", f"{__name__}.handled"]
    with override_settings(MIDDLEWARE=middleware):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_the_text_of_an_exception_ends_no_process(
    client: Client, trace_daemon: TraceDaemon, name: str
) -> None:
    assert client.get(f"/raises/{name}/").status_code == 500

    _, kind, message = EXCEPTIONS[name]
    [exception] = trace_daemon.complete[0]["cause"]["exceptions"]
    assert (exception["type"], exception.get("message", "")) == (kind, message)
    assert exception["stack"][-1]["label"] == "raises"


def test_an_exception_that_hides_what_it_came_from_can_be_logged() -> None:
    try:
        raise Secretive("kept")
    except Secretive:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})

    line = TraceContextFilter().filter(record)
    assert str(line.exc_text).endswith("Secretive")
    assert "raise Secretive" in str(line.exc_text)


@pytest.mark.parametrize("field", ["annotations", "http", "metadata"])
@pytest.mark.parametrize("more", ["", "?more"])
def test_what_a_service_puts_in_the_place_of_a_field_takes_nothing_of_ours(
    client: Client, trace_daemon: TraceDaemon, field: str, more: str
) -> None:
    assert client.get(f"/replaces/{field}/{more}").status_code == 200

    [document] = trace_daemon.complete
    assert document["annotations"]["route"] == "/replaces/{field}/"
    assert document["annotations"]["status"] == 200
    assert document["http"]["request"]["method"] == "GET"
    if more and field != "http":  # which has fields of its own only
        assert "mine" in document[field]


@pytest.mark.parametrize("field", ["subsegments", "type", "name", "start_time", "namespace"])
def test_a_document_that_cannot_be_made_goes_with_its_essentials(
    client: Client, trace_daemon: TraceDaemon, field: str
) -> None:
    assert client.get(f"/replaces/{field}/").status_code == 200

    [document] = trace_daemon.complete
    assert document["annotations"]["route"] == "/replaces/{field}/"
    assert document["annotations"]["status"] == 200


def test_fields_that_are_taken_away_come_back(client: Client, trace_daemon: TraceDaemon) -> None:
    assert client.get("/takes-away/").status_code == 200

    [document] = trace_daemon.complete
    assert document["annotations"]["route"] == "/takes-away/"
    assert document["http"]["response"]["status"] == 200


@override_settings(XRAY_TRACING={"MAX_SUBSEGMENTS": 0})
def test_a_subsegment_that_cannot_be_counted_fails_no_request(
    client: Client, trace_daemon: TraceDaemon
) -> None:
    assert client.get("/odd-parent/").status_code == 200
    assert trace_daemon.complete[-1]["annotations"]["status"] == 200


@pytest.mark.parametrize("query", ["none", "status=200 OK"])
def test_what_is_no_response_is_told_as_the_500_that_comes_of_it(
    client: Client, trace_daemon: TraceDaemon, query: str
) -> None:
    with pytest.raises(Exception, match=r"."):
        client.get(f"/takes-away/?{query}").close()

    [document] = trace_daemon.complete
    assert (document["annotations"]["status"], document["fault"]) == (500, True)
    [exception] = document["cause"]["exceptions"]
    assert exception["message"].endswith("is no response with a number as its status")


@pytest.mark.parametrize(("status", "causes"), [(502, 1), (404, 0)])
def test_an_exception_that_a_middleware_answers_with_5xx_is_the_cause(
    client: Client, trace_daemon: TraceDaemon, status: int, causes: int
) -> None:
    assert client.get("/raises/text/", {"answers": status}).status_code == status

    [document] = trace_daemon.complete
    assert len(document.get("cause", {}).get("exceptions", [])) == causes


def test_a_daemon_without_an_address_costs_one_line_and_no_request(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    class NamelessNetwork:
        def sendto(self, packet: bytes, address: tuple[str, int]) -> None:
            asked.append(address[0])
            raise OSError("Name or service not known")

    emitter = xray_recorder.emitter
    monkeypatch.setattr(emitter, "_paused_until", 0.0)
    monkeypatch.setattr(emitter, "_socket", NamelessNetwork())
    for _ in range(2):
        assert client.get("/takes-away/").status_code == 200

    assert len(asked) == 1
    [line] = [one for one in caplog.records if one.name == "zappa_xray.tracing.emitter"]
    assert line.getMessage().endswith("nothing is sent: Name or service not known")


def test_what_modules_call_while_they_are_loaded_takes_no_cold_start_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "process", recording.Process())
    monkeypatch.setattr(recording, "IN_LAMBDA", True)
    with BackgroundWork("at import") as early:
        assert early.facts["cold_start"] is True

    monkeypatch.setattr(invocation, "_request_id", "an id")
    with BackgroundWork("first") as first, BackgroundWork("second") as second:
        assert (first.facts["cold_start"], second.facts["cold_start"]) == (True, False)
