"""What a late request waits for, whether or not the SDK records such calls."""

import http.client
import socket
import subprocess
import threading
import types
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import httpx
import pytest
import requests
import urllib3
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing.waits import waits_of

pytestmark = pytest.mark.urls("tests.library.tracing.test_waits")

TRACE = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"


def calls(address: str) -> dict[str, Callable[[], Any]]:
    """Calls that end in an error when the server gives up, by the URL's name."""
    url = f"http://user:password@{address}/outgoing/?token=SECRET"
    plain = f"http://{address}/outgoing/?token=SECRET"

    def with_http_client() -> None:
        client = http.client.HTTPConnection(address)
        client.request("PUT", "/outgoing/?token=SECRET")
        client.getresponse()

    def with_a_socket() -> None:
        host, _, port = address.partition(":")
        with socket.create_connection((host, int(port))) as client, client.makefile() as file:
            assert file.readline(), "refused"

    return {
        "socket": with_a_socket,
        "subprocess": lambda: subprocess.run(["sh", "-c", "sleep 1; exit 1 # refused"], check=True),
        "urllib": lambda: urllib.request.urlopen(urllib.request.Request(plain, b"body")),
        "urllib3": lambda: urllib3.request("GET", plain, retries=False),
        "http.client": with_http_client,
        "requests": lambda: requests.delete(url),
        "httpx": lambda: httpx.patch(url, verify=False),
    }


def view(request: HttpRequest, name: str) -> HttpResponse:
    with pytest.raises(Exception, match=r"."):
        calls(request.GET["address"])[name]()
    return HttpResponse("no answer")


def commits(request: HttpRequest) -> HttpResponse:
    connections["default"]._commit()  # type: ignore[attr-defined]  # what the end of an atomic block comes to
    return HttpResponse("ok")


urlpatterns = [path("commits/", commits), path("<name>/", view)]


@contextmanager
def silent_server(seconds: float) -> Iterator[str]:
    """A server that accepts connections and hangs up after some time without a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            accepted, _ = server.accept()
            with accepted:
                threading.Event().wait(seconds)

        threading.Thread(target=serve, daemon=True).start()
        host, port = server.getsockname()
        yield f"{host}:{port}"


def in_flight(daemon: TraceDaemon) -> list[dict[str, Any]]:
    [child] = [one for one in daemon.documents if one["name"] == "deadline"]
    found: list[dict[str, Any]] = child["metadata"]["tracing"]["deadline"]["in_flight"]
    return [{key: value for key, value in one.items() if key != "seconds"} for one in found]


CALLS = {
    "socket": "{}",
    "subprocess": "sh",
    "urllib": "POST http://{}/outgoing/",
    "urllib3": "GET http://{}/outgoing/",
    "http.client": "PUT {}",
    "requests": "DELETE http://{}/outgoing/",
    "httpx": "PATCH http://{}/outgoing/",
}


@pytest.mark.parametrize("name", CALLS)
def test_an_outgoing_call_is_named_without_its_query_string(
    trace_daemon: TraceDaemon, name: str
) -> None:
    with pytest.raises(Exception, match=r"(?i)refused"):  # what it loads at first takes its time
        calls("127.0.0.1:9")[name]()
    with (
        silent_server(1) as address,
        override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.5}),
    ):
        assert Client().get(f"/{name}/", {"address": address}).content == b"no answer"

    [call] = in_flight(trace_daemon)
    assert call["call"] == CALLS[name].format(address)
    deadline = [one for one in trace_daemon.packets if b'"deadline"' in one]
    assert deadline
    assert b"SECRET" not in b"".join(deadline)


class SlowToCommit:
    """A connection of the driver's whose commit waits."""

    def commit(self) -> None:
        threading.Event().wait(0.3)


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_a_commit_is_in_flight(
    trace_daemon: TraceDaemon, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections["default"], "connection", SlowToCommit())

    Client().get("/commits/")

    assert in_flight(trace_daemon) == [{"name": "default", "sql": "COMMIT"}]
    assert "it waits for COMMIT" in caplog.text


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_a_request_that_is_not_sampled_tells_its_log_line_what_it_waits_for(
    trace_daemon: TraceDaemon, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections["default"], "connection", SlowToCommit())

    Client().get("/commits/", HTTP_X_AMZN_TRACE_ID=f"Root={TRACE};Sampled=0")

    assert trace_daemon.documents == []
    [record] = [one for one in caplog.records if one.name == "zappa_xray.tracing.report"]
    assert record.getMessage().endswith("it waits for COMMIT")
    assert vars(record)["trace_id"] == TRACE


def frame_of(module: str, source: str, *arguments: Any) -> FrameType:
    """The frame of a function that stands in for one of a library that is not installed here."""
    names: dict[str, Any] = {"__name__": module}
    exec(f"import sys\ndef {source}: return sys._getframe()", names)  # noqa: S102
    frame: FrameType = names[source.partition("(")[0]](*arguments)
    return frame


@pytest.mark.parametrize(
    ("frame", "found"),
    [
        (
            frame_of("psycopg_pool.pool", "getconn(self, timeout=None)", None),
            {"pool": {"name": "pool", "call": "a free connection"}},
        ),
        (
            frame_of("socket", "getaddrinfo(host, port)", "db.example.com", 5432),
            {"address": {"name": "DNS", "call": "the address of db.example.com"}},
        ),
        (
            frame_of("urllib3.connectionpool", "urlopen(pool, verb)", None, "GET"),
            {"call": {"name": "urllib3.connectionpool.urlopen"}},
        ),
        (frame_of("orders.pool", "getconn(self)", None), {}),
        (
            frame_of("psycopg.connection", "connect(cls, attempt)", None, {"host": "db"}),
            {"call": {"name": "postgresql", "call": "connect db"}},
        ),
        (
            frame_of("psycopg.cursor", "execute(self, query)", None, "SELECT 'secret'"),
            {"sql": {"name": "postgresql", "sql": "SELECT ?"}},
        ),
        (
            frame_of("pymysql.connections", "connect(self)", types.SimpleNamespace(host="db")),
            {"call": {"name": "mysql", "call": "connect db"}},
        ),
        (
            frame_of("redis.client", "execute_command(self, *args)", None, "GET", "secret"),
            {"call": {"name": "redis", "call": "GET"}},
        ),
        (
            frame_of("socket", "create_connection(address)", ("db", 6379)),
            {"call": {"name": "socket", "call": "connect db:6379"}},
        ),
    ],
    ids=[
        *("pool", "DNS", "other version", "other module"),
        *("psycopg", "cursor", "pymysql", "redis", "socket"),
    ],
)
def test_a_wait_is_found_by_its_function(frame: FrameType, found: dict[str, Any]) -> None:
    assert waits_of([(frame, 1)]) == found
