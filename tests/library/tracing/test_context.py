"""The context of the SDK in Lambda, without a Lambda: it reads nothing but the environment."""

import asyncio
import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.trace_header import TraceHeader
from zappa_xray import traced
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing import in_flight
from zappa_xray.tracing.background import BackgroundWork
from zappa_xray.tracing.context import InvocationContext
from zappa_xray.tracing.invocation import header_now

ROOTS = [f"1-5f84c7a1-{number:024x}" for number in range(3)]


def header(root: str, sampled: str = "1") -> str:
    return f"Root={root};Parent=53995c3f42cd8ad8;Sampled={sampled};Lineage=a:1"


@pytest.fixture(autouse=True)
def invocation(monkeypatch: pytest.MonkeyPatch, trace_daemon: TraceDaemon) -> Iterator[None]:
    """An invocation with the first of ROOTS, sent to the daemon of the test."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header(ROOTS[0]))
    monkeypatch.setattr(xray_recorder, "_context", InvocationContext())
    monkeypatch.setattr(in_flight, "IN_LAMBDA", True)
    monkeypatch.setattr(xray_recorder.streaming, "_threshold", 0)
    xray_recorder.clear_trace_entities()
    yield
    xray_recorder.clear_trace_entities()


def record(name: str) -> Any:
    with xray_recorder.in_subsegment(name) as subsegment:
        return subsegment


def test_the_header_is_parsed_once_an_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = TraceHeader.from_header_str

    def noted(text: str) -> Any:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(TraceHeader, "from_header_str", noted)
    for root in ROOTS:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", header(root))
        for _ in range(3):
            with xray_recorder.in_subsegment("outer"):
                assert record("inner").trace_id == root

    assert parsed == [header(root) for root in ROOTS]


def test_what_an_earlier_invocation_has_left_open_is_no_parent(
    monkeypatch: pytest.MonkeyPatch, trace_daemon: TraceDaemon
) -> None:
    xray_recorder.begin_subsegment("left open")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header(ROOTS[1]))

    record("next")

    [document] = trace_daemon.documents
    assert (document["trace_id"], document["parent_id"]) == (ROOTS[1], "53995c3f42cd8ad8")


def test_a_retry_with_the_same_trace_keeps_what_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    open_one = xray_recorder.begin_subsegment("open")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header(ROOTS[0]).replace("a:1", "a:2"))

    assert record("below").parent_id == open_one.id


@pytest.mark.parametrize(
    "text", [header(ROOTS[0], "0"), f"Root={ROOTS[0]};Lineage=a:1", "", "junk"]
)
def test_without_sampling_or_tracing_nothing_is_sent_and_the_next_one_is(
    monkeypatch: pytest.MonkeyPatch, trace_daemon: TraceDaemon, text: str
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", text)
    with xray_recorder.in_subsegment("outer"):
        record("inner")
    assert traced("part")(lambda: traced(sorted)([2, 1]))() == [1, 2]
    with BackgroundWork("work"):
        assert traced("part")(lambda: traced(sorted)([2, 1]))() == [1, 2]
    assert trace_daemon.documents == []

    monkeypatch.setenv("_X_AMZN_TRACE_ID", header(ROOTS[1]))
    record("sampled")
    assert [document["name"] for document in trace_daemon.documents] == ["sampled"]


def test_another_thread_works_below_the_function() -> None:
    found: list[str] = []
    with xray_recorder.in_subsegment("outer"):
        thread = threading.Thread(target=lambda: found.append(record("inner").parent_id))
        thread.start()
        thread.join()

    assert found == ["53995c3f42cd8ad8"]


def test_coroutines_have_the_parent_that_they_were_started_under() -> None:
    parents: dict[str, str] = {}

    async def step(name: str, turn: asyncio.Event, next_turn: asyncio.Event) -> None:
        with xray_recorder.in_subsegment(name) as subsegment:
            next_turn.set()
            await turn.wait()
            parents[record(f"below {name}").parent_id] = name
            parents[name] = subsegment.parent_id

    async def both() -> str:
        first, second = asyncio.Event(), asyncio.Event()
        with xray_recorder.in_subsegment("outer") as outer:
            await asyncio.gather(step("a", first, second), step("b", second, first))
            assert xray_recorder.current_subsegment() is outer
        return str(outer.id)

    outer = asyncio.run(both())

    assert (parents["a"], parents["b"]) == (outer, outer)
    assert sorted(name for name in parents.values() if name != outer) == ["a", "b"]


def test_what_has_ended_is_gone_without_the_garbage_collector() -> None:
    subsegment = xray_recorder.context.begin_invocation("request", header_now())
    with xray_recorder.in_subsegment("below"):
        pass
    gone = weakref.ref(subsegment)
    assert gone() is subsegment
    del subsegment
    gc.disable()
    try:
        xray_recorder.clear_trace_entities()
        assert gone() is None
    finally:
        gc.enable()


def test_a_thousand_levels_are_all_sent(trace_daemon: TraceDaemon) -> None:
    xray_recorder.context.begin_invocation("request", header_now())
    for _ in range(2_000):
        xray_recorder.begin_subsegment("level")

    for _ in range(2_000):
        xray_recorder.end_subsegment()

    levels = trace_daemon.documents
    assert len(levels) == 2_000
    assert [level["id"] for level in levels[1:]] == [level["parent_id"] for level in levels[:-1]]


def test_a_malformed_header_is_not_repeated_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"SECRET;{header(ROOTS[1])}")

    assert record("below").trace_id == ROOTS[1]
    assert caplog.text == ""


def test_who_clears_the_context_within_a_call_disturbs_nobody(trace_daemon: TraceDaemon) -> None:
    call = xray_recorder.context.begin_call("database")
    xray_recorder.clear_trace_entities()

    xray_recorder.context.end_call(call)

    record("next")
    assert [document["name"] for document in trace_daemon.documents] == ["next"]
