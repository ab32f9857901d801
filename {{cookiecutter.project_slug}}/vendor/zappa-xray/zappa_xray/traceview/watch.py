"""Packets as they arrive -> traces, each once it is complete."""

import time
from collections.abc import Iterator

from zappa_xray.traceview.daemon import Receiver
from zappa_xray.traceview.store import Store
from zappa_xray.traceview.trace import Trace

LOOK_SECONDS = 0.1
QUIET_SECONDS = 0.3  # how long after its last document a trace is complete
PATIENCE_SECONDS = 60.0  # how long one in progress is waited for: twice what a gateway waits


def complete(receiver: Receiver, store: Store) -> Iterator[Trace]:
    """Yield each trace once nothing of it is in progress and no more of it comes."""
    changed: dict[str, float] = {}
    looked = 0.0
    while True:
        packet = receiver.receive(timeout=LOOK_SECONDS)
        now = time.monotonic()
        if packet and (document := store.add(packet)):
            changed[document["trace_id"]] = now
        if now - looked > LOOK_SECONDS:
            looked = now
            yield from _quiet(changed, store, now)


def _quiet(changed: dict[str, float], store: Store, now: float) -> Iterator[Trace]:
    for trace_id, last in list(changed.items()):
        if now - last <= QUIET_SECONDS:
            continue
        trace = store.trace(trace_id)
        if trace is None or not trace.in_progress or now - last > PATIENCE_SECONDS:
            del changed[trace_id]
            if trace:
                yield trace
