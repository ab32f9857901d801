"""When a watch tells of a trace, by a clock of the test's own."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from zappa_xray.traceview import watch
from zappa_xray.traceview.daemon import Receiver
from zappa_xray.traceview.store import Store

from tests.library.traceview import packets

STEP_SECONDS = 0.25


class Ended(Exception):
    """The time of a test is over."""


class Scripted(Receiver):
    """Hands out packets at their moments; each look at it takes STEP_SECONDS."""

    def __init__(self, script: dict[float, bytes], until: float) -> None:
        self.script, self.until, self.now = script, until, 0.0

    def receive(self, timeout: float | None = None) -> bytes | None:
        self.now += STEP_SECONDS
        if self.now > self.until:
            raise Ended
        return self.script.pop(self.now, None)


def told(script: dict[float, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[float]:
    """Yield the moments at which a watch tells of the one trace in the script."""
    receiver = Scripted(script, until=120.0)
    monkeypatch.setattr("time.monotonic", lambda: receiver.now)
    with suppress(Ended):
        for _ in watch.worth_telling(receiver, Store()):
            yield receiver.now


def test_a_deadline_is_told_when_it_passes_and_the_end_when_it_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_progress, deadline, end = packets("timed_out")
    assert list(told({1.0: in_progress, 30.0: deadline, 40.0: end}, monkeypatch)) == [30.5, 40.5]
    assert list(told({1.0: in_progress, 30.0: deadline}, monkeypatch)) == [30.5]


def test_what_never_ends_is_told_once_when_nobody_waits_any_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_progress, _, end = packets("timed_out")
    assert list(told({1.0: in_progress}, monkeypatch)) == [61.25]
    assert list(told({1.0: in_progress, 20.0: end}, monkeypatch)) == [20.5]
