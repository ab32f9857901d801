"""Packets as they arrive -> the ids of traces, each once it is complete or has passed its deadline."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

from zappa_xray.traceview.daemon import Receiver
from zappa_xray.traceview.store import Store

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
QUIET_SECONDS = 0.3  # how long after its last document a trace is complete
PATIENCE_SECONDS = 60.0  # how long one in progress is waited for: twice what a gateway waits


@dataclass
class Waiting:
    """A trace of which something has come at `last`, in seconds of time.monotonic()."""

    last: float
    looked_at: bool = False
    told: bool = False


def worth_telling(receiver: Receiver, store: Store) -> Iterator[str]:
    """Yield the id of each trace once nothing of it is in progress and no more of it comes.

    One that passes its deadline is told then, and again when it ends after all.
    """
    waiting: dict[str, Waiting] = {}
    looked = 0.0
    while True:
        packet = receiver.receive(timeout=LOOK_SECONDS)
        now = time.monotonic()
        if packet and (document := store.add(packet)):
            known = waiting.setdefault(document["trace_id"], Waiting(now))
            known.last, known.looked_at = now, False
        if now - looked > LOOK_SECONDS:
            looked = now
            yield from _quiet(waiting, store, now)


def _quiet(waiting: dict[str, Waiting], store: Store, now: float) -> Iterator[str]:
    for trace_id, known in list(waiting.items()):
        quiet = now - known.last
        if quiet <= QUIET_SECONDS:
            continue
        if quiet > PATIENCE_SECONDS:
            del waiting[trace_id]
            if not known.told:
                yield trace_id
        elif not known.looked_at:
            known.looked_at = True
            is_open, is_late = _state(store, trace_id)
            if not is_open:
                del waiting[trace_id]
            if not is_open or (is_late and not known.told):
                known.told = is_late
                yield trace_id


def _state(store: Store, trace_id: str) -> tuple[bool, bool]:
    """Return whether something of the trace is in progress, and whether it passed its deadline."""
    try:
        trace = store.trace(trace_id)
    except Exception:  # who prints it will say so
        logger.debug("Trace %s cannot be read", trace_id, exc_info=True)
        return False, False
    return (trace.in_progress, trace.timed_out) if trace else (False, False)
