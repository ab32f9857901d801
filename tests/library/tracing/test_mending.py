"""Whatever a service records, what goes out is what X-Ray takes."""

import datetime
import json
import math
from typing import Any

import pytest
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zappa_xray.testing import TraceDaemon

from tests.library.tracing.segment_rules import broken_rules

pytestmark = pytest.mark.urls(__name__)


class Unreadable:
    def __init__(self) -> None:
        self.private = self

    def __str__(self) -> str:
        raise RuntimeError("no text")

    def __iter__(self) -> Any:
        raise RuntimeError("no items")


class Endless:
    def __iter__(self) -> Any:
        while True:
            yield 1


CIRCLE: dict[str, Any] = {}
CIRCLE["again"] = CIRCLE
DEEP: list[Any] = []
for _ in range(2_000):
    DEEP = [DEEP]

VALUES = {
    "nan": math.nan,
    "infinity": -math.inf,
    "huge": 10**5_000,
    "large": 2**63,
    "surrogate": "\ud800",
    "none": None,
    "bytes": b"\xff\x00",
    "circle": CIRCLE,
    "deep": DEEP,
    "unreadable": Unreadable(),
    "endless": Endless(),
    "long": "ä" * 100_000,
    "keys": {(1, 2): 3, None: 4, b"x": 5, 6: 7, math.nan: 8},
    "set": {1},
    "date": datetime.date(2026, 11, 24),
    "exception": ValueError("no"),
    "class": int,
    "text": "a normal text",
}
NAMES = {
    "long": "n" * 201,
    "foreign": "a{b}[c]|\"d'\\e\tf\x00",
    "empty": "",
    "only-foreign": "{}",
    "unicode": "Bücher 日本語",
    "astral": "😀𝒜" * 150,
    "surrogate": "\udfff",
    "password": "https://anna:SECRET@host/path",
}

recorded: dict[str, Any] = {}


def view(request: HttpRequest) -> HttpResponse:
    recorded["record"]()
    return HttpResponse("ok")


urlpatterns = [
    path("record/", view),
    path("record/<path:rest>", lambda request, rest: view(request)),
]


def send(trace_daemon: TraceDaemon, record: Any, url: str = "/record/") -> list[dict[str, Any]]:
    """The documents of a request in which `record` is called; all of them are valid."""
    recorded["record"] = record
    assert Client(raise_request_exception=True).get(url).status_code == 200
    documents = trace_daemon.documents
    assert [rule for packet in trace_daemon.packets for rule in broken_rules(packet)] == []
    assert documents[-1]["annotations"]["status"] == 200
    return documents


@pytest.mark.parametrize("value", VALUES)
def test_any_value_may_be_metadata(trace_daemon: TraceDaemon, value: str) -> None:
    def record() -> None:
        xray_recorder.put_metadata("key", VALUES[value])
        xray_recorder.put_metadata("other", "kept")

    request = send(trace_daemon, record)[-1]

    assert request["metadata"]["default"]["other"] == "kept"


@pytest.mark.parametrize("value", VALUES)
def test_any_value_may_be_an_annotation(trace_daemon: TraceDaemon, value: str) -> None:
    def record() -> None:
        xray_recorder.current_segment().annotations |= {"key": VALUES[value], "other": "kept"}

    request = send(trace_daemon, record)[-1]

    assert request["annotations"]["other"] == "kept"
    assert "key" in request["annotations"]


@pytest.mark.parametrize("name", NAMES)
def test_any_text_may_be_a_name(trace_daemon: TraceDaemon, name: str) -> None:
    def record() -> None:
        with xray_recorder.in_subsegment("sub") as subsegment:
            subsegment.name = NAMES[name]

    [subsegment] = send(trace_daemon, record)[-1]["subsegments"]

    assert b"SECRET" not in b"".join(trace_daemon.packets)
    expected = {"unicode": "Bücher 日本語", "password": "https://host/path", "long": "n" * 200}
    assert subsegment["name"] == expected.get(name, subsegment["name"])


def test_what_was_cut_is_told(trace_daemon: TraceDaemon) -> None:
    def record() -> None:
        xray_recorder.put_annotation("long", "x" * 1_001)
        for number in range(60):
            xray_recorder.put_annotation(f"a{number}", number)

    request = send(trace_daemon, record, f"/record/{'x' * 300}")[-1]

    more = request["metadata"]["tracing"]["annotations"]
    assert request["metadata"]["tracing"]["mended"] == [
        "http.url: 250 of 325 characters are left",
        "annotations.long: 1000 of 1001 characters are left",
        f"annotations: 50 of {50 + len(more)} are left",
    ]
    assert {"route", "method", "status", "stage"} < request["annotations"].keys()
    assert more["a59"] == 59


def test_a_key_of_an_annotation_has_only_what_filters_can_name(trace_daemon: TraceDaemon) -> None:
    def record() -> None:
        xray_recorder.current_segment().annotations["order-id ä"] = 1

    assert send(trace_daemon, record)[-1]["annotations"]["order_id__"] == 1


@pytest.mark.parametrize("end_time", [1.0, "soon", math.nan, 1e15])
def test_nothing_ends_before_it_begins(trace_daemon: TraceDaemon, end_time: Any) -> None:
    def record() -> None:
        xray_recorder.begin_subsegment("sub")
        xray_recorder.end_subsegment(end_time)

    [subsegment] = send(trace_daemon, record)[-1]["subsegments"]

    assert subsegment["end_time"] == subsegment["start_time"]


def test_parent_and_child_with_ids_of_the_owners_own_know_each_other(
    trace_daemon: TraceDaemon,
) -> None:
    def record() -> None:
        with xray_recorder.in_subsegment("parent") as parent:
            parent.id = "mine"
            with xray_recorder.in_subsegment("child"):
                pass

    [parent] = send(trace_daemon, record)[-1]["subsegments"]

    assert parent["subsegments"][0]["parent_id"] == parent["id"] != "mine"


def test_a_subsegment_that_the_owner_closed_is_sent_with_its_request(
    trace_daemon: TraceDaemon,
) -> None:
    def record() -> None:
        xray_recorder.begin_subsegment("closed").close()
        with xray_recorder.in_subsegment("inner"):
            pass

    request = send(trace_daemon, record)[-1]

    assert [one["name"] for one in request["subsegments"]] == ["closed", "inner"]


def test_very_deep_subsegments_are_sent_one_by_one(trace_daemon: TraceDaemon) -> None:
    segment = Segment("top")
    parent: Any = segment
    for number in range(1_500):
        child = Subsegment(f"level {number}", "local", segment)
        parent.add_subsegment(child)
        parent = child

    xray_recorder.emitter.send_entity(segment)

    documents = trace_daemon.documents
    assert [rule for packet in trace_daemon.packets for rule in broken_rules(packet)] == []
    assert len(documents) == 1_501
    assert {one.get("parent_id") for one in documents[1:]} == {one["id"] for one in documents[:-1]}


ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(st.characters(), max_size=30),
        st.binary(max_size=10),
        st.sampled_from([value for key, value in VALUES.items() if key != "huge"]),
    ),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(st.one_of(st.text(max_size=8), st.integers()), below, max_size=4)
    ),
    max_leaves=10,
)
FIELDS = st.sampled_from(
    (
        *("name", "id", "start_time", "trace_id", "parent_id", "namespace", "http", "sql"),
        *("annotations", "metadata", "aws", "cause", "error", "throttle", "fault", "user"),
        *("origin", "service", "precursor_ids", "anything_else"),
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(FIELDS, ANYTHING, max_size=6), st.dictionaries(FIELDS, ANYTHING, max_size=6))
def test_whatever_is_set_on_a_segment_and_below_x_ray_takes_it(
    trace_daemon: TraceDaemon, of_segment: dict[str, Any], of_subsegment: dict[str, Any]
) -> None:
    trace_daemon.packets.clear()
    segment = xray_recorder.begin_segment("segment")
    subsegment = xray_recorder.begin_subsegment("subsegment")
    vars(segment).update(of_segment)
    vars(subsegment).update(of_subsegment)
    try:
        xray_recorder.end_subsegment()
        xray_recorder.end_segment()
    finally:
        xray_recorder.clear_trace_entities()

    assert len(trace_daemon.documents) >= 1
    assert [rule for packet in trace_daemon.packets for rule in broken_rules(packet)] == []


def test_the_rules_know_a_bad_packet() -> None:
    good: dict[str, Any] = {"name": "a", "id": "0" * 16, "trace_id": f"1-{'0' * 8}-{'0' * 24}"}
    good |= {"start_time": 1.0, "end_time": 2.0}

    def packet(**changes: Any) -> bytes:
        return b'{"format":"json","version":1}\n' + json.dumps(good | changes).encode()

    assert broken_rules(packet()) == []
    for changes in ({"name": "{"}, {"end_time": 0.5}, {"annotations": {"a b": 1}}, {"id": "x"}):
        assert broken_rules(packet(**changes))
    assert broken_rules(packet(metadata={"a": {"b": math.nan}}))
