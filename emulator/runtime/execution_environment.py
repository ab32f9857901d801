"""Where a function runs on Lambda: its process, the phases of its life, and its log.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from contextlib import suppress

from emulator.runtime.api import XRAY_CAUSE, ProcessEnded
from emulator.runtime.failures import FunctionDied, FunctionError, FunctionTimedOut
from emulator.runtime.log import FunctionLog
from emulator.runtime.process import RuntimeProcess

INIT_SECONDS = 10.0
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB, and 100 KB more
LARGEST_PAYLOAD_BYTES = 6_291_556
TOO_LARGE = {
    "errorType": "Function.ResponseSizeTooLarge",
    "errorMessage": "Response payload size exceeded maximum allowed payload size "
    f"({LARGEST_PAYLOAD_BYTES} bytes).",
}
FAILURES = (FunctionError, TimeoutError, ProcessEnded)


class ExecutionEnvironment:
    """One execution environment: a process at a time, which starts with the first invocation.

    start   starts the function's process, its output going to the file of `log`
    arn     of the function; `version` is that of its Python, `memory_size` is in MB

    The init phase has 10 s of its own. Where it fails or takes longer, and after a process that was
    killed or ended, the init happens in the next invocation's time.
    """

    def __init__(
        self,
        start: Callable[[], RuntimeProcess],
        log: FunctionLog,
        *,
        arn: str,
        version: str,
        memory_size: int,
    ) -> None:
        self._start, self._log = start, log
        self._arn, self._version, self._memory_size = arn, version, memory_size
        self._process: RuntimeProcess | None = None
        self._has_failed = False
        self.init_seconds = 0.0
        self.last_seconds = 0.0

    @property
    def is_warm(self) -> bool:
        """Whether a process is there that the next invocation would use."""
        return self._process is not None and self._process.is_alive and not self._has_failed

    @property
    def peak_memory(self) -> int:
        """The most memory that the process has had at a time, in bytes; 0 without a process."""
        return 0 if self._process is None else self._process.peak_memory

    @property
    def process_id(self) -> int:
        """The id of the running process. Raises RuntimeError when there is none."""
        if self._process is None:
            raise RuntimeError("The function has no process now.")
        return self._process.id

    def invoke(self, event: bytes, trace_header: str, seconds: float) -> bytes:
        """Return the handler's answer. Raises FunctionError, FunctionTimedOut or FunctionDied."""
        init_seconds = None
        if not self.is_warm and not self._has_failed:
            with suppress(*FAILURES):
                self._initialize(time.monotonic() + INIT_SECONDS, "init")
                init_seconds = self.init_seconds
        request_id = str(uuid.uuid4())
        self._log.start(request_id)
        started = time.monotonic()
        outcome: bytes | Exception
        status = ""
        try:
            outcome = self._answer(request_id, event, trace_header, started + seconds)
        except FunctionError as error:
            outcome = error
        except (TimeoutError, ProcessEnded) as error:
            outcome, status = self._death(error, request_id, seconds), status_of(error)
        self.last_seconds = time.monotonic() - started
        self._log.end(
            request_id,
            seconds=self.last_seconds,
            memory_size=self._memory_size,
            peak_memory=self.peak_memory,
            init_seconds=init_seconds,
            status=status,
            trace_header=trace_header,
        )
        if status:
            self._discard()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def interrupt(self) -> None:
        """End the process, if there is one, under the invocation that another thread waits for."""
        if (process := self._process) is not None:
            process.interrupt()

    def kill(self) -> None:
        """End the process with SIGKILL; the next one has an init phase again.

        Not within an invocation: `interrupt` ends that first.
        """
        self._discard()
        self._has_failed = False

    def _initialize(self, deadline: float, phase: str) -> None:
        """Start a process and wait until it is ready. Raises one of FAILURES."""
        self._discard()
        self._log.init_start(self._version)
        started = time.monotonic()
        self._process = self._start()
        try:
            if (call := self._process.initialize(deadline)) is not None:
                raise FunctionError(json.loads(call.body))
        except FAILURES as error:
            self._log.init_report(time.monotonic() - started, phase, status_of(error))
            raise
        self.init_seconds = time.monotonic() - started
        self._has_failed = False

    def _answer(self, request_id: str, event: bytes, trace_header: str, deadline: float) -> bytes:
        if not self.is_warm:
            self._initialize(deadline, "invoke")
        assert self._process is not None
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(
                int((time.time() + deadline - time.monotonic()) * 1000)
            ),
            "Lambda-Runtime-Invoked-Function-Arn": self._arn,
        }
        if trace_header:
            headers["Lambda-Runtime-Trace-Id"] = trace_header
        call = self._process.invoke(event, headers, deadline)
        if len(call.body) > LARGEST_PAYLOAD_BYTES:
            call.answer("413 Payload Too Large")
            self._discard()
            raise FunctionError(TOO_LARGE)
        call.answer("202 Accepted")
        if call.is_error:
            raise FunctionError(json.loads(call.body), call.headers.get(XRAY_CAUSE))
        return call.body

    def _death(self, error: Exception, request_id: str, seconds: float) -> Exception:
        """Write to the log what Lambda writes, and return what the invocation raises."""
        if isinstance(error, TimeoutError):
            self._log.timed_out(request_id, seconds)
            return FunctionTimedOut(f"Task timed out after {seconds:.2f} seconds\n{self._tail}")
        assert self._process is not None
        outcome = self._process.outcome
        self._log.exited(request_id, outcome)
        return FunctionDied(f"The function's process ended: {outcome}\n{self._tail}")

    def _discard(self) -> None:
        if self._process is not None:
            self._process.kill()
        self._process, self._has_failed = None, True

    @property
    def _tail(self) -> str:
        return "\n".join(self._log.text.splitlines()[-40:])


def status_of(failure: Exception) -> str:
    """Return how a REPORT or INIT_REPORT tells a failure."""
    if isinstance(failure, TimeoutError):
        return "Status: timeout"
    kind = failure.type if isinstance(failure, FunctionError) else "Runtime.ExitError"
    return f"Status: error\tError Type: {kind}"
