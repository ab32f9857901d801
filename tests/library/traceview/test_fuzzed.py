"""Documents with anything at all in them: whoever can send to the daemon's address can write them."""

import json
from dataclasses import asdict
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as some
from zappa_xray.traceview.documents import packet_of
from zappa_xray.traceview.lines import lines_of
from zappa_xray.traceview.routes import routes_of
from zappa_xray.traceview.store import Store
from zappa_xray.traceview.story import story_of
from zappa_xray.traceview.summary import summary_of
from zappa_xray.traceview.terminal import tree

json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda values: (
        some.lists(values, max_size=4) | some.dictionaries(some.text(), values, max_size=4)
    ),
    max_leaves=8,
)
X_RAY_KEYS = (
    *("id", "name", "trace_id", "parent_id", "type", "start_time", "end_time", "in_progress"),
    *(
        "http",
        "sql",
        "cause",
        "annotations",
        "metadata",
        "aws",
        "namespace",
        "origin",
        "error",
        "inferred",
    ),
)


TOLD = ("deadline", "left_out", "where", "init")


def documents() -> some.SearchStrategy[dict[str, Any]]:
    """Documents that pass for real ones, with anything at all in the known places."""
    identity = some.sampled_from("abcde")
    certain = {"id": identity, "name": some.text(), "start_time": some.floats(0, 2e9)}
    possible = {
        "http": some.fixed_dictionaries(
            {}, optional={"request": json_values, "response": json_values}
        ),
        "cause": some.fixed_dictionaries({"exceptions": json_values}),
        "sql": some.fixed_dictionaries({"sanitized_query": json_values}),
        "annotations": some.dictionaries(
            some.sampled_from(["route", "status", "timed_out"]), json_values
        ),
        "parent_id": identity,
        "inferred": some.booleans(),
        "metadata": some.fixed_dictionaries(
            {"tracing": some.dictionaries(some.sampled_from(TOLD), json_values)}
        ),
        "end_time": some.floats(0, 2e9),
        **{key: json_values for key in ("namespace", "origin", "in_progress", "aws")},
    }
    single = some.fixed_dictionaries(certain, optional=possible)
    return some.recursive(
        single,
        lambda below: some.builds(
            lambda document, nested: {**document, "subsegments": nested},
            single,
            some.lists(below | json_values, max_size=3),
        ),
        max_leaves=6,
    )


# Begun long after the trace's end, by a clock that was set back: beyond its axis by more than a number can say.
BEYOND = [
    {"id": "a", "name": "", "start_time": 0.0},
    {"id": "b", "name": "", "start_time": 209329.0, "end_time": 1e-305},
]


@settings(deadline=None, max_examples=60, database=None)
@given(some.lists(documents(), min_size=1, max_size=4))
@example(BEYOND)
def test_documents_with_anything_in_them_become_lines_of_plain_text(found: list[Any]) -> None:
    store = Store()
    trace_id = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"
    for document in found:
        store.add(packet_of(json.dumps({**document, "trace_id": trace_id}).encode()))
    trace = store.trace(trace_id)
    if trace is None:
        assert store.malformed == len(found)
        return
    shown = [[line.label, line.marks, line.details, line.spans] for line in lines_of(trace)]
    assert shown
    summary = summary_of(trace)
    routes = [asdict(route) for route in routes_of([summary, summary.so_far(2e9)])]
    told = [asdict(summary), asdict(story_of(trace, summary)), routes]
    text = json.dumps([shown, told], ensure_ascii=False, allow_nan=False)
    assert text.isprintable()
    assert text.encode()
    printed = "\n".join(line.plain for line in tree(trace, 80, bars=True, now=2e9))
    assert all(line.isprintable() for line in printed.split("\n"))
    other = Store()
    other.restore(store.saved())
    _, shown_before = store.changed_since(0, now=0)
    assert other.changed_since(0, now=0) == (len(json.loads(store.saved())), shown_before)


@settings(deadline=None, max_examples=60, database=None)
@given(
    some.binary(max_size=200)
    | json_values.map(lambda value: packet_of(json.dumps(value).encode()))
    | some.dictionaries(some.sampled_from(X_RAY_KEYS), json_values).map(
        lambda value: packet_of(json.dumps(value).encode())
    )
)
def test_a_packet_of_anything_is_kept_or_counted(packet: bytes) -> None:
    store = Store()
    kept = store.add(packet)
    assert (store.malformed, len(store.changed_since(0)[1])) == ((0, 1) if kept else (1, 0))
