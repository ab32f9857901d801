import asyncio
from collections.abc import Iterator

import pytest
from aws_xray_sdk.core import xray_recorder
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from zappa_xray import traced
from zappa_xray.testing import TraceDaemon, queries


@traced
def asks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        row: tuple[int] = cursor.fetchone()
    return row[0]


@traced("nightly work")
def fails(why: str) -> None:
    raise LookupError(why)


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(asks())


urlpatterns = [path("", view)]


@pytest.mark.django_db
def test_a_call_is_recorded_with_its_queries(trace_daemon: TraceDaemon) -> None:
    assert asks() == 1

    [document] = trace_daemon.complete
    assert document["name"] == "tests.library.tracing.test_background.asks"
    assert queries(document) == ["SELECT 1"]


def test_an_exception_is_a_fault_and_goes_on(trace_daemon: TraceDaemon) -> None:
    with pytest.raises(LookupError, match="no reason"):
        fails("no reason")

    [document] = trace_daemon.complete
    assert (document["name"], document["fault"]) == ("nightly work", True)
    [exception] = document["cause"]["exceptions"]
    assert (exception["type"], exception["message"]) == ("LookupError", "no reason")


def test_a_call_that_does_not_fit_is_not_recorded(trace_daemon: TraceDaemon) -> None:
    with pytest.raises(TypeError):
        fails()  # type: ignore[call-arg]  # on purpose
    assert trace_daemon.documents == []

    with pytest.raises(LookupError):
        fails("now it fits")
    assert len(trace_daemon.complete) == 1


@traced("outer")
async def waits(name: str, turn: asyncio.Event, others: asyncio.Event) -> None:
    xray_recorder.put_annotation("name", name)
    others.set()
    await turn.wait()
    await inner(name)


@traced("inner")
async def inner(name: str) -> None:
    await asyncio.sleep(0)
    xray_recorder.put_annotation("name", name)


@traced("all")
async def gathers() -> None:
    first, second = asyncio.Event(), asyncio.Event()
    # Each waits until the other has begun, and goes on in the middle of it.
    await asyncio.gather(waits("a", first, second), waits("b", second, first))


def test_coroutines_that_are_gathered_keep_their_parts_apart(trace_daemon: TraceDaemon) -> None:
    asyncio.run(gathers())

    [document] = trace_daemon.complete
    assert document["name"] == "all"
    assert [child["name"] for child in document["subsegments"]] == ["outer", "outer"]
    names = []
    for outer in document["subsegments"]:
        [part] = outer["subsegments"]
        assert part["name"] == "inner"
        assert part["annotations"] == outer["annotations"]
        names.append(outer["annotations"]["name"])
    assert names == ["a", "b"]


@pytest.mark.django_db
@pytest.mark.urls("tests.library.tracing.test_background")
def test_inside_a_request_it_is_a_subsegment(client: Client, trace_daemon: TraceDaemon) -> None:
    client.get("/")

    [document] = trace_daemon.complete
    [child] = document["subsegments"]
    assert child["name"] == "tests.library.tracing.test_background.asks"
    assert queries(child) == ["SELECT 1"]


def test_a_generator_is_refused_with_a_sentence() -> None:
    def numbers() -> Iterator[int]:
        yield 1

    with pytest.raises(TypeError, match="Put @traced on the function that loops over it"):
        traced(numbers)
    assert list(traced(lambda: numbers())()) == [1]
