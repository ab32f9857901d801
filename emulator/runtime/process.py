"""One process of a function, from its start to its kill."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import IO

from emulator.processes import kill_group
from emulator.runtime.api import NEXT, RESTORE_NEXT, Call, RuntimeAPI


class RuntimeProcess:
    """A started process of AWS's runtime client, which asks for invocations over the Runtime API.

    command      what starts it; `environment` is all that it sees, and the Runtime API's address
    log          the file that gets its standard output and error
    """

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], log: IO[bytes]
    ) -> None:
        with ExitStack() as resources:
            self._api = resources.enter_context(closing(RuntimeAPI()))
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**environment, "AWS_LAMBDA_RUNTIME_API": self._api.address},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            resources.callback(kill_group, self._process)
            self._ending = os.pidfd_open(self._process.pid)
            resources.pop_all()
        self._waiting: Call | None = None
        self._peak_memory = 0

    @property
    def id(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def peak_memory(self) -> int:
        """The most memory that it has had at a time, in bytes; as last seen when it has ended."""
        with suppress(ProcessLookupError, FileNotFoundError):
            status = Path(f"/proc/{self._process.pid}/status").read_text()
            peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
            self._peak_memory = int(peaks[0]) * 1024 if peaks else self._peak_memory
        return self._peak_memory

    @property
    def outcome(self) -> str:
        """How it ended, such as `SIGKILL` or `exit code 1`. Waits for that."""
        code = self._process.wait()
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def initialize(self, deadline: float) -> Call | None:
        """Wait until it asks for an invocation, and return None: or return the error it reports.

        `deadline` is a time of time.monotonic(). Raises TimeoutError or ProcessEnded.
        """
        while (call := self._call(deadline)).path == RESTORE_NEXT:
            call.answer("200 OK")
        if call.path == NEXT:
            self._waiting = call
            return None
        call.answer("202 Accepted")
        return call

    def invoke(self, event: bytes, headers: Mapping[str, str], deadline: float) -> Call:
        """Give it an invocation and return the call with its answer, which is still to be answered.

        Raises TimeoutError or ProcessEnded.
        """
        if self._waiting is None:
            self._waiting = self._call(deadline)
        self._waiting.answer("200 OK", event, headers)
        self._waiting = None
        return self._call(deadline)

    def interrupt(self) -> None:
        """Have it end with SIGKILL; an invocation that waits for it, in another thread, goes on."""
        self._process.kill()

    def kill(self) -> None:
        """End it with SIGKILL, as Lambda does, and let go of what belongs to it. Once, by one thread."""
        kill_group(self._process)
        os.close(self._ending)
        self._api.close()

    def _call(self, deadline: float) -> Call:
        call = self._api.call(self._ending, deadline)
        if call is None:
            raise TimeoutError
        return call
