"""Whatever happens while something is recorded: the document goes, and the next request is clean."""

import dataclasses
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_xray_sdk.core import xray_recorder
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from zappa_xray import traced
from zappa_xray.testing import TraceDaemon, queries
from zappa_xray.tracing.background import BackgroundWork
from zappa_xray.tracing.in_flight import running

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.library.tracing.test_ends_always"),
]


@dataclasses.dataclass(frozen=True)
class Frozen(Exception):
    reason: str = "cannot be changed"


class Unprintable(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


class Touchy(Exception):
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("do not look at me")


class Empty(Exception):
    def __len__(self) -> int:
        return 0


class Hostile:
    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


@traced
def fails(exception: BaseException) -> None:
    raise exception


def circular() -> Exception:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    return first


FAILURES: dict[str, Callable[[], Exception]] = {
    "frozen": Frozen,
    "unprintable": Unprintable,
    "touchy": Touchy,
    "empty": Empty,
    "circular": circular,
    "group": lambda: ExceptionGroup("several", [ValueError("one"), Frozen()]),
}


def failing(request: HttpRequest, name: str) -> HttpResponse:
    fails(FAILURES[name]())
    return HttpResponse("never")


def interrupted(request: HttpRequest) -> HttpResponse:
    raise KeyboardInterrupt


def exits(request: HttpRequest) -> HttpResponse:
    raise SystemExit(3)


def ends_too_much(request: HttpRequest) -> HttpResponse:
    xray_recorder.current_segment().close()
    ask()
    return HttpResponse("ok")


def leaves_a_part_open(request: HttpRequest) -> HttpResponse:
    part_that_opens()
    ask()
    return HttpResponse("ok")


@traced
def part_that_opens() -> None:
    xray_recorder.begin_subsegment("never ended")


def ends_its_part(request: HttpRequest) -> HttpResponse:
    part_that_ends()
    ask()
    return HttpResponse("ok")


@traced
def part_that_ends() -> None:
    xray_recorder.end_subsegment()


def ask() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def circle() -> list[Any]:
    endless: list[Any] = []
    endless.append(endless)
    return endless


def deep() -> list[Any]:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    return nested


METADATA: dict[str, tuple[Any, Callable[[], Any]]] = {
    "hostile": ("key", Hostile),
    "circle": ("key", circle),
    "deep": ("key", deep),
    "bytes": ("key", lambda: b"\xff"),
    "nan": ("key", lambda: float("nan")),
    "key": ((1, 2), lambda: 1),
    "surrogate": ("\ud800", lambda: "\ud800"),
}


def metadata(request: HttpRequest, name: str) -> HttpResponse:
    key, value = METADATA[name]
    xray_recorder.current_segment().metadata["default"] = {key: value()}
    return HttpResponse("ok")


def ok(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    path("failing/<name>/", failing),
    path("interrupted/", interrupted),
    path("exits/", exits),
    path("ends-too-much/", ends_too_much),
    path("leaves-a-part-open/", leaves_a_part_open),
    path("ends-its-part/", ends_its_part),
    path("metadata/<name>/", metadata),
    path("ok/", ok),
]


def followed_by_another(daemon: TraceDaemon) -> dict[str, Any]:
    """The one complete document of the first request, when the one after it is clean."""
    assert running() is None
    [document] = daemon.complete
    assert document["annotations"]["route"]
    assert Client().get("/ok/").status_code == 200
    second = daemon.complete[-1]
    assert (second["annotations"]["route"], second.get("fault")) == ("/ok/", None)
    assert second["trace_id"] != document["trace_id"]
    return document


@pytest.mark.parametrize("name", FAILURES)
def test_an_exception_of_any_kind_is_the_cause(trace_daemon: TraceDaemon, name: str) -> None:
    assert Client(raise_request_exception=False).get(f"/failing/{name}/").status_code == 500

    document = followed_by_another(trace_daemon)
    assert document["fault"] is True
    [part] = document["subsegments"]
    for causes in (document["cause"], part["cause"]):
        assert causes["exceptions"][0]["type"] == type(FAILURES[name]()).__name__
        assert causes["exceptions"][0]["stack"][-1]["label"] == "fails"


def test_a_failure_in_a_folder_that_is_gone_has_its_cause(
    trace_daemon: TraceDaemon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()

    Client(raise_request_exception=False).get("/failing/frozen/")

    [document] = trace_daemon.complete
    assert document["cause"]["exceptions"][0]["type"] == "Frozen"
    assert document["cause"]["working_directory"] == ""


@pytest.mark.parametrize("name", FAILURES)
def test_an_exception_of_any_kind_has_its_line(caplog: pytest.LogCaptureFixture, name: str) -> None:
    caplog.set_level(logging.DEBUG, "zappa_xray.work")

    with pytest.raises(type(FAILURES[name]())), BackgroundWork("the work"):
        raise FAILURES[name]()

    [line] = [record for record in caplog.records if record.name == "zappa_xray.work"]
    assert line.getMessage().startswith("the work failed in ")


@pytest.mark.parametrize(
    ("path", "exception"), [("/interrupted/", KeyboardInterrupt), ("/exits/", SystemExit)]
)
def test_what_no_handler_answers_is_a_500_with_its_cause(
    trace_daemon: TraceDaemon, path: str, exception: type[BaseException]
) -> None:
    with pytest.raises(exception):
        Client().get(path)

    document = followed_by_another(trace_daemon)
    assert document["annotations"]["status"] == 500
    assert document["cause"]["exceptions"][0]["type"] == exception.__name__


def test_a_request_that_its_own_code_ends_is_sent_once_and_whole(trace_daemon: TraceDaemon) -> None:
    assert Client().get("/ends-too-much/").status_code == 200

    document = followed_by_another(trace_daemon)
    assert document["annotations"]["status"] == 200
    assert document["http"]["response"]["status"] == 200


def test_what_a_part_leaves_open_ends_with_it(trace_daemon: TraceDaemon) -> None:
    assert Client().get("/leaves-a-part-open/").status_code == 200

    part, query = followed_by_another(trace_daemon)["subsegments"]
    assert [child["name"] for child in part["subsegments"]] == ["never ended"]
    assert queries(query) == ["SELECT 1"]


def test_a_part_that_its_own_code_ends_is_one_part(trace_daemon: TraceDaemon) -> None:
    assert Client().get("/ends-its-part/").status_code == 200

    part, query = followed_by_another(trace_daemon)["subsegments"]
    assert part["name"].endswith("part_that_ends")
    assert queries(query) == ["SELECT 1"]


@pytest.mark.parametrize("name", METADATA)
def test_a_value_that_cannot_be_written_costs_no_more_than_itself(
    trace_daemon: TraceDaemon, name: str
) -> None:
    assert Client().get(f"/metadata/{name}/").status_code == 200

    document = followed_by_another(trace_daemon)
    assert document["annotations"]["status"] == 200


@pytest.mark.parametrize(
    "name", ["begin_segment", "clear_trace_entities", "current_subsegment", "emitter"]
)
def test_the_sdk_itself_may_fail(
    trace_daemon: TraceDaemon, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the SDK is broken")

    with monkeypatch.context() as patched:
        if name == "emitter":
            patched.setattr(xray_recorder.emitter, "send_entity", broken)
        else:
            patched.setattr(xray_recorder, name, broken)
        assert Client().get("/ok/").status_code == 200
        assert running() is None

    assert Client().get("/ok/").status_code == 200
    assert trace_daemon.complete[-1]["annotations"]["status"] == 200


def test_a_watcher_that_cannot_start_costs_no_request_and_tries_again(
    trace_daemon: TraceDaemon, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from zappa_xray.tracing.recording import watcher

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(watcher, "_thread", None)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        assert Client().get("/ok/").status_code == 200
    assert "No deadline is watched until the next request: can't start new thread" in caplog.text
    assert watcher._thread is None

    assert Client().get("/ok/").status_code == 200
    assert watcher._thread is not None
    assert [one["annotations"]["status"] for one in trace_daemon.complete] == [200, 200]
