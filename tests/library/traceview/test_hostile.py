"""Documents that somebody has made to be a burden: each costs its own row at most."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings
from zappa_xray.traceview import store as stores
from zappa_xray.traceview import views
from zappa_xray.traceview.collector import Collector
from zappa_xray.traceview.documents import packet_of
from zappa_xray.traceview.lines import MOST_LINES, lines_of
from zappa_xray.traceview.stacks import folded
from zappa_xray.traceview.store import Store
from zappa_xray.traceview.terminal import tree
from zappa_xray.traceview.trace import Trace

from tests.library.traceview import packets
from tests.library.traceview.test_commands import SendsOnceItListens

ID = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"
GOOD = "1-6b031359-31fa260c26b54514a74acf22"
LARGEST = 65_000
pytestmark = pytest.mark.urls("tests.library.traceview.urls")


def packet(text: str = "", number: int = 0, **more: Any) -> bytes:
    """A packet whose document ends with the fields in `text`, which need not be valid for json.dumps."""
    document = {"id": f"{number:x}", "trace_id": ID, "name": "x", "start_time": 1.0, **more}
    written = json.dumps({"end_time": 2.0, **document})
    return packet_of(f"{written[:-1]}{text and ', '}{text}}}".encode())


def nested(opening: str, innermost: str, closing: str, levels: int) -> str:
    return opening * levels + innermost + closing * levels


def chain(length: int) -> Iterator[bytes]:
    return (packet(number=number, parent_id=f"{number - 1:x}") for number in range(1, length))


VALUES: list[Any] = [None, True, -1, 10**30, 1e308, "\ud800\x1b[2J", "x" * 60_000, [], {}, [[{}]]]
DEEP = nested('{"a":', "1", "}", 2_500)
FIELDS = {
    "name": "{}",
    "id": "{}",
    "parent_id": "{}",
    "start_time": "{}",
    "end_time": "{}",
    "in_progress": "{}",
    "inferred": "{}",
    "origin": "{}",
    "namespace": "{}",
    "fault": "{}",
    "http": '{{"request": {0}, "response": {0}}}',
    "request": '{{"http": {{"request": {{"method": {0}, "url": {0}}}}}}}',
    "sql": '{{"sanitized_query": {0}}}',
    "aws": '{{"operation": {0}}}',
    "annotations": '{{"route": {0}, "method": {0}, "status": {0}, "timed_out": {0}}}',
    "metadata": '{{"tracing": {{"deadline": {0}, "left_out": {0}, "where": {0}}}}}',
    "cause": '{{"exceptions": [{{"type": {0}, "message": {0}, "stack": [{{"path": {0}}}]}}, {0}]}}',
    "subsegments": '[{{"name": {0}, "sql": {{"sanitized_query": {0}}}}}, {0}]',
}
HOSTILE: dict[str, Callable[[], list[bytes]]] = {
    "inferred alone": lambda: [packet(inferred=True)],
    "inferred twice": lambda: [packet(inferred=True), packet(number=1, inferred=True)],
    "deep subsegments": lambda: [
        packet('"subsegments": ' + nested('[{"subsegments":', "[]", "}]", 900))
    ],
    "deep beyond reading": lambda: [
        packet(),
        packet('"metadata": ' + nested('{"a":', "1", "}", 10_000)),
    ],
    "wide and deep metadata": lambda: [
        packet('"metadata": ' + nested('{"a":[', "1," * 20_000 + "1", "]}", 400))
    ],
    "a ring": lambda: [packet(number=0, parent_id="17ff"), *chain(0x1800)],
    "a long chain": lambda: [packet(), *chain(0x1800)],
    "two rings and a tail": lambda: [
        packet(number=number, parent_id=f"{parent:x}")
        for number, parent in ((1, 2), (2, 1), (3, 4), (4, 3), (5, 4), (6, 5), (7, 7))
    ],
    "every id the same": lambda: [
        packet('"subsegments": [{"id": "0", "subsegments": [{"id": "0"}]}]', parent_id="0")
    ],
    "a million subsegments": lambda: [
        packet('"subsegments": [' + "{}," * 21_000 + "{}]", number=number) for number in range(50)
    ],
    "twenty thousand of the same query": lambda: [
        packet(
            '"subsegments": [' + '{"sql":{"sanitized_query":"q"}},' * 2_000 + "{}]", number=number
        )
        for number in range(10)
    ],
    "a frame without a colon": lambda: [
        packet(cause={"exceptions": [{"type": "E", "message": "\n  " + "x" * 60_000}]})
    ],
    "a clock set back": lambda: [packet(start_time=1_000.0, end_time=1.0)],
    "the end of time": lambda: [packet(start_time=0, end_time=9.9e10)],
    "numbers that are none": lambda: [packet('"metadata": {"a": NaN, "b": 1e999, "c": -Infinity}')],
}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Collector:
    """The page's source of traces, with a good one in it, while DEBUG is on."""
    settings.DEBUG = True
    collector = Collector()
    monkeypatch.setattr(views, "collector", collector)
    for one in packets("repeated"):
        collector.store.add(one)
    return collector


def look_everywhere(sent: list[bytes], collector: Collector, client: Client) -> None:
    """Send packets of one trace; look at the list, the routes, the trace, and the terminal."""
    for one in sent:
        collector.store.add(one)
    rows = client.get("/__traces__/news", {"filter": ""}).json()["traces"]
    assert [row["id"] for row in rows] == [GOOD, ID]
    shown = client.get(f"/__traces__/trace/{ID}")
    assert shown.status_code == 200
    assert 1 <= len(shown.json()["lines"]) <= MOST_LINES + 2
    assert len(shown.content) < 4_000_000
    documents = client.get(f"/__traces__/trace/{ID}/documents")
    assert documents.status_code == 200
    assert len(documents.content) < 10_000_000
    trace = collector.store.trace(ID)
    assert trace
    printed = list(tree(trace, 80, bars=True))
    assert all(line.isprintable() for text in printed for line in text.plain.split("\n"))
    assert sum(text.plain.count("\n") + 1 for text in printed) < 100_000


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_trace_is_a_row_beside_the_others(
    name: str, collector: Collector, client: Client
) -> None:
    look_everywhere(HOSTILE[name](), collector, client)


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_with_every_kind_of_value_is_a_row(
    field: str, collector: Collector, client: Client
) -> None:
    for value in [*map(json.dumps, VALUES), DEEP]:
        text = FIELDS[field].format(value)
        text = text[1:-1] if field == "request" else f'"{field}": {text}'
        # The last of two equal keys counts; the first document keeps the trace when this has no time.
        look_everywhere([packet(number=99), packet(text[:LARGEST])], collector, client)


def test_what_nobody_has_thought_of_costs_its_row_and_no_other(
    collector: Collector, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_for_one(documents: Any) -> Trace:
        if documents[0]["trace_id"] == ID:
            raise RecursionError
        return Trace(documents)

    monkeypatch.setattr(stores, "Trace", fails_for_one)
    monkeypatch.setattr(views, "Trace", fails_for_one)
    collector.store.add(packet())
    good, bad = client.get("/__traces__/news").json()["traces"]
    assert (good["route"], good["marks"]) == ("/repeat/", ["N+1"])
    assert (bad["route"], bad["marks"]) == ("(this trace cannot be read)", ["unreadable"])
    assert client.get(f"/__traces__/trace/{ID}").json()["summary"]["took"] == "RecursionError"
    assert '"name": "x"' in client.get(f"/__traces__/trace/{ID}/documents").content.decode()


def test_a_watch_tells_what_it_cannot_read_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    read = Store.trace

    def fails_for_one(store: Store, trace_id: str) -> Trace | None:
        if trace_id == ID:
            raise RecursionError
        return read(store, trace_id)

    monkeypatch.setattr(Store, "trace", fails_for_one)
    printed, said = io.StringIO(), SendsOnceItListens([packet(), *packets("created")])
    call_command("trace_watch", "--address=127.0.0.1:0", "--count=1", stdout=printed, stderr=said)
    assert printed.getvalue().startswith("POST /api/notes/ 201")
    assert f"{ID} cannot be read: RecursionError" in said.getvalue()


@pytest.mark.parametrize(
    "text",
    ['"metadata": ' + nested('{"a":', "1", "}", levels) for levels in (90, 400)]
    + ['"metadata": {"a": NaN, "b": 1e999, "c": -Infinity}'],
)
def test_a_watch_writes_json_for_each_reader_whatever_comes(text: str) -> None:
    printed, said = io.StringIO(), SendsOnceItListens([packet(text), *packets("created")])
    command = ("trace_watch", "--address=127.0.0.1:0", "--json", "--count=2")
    call_command(*command, stdout=printed, stderr=said)
    hostile, good = (
        json.loads(line, parse_constant=pytest.fail) for line in printed.getvalue().splitlines()
    )
    assert (hostile["id"], good["route"]) == (ID, "/api/notes/")


def test_lines_beyond_the_bound_are_counted() -> None:
    document = {"id": "a", "trace_id": ID, "start_time": 1.0, "end_time": 2.0}
    below = [{"id": f"{number}", "name": f"{number}"} for number in range(30_000)]
    lines = lines_of(Trace([document | {"subsegments": below}]))
    assert (len(lines), lines[-1].label) == (
        MOST_LINES + 1,
        "29001 more are too many to be shown",
    )


def test_a_long_line_of_a_stack_is_read_at_once() -> None:
    text = "E: m\n  " + "x" * 200_000
    assert folded(text) == text
