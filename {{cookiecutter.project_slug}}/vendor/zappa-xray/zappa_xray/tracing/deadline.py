"""One thread that watches the work in flight and reports what passes its deadline."""

import contextlib
import faulthandler
import logging
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from zappa_xray.tracing.conf import settings

logger = logging.getLogger(__name__)

STANDARD_ERROR = 2


class Watched(Protocol):
    """What the watcher knows of a piece of work; `deadline` is in seconds of time.monotonic()."""

    deadline: float
    ended: bool
    lock: threading.Lock


class DeadlineWatcher[Work: Watched]:
    """Watches without cost while all ends in time: the thread sleeps, nothing wakes it.

    `report` is called in that thread, once for each piece of work that passes its deadline.
    """

    def __init__(self, report: Callable[[Work], None]) -> None:
        self._report = report
        self._forget_everything()
        # A forked process has no threads but one; gunicorn and the tests' runner fork.
        os.register_at_fork(after_in_child=self._forget_everything)

    def _forget_everything(self) -> None:
        self._lock = threading.Lock()  # itself, and not by its condition, for each request
        self._condition = threading.Condition(self._lock)
        self._in_flight: set[Work] = set()
        self._wakes_at = math.inf
        self._thread: threading.Thread | None = None
        self._stopping = False

    def watch(self, work: Work) -> None:
        """Reports `work` at its deadline, unless `forget` comes first."""
        if settings.faulthandler and work.deadline < math.inf:
            _dump_stack_after(work.deadline + settings.margin_seconds / 2 - time.monotonic())
        with self._lock:
            self._in_flight.add(work)
            if self._thread is None:
                self._thread = self._started()
            elif work.deadline < self._wakes_at:
                self._condition.notify()

    def forget(self, work: Work) -> None:
        """Ends the watch; waits while the report of this very piece of work is being made."""
        if settings.faulthandler:
            faulthandler.cancel_dump_traceback_later()
        with work.lock:
            work.ended = True
        with self._lock:
            self._in_flight.discard(work)

    def stop(self) -> None:
        """Ends the thread, and with it all watches; the next `watch` begins anew."""
        with self._lock:
            self._stopping = True
            self._condition.notify()
            thread = self._thread
        if thread is not None:
            thread.join()
        self._forget_everything()

    def _started(self) -> threading.Thread | None:
        thread = threading.Thread(target=self._run, name="tracing-deadline", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # too many threads, or no memory for one more
            logger.warning("No deadline is watched until the next request: %s", error)
            return None
        return thread

    def _run(self) -> None:
        while not self._stopping:
            for work in self._wait_for_overdue():
                with work.lock, _hurry():
                    if not work.ended:
                        self._tell(work)

    def _wait_for_overdue(self) -> list[Work]:
        with self._condition:
            now = time.monotonic()
            overdue = [work for work in self._in_flight if work.deadline <= now]
            self._in_flight.difference_update(overdue)
            if not overdue and not self._stopping:
                self._wakes_at = min((work.deadline for work in self._in_flight), default=math.inf)
                self._condition.wait(self._wakes_at - now if self._wakes_at < math.inf else None)
            return overdue

    def _tell(self, work: Work) -> None:
        if settings.faulthandler:
            faulthandler.cancel_dump_traceback_later()
        try:
            self._report(work)
        except Exception:  # the watch goes on for the other requests
            logger.exception("The report of what passed its deadline failed")


def _dump_stack_after(seconds: float) -> None:
    # C code may keep the interpreter to itself; this prints without it, unless our report comes first.
    try:
        faulthandler.dump_traceback_later(max(seconds, 0.001), file=STANDARD_ERROR)
    except RuntimeError as error:  # it needs a thread, too
        logger.warning("faulthandler does not watch this request: %s", error)


@contextlib.contextmanager
def _hurry() -> Iterator[None]:
    # A thread in an endless loop gives way only that often, and the time is short.
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0001)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
