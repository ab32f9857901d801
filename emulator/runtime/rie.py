"""A function under AWS's Runtime Interface Emulator, which starts it, counts its time and kills it.

https://github.com/aws/aws-lambda-runtime-interface-emulator
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from contextlib import suppress

from emulator.runtime.api import XRAY_CAUSE
from emulator.runtime.failures import FunctionDied, FunctionError, FunctionTimedOut
from emulator.runtime.log import FunctionLog
from emulator.runtime.rie_process import RIEProcess

INIT_REPORT = re.compile(r"INIT REPORT\(durationMs: ([\d.]+)\)")
TIMED_OUT = "Task timed out after"


class RIEEnvironment:
    """A function's execution environment that AWS's own emulator keeps. See ExecutionEnvironment.

    start     starts the emulator, its output and the function's going to `log`
    seconds   the function's timeout, as the emulator was told it

    An init happens in the time of an invocation: also the first one, unlike on Lambda.
    """

    def __init__(self, start: Callable[[], RIEProcess], log: FunctionLog, seconds: float) -> None:
        self._start, self._log, self._seconds = start, log, seconds
        self._emulator: RIEProcess | None = None
        self.last_seconds = 0.0

    @property
    def is_warm(self) -> bool:
        """Whether a process is there that the next invocation would use."""
        with suppress(RuntimeError):
            return self.process_id > 0
        return False

    @property
    def process_id(self) -> int:
        """The id of the function's process. Raises RuntimeError when there is none."""
        if self._emulator is None:
            raise RuntimeError("The function has no process now.")
        return self._emulator.function_process_id

    @property
    def peak_memory(self) -> int:
        """Not known: the emulator reports the function's memory size in its place."""
        return 0

    @property
    def init_seconds(self) -> float:
        """How long the last init took, as the emulator says."""
        found = INIT_REPORT.findall(self._log.text)
        return float(found[-1]) / 1000 if found else 0.0

    def invoke(self, event: bytes, trace_header: str, seconds: float) -> bytes:
        """Return the handler's answer. Raises FunctionError, FunctionTimedOut or FunctionDied.

        `seconds` must be the function's own timeout: it is the emulator that counts.
        """
        if seconds != self._seconds:
            raise ValueError(f"AWS's emulator was told to kill after {self._seconds:g} s.")
        if self._emulator is None:
            self._emulator = self._start()
        started = time.monotonic()
        try:
            status, answer = self._emulator.invoke(event, trace_header)
        except OSError as ended:
            raise FunctionDied(f"AWS's emulator ended within an invocation: {ended}") from ended
        self.last_seconds = time.monotonic() - started
        tail = "\n".join(self._log.text.splitlines()[-40:])
        if answer.startswith(TIMED_OUT.encode()):
            # Lambda writes it into the log; its emulator only answers it.
            self._log.timed_out(self._emulator.request_id, seconds)
            raise FunctionTimedOut(f"{answer.decode()}\n{tail}")
        if error := self._emulator.error:
            raise FunctionError(json.loads(error.body), error.headers.get(XRAY_CAUSE))
        if not answer:  # it was ended itself
            raise FunctionDied(f"AWS's emulator ended within an invocation.\n{tail}")
        if status != 200:
            raise FunctionDied(f"{json.loads(answer)['errorMessage']}\n{tail}")
        return answer

    def interrupt(self) -> None:
        """End the emulator, if there is one, under the invocation that another thread waits for."""
        if (emulator := self._emulator) is not None:
            emulator.interrupt()

    def kill(self) -> None:
        """End the emulator and the function's process. Not within an invocation: see `interrupt`."""
        if self._emulator is not None:
            self._emulator.kill()
        self._emulator = None
