"""A response that is sent bit by bit is part of its request until it is closed."""

import gc
import re
import time
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.signals import request_finished
from django.http import StreamingHttpResponse
from django.test import override_settings
from zappa_xray.testing import TraceDaemon, queries
from zappa_xray.tracing import invocations
from zappa_xray.tracing.in_flight import running
from zappa_xray.tracing.recording import end_what_was_left

from tests.library.tracing.serving import answer, serve, serve_as_wsgiref

pytestmark = [
    pytest.mark.django_db,  # Django looks after its connections at both ends of a request
    pytest.mark.urls("tests.library.tracing.serving"),
]


def only(daemon: TraceDaemon) -> dict[str, Any]:
    """The one complete document, when nothing is left in flight."""
    assert running() is None
    [document] = daemon.complete
    return document


def test_it_lasts_until_it_is_sent_with_its_queries_below_it(trace_daemon: TraceDaemon) -> None:
    assert serve("/pieces/") == b"firstsecond"

    document = only(trace_daemon)
    assert queries(document) == ["SELECT %s AS first", "SELECT %s AS second"]
    assert document["end_time"] - document["start_time"] >= 0.05
    assert document["annotations"]["status"] == 200
    assert "metadata" not in document


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_a_hang_while_it_is_sent_is_told(
    trace_daemon: TraceDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    assert serve("/hangs/") == b"firstsecond"

    said = (
        r"GET /hangs/ has not finished after 0\.\d s; it is in tests/library/tracing/serving\.py:"
    )
    assert re.search(said, caplog.text)
    facts = trace_daemon.complete[-1]["metadata"]["tracing"]["deadline"]
    assert facts["where"].endswith(" content")


@pytest.mark.parametrize("path", ["/breaks/", "/breaks/?late"])
def test_a_failure_while_it_is_sent_is_a_fault_with_its_cause(
    trace_daemon: TraceDaemon, path: str
) -> None:
    with pytest.raises(ValueError, match="broken while it is sent"):
        serve(path)

    document = only(trace_daemon)
    assert document["fault"] is True
    assert document["annotations"]["status"] == 200
    [exception] = document["cause"]["exceptions"]
    assert exception["message"] == "broken while it is sent"
    assert exception["stack"][-1]["label"] == "content"


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous")
def test_a_failure_of_a_coroutine_that_is_sent_is_told(trace_daemon: TraceDaemon) -> None:
    with pytest.raises(ValueError, match="broken in a coroutine"):
        serve("/asynchronous/")

    end_what_was_left()  # as at the end of each invocation
    assert only(trace_daemon)["cause"]["exceptions"][0]["type"] == "ValueError"


def test_a_client_that_goes_away_ends_it(trace_daemon: TraceDaemon) -> None:
    response = answer("/pieces/")
    next(iter(response.response))
    assert trace_daemon.complete == []

    response.close()

    document = only(trace_daemon)
    assert document["metadata"]["tracing"]["stream"] == "closed before its end"
    assert "fault" not in document


def test_a_response_that_fails_while_it_is_closed_is_a_fault(trace_daemon: TraceDaemon) -> None:
    with pytest.raises(OSError, match="broken while it is closed"):
        serve("/breaks-in-close/")

    document = only(trace_daemon)
    assert document["fault"] is True
    assert document["cause"]["exceptions"][0]["type"] == "OSError"


@pytest.mark.parametrize("server", [serve, serve_as_wsgiref])
def test_a_file_ends_when_it_is_sent(trace_daemon: TraceDaemon, server: Any) -> None:
    assert server("/file/") == b"x" * 10_000

    document = only(trace_daemon)
    assert document["http"]["response"] == {"status": 200, "content_length": 10_000}


def test_a_file_that_cannot_be_read_is_a_fault(trace_daemon: TraceDaemon) -> None:
    with pytest.raises(OSError, match="the disk is gone"):
        serve("/broken-file/")

    assert only(trace_daemon)["cause"]["exceptions"][0]["message"] == "the disk is gone"


def test_one_that_nobody_closes_ends_before_the_next_request(trace_daemon: TraceDaemon) -> None:
    left = answer("/pieces/")

    serve("/file/")

    first, second = trace_daemon.complete
    assert first["metadata"]["tracing"]["stream"] == "never closed"
    assert (first["annotations"]["route"], second["annotations"]["route"]) == ("/pieces/", "/file/")
    assert first["trace_id"] != second["trace_id"]
    left.close()
    gc.collect()
    assert len(trace_daemon.complete) == 2
    assert running() is None


class LambdaHandler:
    """What there is of Zappa's: it reads the answer, closes it, and answers 500 to what fails."""

    def handler(self, event: dict[str, Any], context: Any) -> int:
        try:
            serve(event["httpMethod"])
        except OSError as exception:
            return self._handle_request_exception(event, context, exception)
        return 200

    def _handle_request_exception(
        self, event: dict[str, Any], context: Any, exception: Exception
    ) -> int:
        self.printed = str(exception)
        return 500


@pytest.fixture
def zappa() -> LambdaHandler:
    recorded = type("LambdaHandler", (LambdaHandler,), {})
    invocations.record_invocations(types.SimpleNamespace(LambdaHandler=recorded))  # type: ignore[arg-type]  # all that it looks at
    handler: LambdaHandler = recorded()
    return handler


@pytest.fixture
def finishes() -> Iterator[list[Callable[[], None]]]:
    """What a service does when a request has finished, by Django's signal."""
    steps: list[Callable[[], None]] = []

    def finish(**signal: Any) -> None:
        for step in steps:
            step()

    request_finished.connect(finish)
    yield steps
    request_finished.disconnect(finish)


def test_in_lambda_what_fails_while_a_response_is_closed_is_the_500_that_the_client_gets(
    trace_daemon: TraceDaemon, zappa: LambdaHandler, finishes: list[Callable[[], None]]
) -> None:
    def fail() -> None:
        raise OSError("broken after the answer of https://me:secret@example.org/")

    finishes.append(fail)
    assert zappa.handler({"httpMethod": "/whole/"}, None) == 500

    document = only(trace_daemon)
    assert (document["annotations"]["status"], document["fault"]) == (500, True)
    assert document["cause"]["exceptions"][0]["type"] == "OSError"
    assert zappa.printed == "broken after the answer of https://example.org/"


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_in_lambda_a_hang_while_a_response_is_closed_is_told(
    trace_daemon: TraceDaemon, zappa: LambdaHandler, finishes: list[Callable[[], None]]
) -> None:
    finishes.append(lambda: time.sleep(0.3))

    assert zappa.handler({"httpMethod": "/whole/"}, None) == 200

    document = trace_daemon.complete[-1]
    assert document["metadata"]["tracing"]["deadline"]["where"].endswith(" <lambda>")
    assert document["annotations"]["status"] == 200
    assert document["end_time"] - document["start_time"] >= 0.3


def test_in_lambda_a_request_ends_with_its_invocation_and_elsewhere_with_its_answer(
    trace_daemon: TraceDaemon, zappa: LambdaHandler
) -> None:
    assert zappa.handler({"httpMethod": "/whole/"}, None) == 200
    assert "metadata" not in only(trace_daemon)

    left = answer("/whole/")
    assert len(trace_daemon.complete) == 2
    left.close()
    assert len(trace_daemon.complete) == 2


def test_in_lambda_a_request_within_another_ends_with_its_answer(
    trace_daemon: TraceDaemon, zappa: LambdaHandler
) -> None:
    assert zappa.handler({"httpMethod": "/batch/"}, None) == 200

    inner, outer = trace_daemon.complete
    assert (inner["annotations"]["route"], outer["annotations"]["route"]) == ("/whole/", "/batch/")
    assert queries(outer) == ["SELECT %s AS after"]
    assert running() is None


def test_a_stream_is_gone_without_the_garbage_collector(
    trace_daemon: TraceDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[weakref.ref[Any]] = []
    close = StreamingHttpResponse.close

    def noted(response: StreamingHttpResponse) -> None:
        closed.append(weakref.ref(response))
        close(response)

    monkeypatch.setattr(StreamingHttpResponse, "close", noted)
    gc.disable()
    try:
        serve("/pieces/")
        assert [response() for response in closed] == [None]
    finally:
        gc.enable()
