import json
from typing import Any

from zappa_xray.traceview.store import Store

from tests.library.traceview import packets

HEADER = b'{"format":"json","version":1}\n'


def packet(number: int, **more: Any) -> bytes:
    document = {
        "id": f"{number:016x}",
        "trace_id": f"1-5f84c7a1-{number:024x}",
        "name": "service",
        "start_time": 1000.0 + number,
        "end_time": 1001.0 + number,
    }
    return HEADER + json.dumps(document | more).encode()


def ids(store: Store) -> list[int]:
    return [int(summary.id[-24:], 16) for summary in store.changed_since(0)[1]]


def test_the_newest_traces_are_kept() -> None:
    store = Store(traces=3)
    for number in range(5):
        store.add(packet(number))
    assert ids(store) == [2, 3, 4]


def test_the_bytes_are_bounded_whatever_the_number_of_traces() -> None:
    store = Store(size=100_000)
    for number in range(100):
        store.add(packet(number, metadata={"text": "x" * 10_000}))
    assert ids(store) == list(range(91, 100))


def test_one_trace_has_a_share_of_the_bytes_and_what_is_more_is_counted() -> None:
    store = Store(size=80_000)
    trace_id = "1-5f84c7a1-" + "a" * 24
    for number in range(30):
        store.add(packet(number, trace_id=trace_id, metadata={"text": "x" * 800}))
    found = store.trace(trace_id)
    assert found
    assert (len(found.entities), store.dropped) == (10, 20)


def test_a_document_sent_again_takes_no_more_room() -> None:
    store = Store(size=8_000)
    for _ in range(100):
        store.add(packet(1, in_progress=True))
    store.add(packet(1))
    assert (store.dropped, len(store.changed_since(0)[1])) == (0, 1)


def test_only_what_changed_is_told() -> None:
    store = Store()
    store.add(packet(1, in_progress=True))
    first, _ = store.changed_since(0)
    store.add(packet(2))
    second, changed = store.changed_since(first)
    assert [summary.id[-1] for summary in changed] == ["1", "2"]  # time goes by for what is open
    store.add(packet(1))
    third, changed = store.changed_since(second)
    assert [(summary.id[-1], summary.marks) for summary in changed] == [("1", [])]
    assert store.changed_since(third) == (third, [])


def test_what_has_not_ended_lasts_until_now_for_a_quarter_of_an_hour() -> None:
    store = Store()
    store.add(packet(1, in_progress=True, end_time=None))

    def took(now: float) -> str:
        _, (summary,) = store.changed_since(0, now)
        return summary.took

    assert took(1001.0 + 28.9) == "28.90 s so far"
    assert took(990.0) == "0.0 ms so far"  # the clock has been set back
    assert took(1001.0 + 3600) == "0.0 ms so far"


def test_traces_are_numbered_as_they_come_whatever_the_clock_says() -> None:
    store = Store()
    for number in (3, 1, 2):
        store.add(packet(number))
    _, found = store.changed_since(0)
    assert [(summary.start, summary.number) for summary in found] == [
        (1003.0, 1),
        (1001.0, 2),
        (1002.0, 3),
    ]


def test_what_was_saved_by_half_is_no_obstacle() -> None:
    store = Store()
    store.restore('["{')
    assert store.changed_since(0) == (0, [])


def test_a_copy_in_progress_that_comes_late_changes_nothing() -> None:
    store = Store()
    store.add(packet(1))
    serial = store.serial
    store.add(packet(1, in_progress=True))
    assert store.changed_since(serial) == (serial, [])


def test_malformed_packets_are_counted_and_the_page_does_not_show_itself() -> None:
    store = Store()
    store.add(b"nonsense")
    own = {"http": {"request": {"url": "http://localhost:8000/__traces__/news?since=1"}}}
    assert store.add(packet(1, **own)) is None
    assert (store.malformed, ids(store)) == (1, [])
    store.add(packet(2, http={"request": {"url": "http://[not-an-address"}}))
    assert ids(store) == [2]


def test_another_process_takes_over_what_is_saved() -> None:
    store, other = Store(), Store()
    for one in packets("lambda"):
        store.add(one)
    other.restore(store.saved())
    assert other.changed_since(0)[1] == store.changed_since(0)[1] != []
    other.restore("")
