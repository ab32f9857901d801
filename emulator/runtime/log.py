"""A function's log: what its processes write, between the lines that Lambda itself writes.

The lines are those of the plain text format: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import math
import os
import signal
import tempfile
import time

from emulator.events import trace_fields
from emulator.processes import read_all


class FunctionLog:
    """`file` is for standard output and error of a process; `text` is all that was written."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it

    def close(self) -> None:
        self.file.close()

    @property
    def text(self) -> str:
        # Lambda gives the runtime client another channel, in which the lines of a traceback are
        # parted by \n: awslambdaric/bootstrap.py, StandardLogSink and FramedTelemetryLogSink.
        return read_all(self.file).replace("\r", "\n")

    def clear(self) -> None:
        """Empty the file; a process that has it as its output goes on at its start."""
        os.ftruncate(self.file.fileno(), 0)
        os.lseek(self.file.fileno(), 0, os.SEEK_SET)

    def write(self, *lines: str) -> None:
        """Add lines; one that a process left unfinished is finished first."""
        size = os.fstat(self.file.fileno()).st_size
        if size and os.pread(self.file.fileno(), 1, size - 1) != b"\n":
            lines = ("", *lines)
        os.write(self.file.fileno(), "".join(f"{line}\n" for line in lines).encode())

    def init_start(self, version: str) -> None:
        self.write(f"INIT_START Runtime Version: python:{version}.emulated")

    def init_report(self, seconds: float, phase: str, status: str) -> None:
        """https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""
        duration = f"{seconds * 1000:.2f} ms"
        self.write(f"INIT_REPORT Init Duration: {duration}\tPhase: {phase}\t{status}")

    def start(self, request_id: str) -> None:
        self.write(f"START RequestId: {request_id} Version: $LATEST")

    def timed_out(self, request_id: str, seconds: float) -> None:
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        at = f"{stamp}.{int(now % 1 * 1000):03d}Z"
        self.write(f"{at} {request_id} Task timed out after {seconds:.2f} seconds", "")

    def exited(self, request_id: str, outcome: str) -> None:
        exit_code = outcome.removeprefix("exit code ")
        how = f"exit status {exit_code}" if exit_code != outcome else f"signal: {in_go(outcome)}"
        self.write(f"RequestId: {request_id} Error: Runtime exited with error: {how}")
        self.write("Runtime.ExitError")

    def end(
        self,
        request_id: str,
        *,
        seconds: float,
        memory_size: int,
        peak_memory: int,
        init_seconds: float | None,
        status: str,
        trace_header: str | None,
    ) -> None:
        """Write END and REPORT. `peak_memory` is in bytes, `memory_size` in MB.

        The init phase is billed as well:
        https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
        """
        billed = math.ceil((seconds + (init_seconds or 0.0)) * 1000)
        report = [
            f"REPORT RequestId: {request_id}",
            f"Duration: {seconds * 1000:.2f} ms",
            f"Billed Duration: {billed} ms",
            f"Memory Size: {memory_size} MB",
            f"Max Memory Used: {math.ceil(peak_memory / 2**20)} MB",
        ]
        if init_seconds is not None:
            report.append(f"Init Duration: {init_seconds * 1000:.2f} ms")
        if status:
            report.append(status)
        self.write(f"END RequestId: {request_id}", "\t".join([*report, ""]))
        fields = trace_fields(trace_header or "")
        if fields.get("Sampled") == "1":
            segment = fields.get("Parent", "")
            self.write(
                f"XRAY TraceId: {fields.get('Root', '')}\tSegmentId: {segment}\tSampled: true\t"
            )


def in_go(name: str) -> str:
    """Return what Go, in which Lambda writes its log, calls a signal: SIGKILL is `killed`."""
    return (signal.strsignal(signal.Signals[name]) or name).lower()
