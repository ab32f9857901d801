"""A running Runtime Interface Emulator, and what stands between it and the function's runtime."""

from __future__ import annotations

import math
import os
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import IO

from emulator.ports import free_port
from emulator.processes import kill_group
from emulator.runtime.api import FOREVER, NEXT, Call, ProcessEnded, RuntimeAPI
from emulator.runtime.rie_binary import rie_binary

INVOKE = "/2015-03-31/functions/function/invocations"
START_SECONDS = 30.0
# What the emulator may take beyond the function's timeout to kill its process and to answer.
GRACE_SECONDS = 30.0


class RIEProcess:
    """The emulator on two free ports, and the function's runtime that it starts.

    The emulator gives a runtime no trace header: the runtime asks a Runtime API of ours, which asks
    the emulator's and adds it.

    command  what starts the function's process; `variables` is its environment
    seconds  the function's timeout, which the emulator counts in whole seconds

    Raises RuntimeError when it does not start.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        variables: Mapping[str, str],
        log: IO[bytes],
        seconds: float,
    ) -> None:
        self._seconds = seconds
        emulator = str(rie_binary())
        self._api = RuntimeAPI()
        self._addresses = [free_address(), free_address()]
        interface, runtime = self._addresses
        options = ["--runtime-interface-emulator-address", interface]
        options += ["--runtime-api-address", runtime]
        # The emulator names its own address to what it starts.
        ours = ["/usr/bin/env", f"AWS_LAMBDA_RUNTIME_API={self._api.address}"]
        self._process = subprocess.Popen(
            [emulator, *options, *ours, *command],
            cwd=folder,
            env={**variables, "AWS_LAMBDA_FUNCTION_TIMEOUT": str(math.ceil(seconds))},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._ending = os.pidfd_open(self._process.pid)
        self._trace_header = self.request_id = ""
        self.error: Call | None = None
        self._between = threading.Thread(target=self._pass_on, name="runtime api", daemon=True)
        self._between.start()
        self._wait()

    @property
    def function_process_id(self) -> int:
        """The id of the function's process. Raises RuntimeError when there is none."""
        tasks = Path(f"/proc/{self._process.pid}/task")
        with suppress(FileNotFoundError):
            for task in tasks.iterdir():
                if children := (task / "children").read_text().split():
                    return int(children[0])
        raise RuntimeError("The function has no process now.")

    def invoke(self, event: bytes, trace_header: str) -> tuple[int, bytes]:
        """Return the status and the body of the emulator's answer."""
        self._trace_header, self.error = trace_header, None
        seconds = math.ceil(self._seconds) + GRACE_SECONDS
        return ask(self._addresses[0], "POST", INVOKE, event, seconds=seconds)[:2]

    def interrupt(self) -> None:
        """Have the emulator end; an invocation that waits for it, in another thread, goes on."""
        self._process.terminate()

    def kill(self) -> None:
        """End the emulator, which ends the function's process. Once, by one thread."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_SECONDS)
        kill_group(self._process)
        self._between.join(GRACE_SECONDS)
        os.close(self._ending)
        self._api.close()

    def _wait(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < give_up:
            host, port = self._addresses[0].split(":")
            with suppress(ConnectionError), socket.create_connection((host, int(port))):
                return
            time.sleep(0.01)
        self.kill()
        raise RuntimeError("AWS's Runtime Interface Emulator did not start.")

    def _pass_on(self) -> None:
        with suppress(ProcessEnded):
            while True:
                call = self._api.call(self._ending, FOREVER)
                if call is not None:
                    # A process that is killed in a call leaves it: the next one must not wait for it.
                    threading.Thread(target=self._answer, args=(call,), daemon=True).start()

    def _answer(self, call: Call) -> None:
        self.error = call if call.is_error else self.error
        with suppress(OSError):
            status, body, headers = ask(
                self._addresses[1], call.method, call.path, call.body, dict(call.headers)
            )
            if call.path == NEXT:
                self.request_id = headers["Lambda-Runtime-Aws-Request-Id"]
                headers |= (
                    {"Lambda-Runtime-Trace-Id": self._trace_header} if self._trace_header else {}
                )
            call.answer(f"{status} from the emulator", body, headers)


def ask(
    address: str,
    method: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> tuple[int, bytes, dict[str, str]]:
    """Return status, body and the runtime's own headers of an answer. Raises OSError."""
    connection = HTTPConnection(address, timeout=seconds)
    try:
        connection.request(method, path, body or None, dict(headers or {}))
        response = connection.getresponse()
        own = {name: value for name, value in response.getheaders() if name.startswith("Lambda-")}
        return response.status, response.read(), own
    finally:
        connection.close()


def free_address() -> str:
    """Return an address on loopback that nobody has at the moment."""
    return f"127.0.0.1:{free_port()}"
