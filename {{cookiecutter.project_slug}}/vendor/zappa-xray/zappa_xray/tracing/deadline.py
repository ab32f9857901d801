"""One thread that watches the requests in flight and reports those that pass their deadline."""

import logging
import math
import os
import sys
import threading
import time
from typing import TYPE_CHECKING

from zappa_xray.tracing.report import report

if TYPE_CHECKING:
    from zappa_xray.tracing.in_flight import InFlight

logger = logging.getLogger(__name__)


class DeadlineWatcher:
    """Watches without cost while requests end in time: the thread sleeps, nothing wakes it."""

    def __init__(self) -> None:
        self._condition = threading.Condition(threading.Lock())
        self._in_flight: set[InFlight] = set()
        self._wakes_at = math.inf
        self._thread: threading.Thread | None = None

    def watch(self, work: "InFlight") -> None:
        """Reports `work` at its deadline, unless `forget` comes first."""
        with self._condition:
            self._in_flight.add(work)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="tracing-deadline", daemon=True
                )
                self._thread.start()
            elif work.deadline < self._wakes_at:
                self._condition.notify()

    def forget(self, work: "InFlight") -> None:
        """Ends the watch; waits while the report of this very piece of work is being made."""
        with work.lock:
            work.ended = True
        with self._condition:
            self._in_flight.discard(work)

    def _run(self) -> None:
        while True:
            for work in self._wait_for_overdue():
                with work.lock:
                    if not work.ended:
                        self._report(work)

    def _wait_for_overdue(self) -> list["InFlight"]:
        with self._condition:
            now = time.monotonic()
            overdue = [work for work in self._in_flight if work.deadline <= now]
            self._in_flight.difference_update(overdue)
            if not overdue:
                self._wakes_at = min((work.deadline for work in self._in_flight), default=math.inf)
                self._condition.wait(self._wakes_at - now if self._in_flight else None)
            return overdue

    def _report(self, work: "InFlight") -> None:
        # A thread in an endless loop gives way only that often, and the time is short.
        usual = sys.getswitchinterval()
        sys.setswitchinterval(0.0001)
        try:
            report(work)
        except Exception:  # the watch goes on for the other requests
            logger.exception("The report of a request that passed its deadline failed")
        finally:
            sys.setswitchinterval(usual)


watcher = DeadlineWatcher()


def _forget_everything() -> None:
    # A forked process has no threads but one; gunicorn and the tests' runner fork.
    watcher.__init__()  # type: ignore[misc]  # the very object that others have imported


os.register_at_fork(after_in_child=_forget_everything)
