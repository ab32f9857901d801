"""A Lambda function on this machine: the real handler, driven by AWS's own runtime client.

Two flavours with one face: `Function(package_folder, ...)` runs the unpacked zip and nothing else,
with the libraries that Lambda itself has behind it; `Function.from_installed(service, ...)` runs a
service as it stands in its folder, which needs no packaging and takes other Zappa settings and
extra files, for tests of many variants.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from emulator import events, installed
from emulator.outcome import Outcome
from emulator.runtime.environment import lambda_environment
from emulator.runtime.execution_environment import ExecutionEnvironment
from emulator.runtime.failures import FunctionDied, FunctionError, FunctionTimedOut
from emulator.runtime.folder import lambda_runtime, python_version
from emulator.runtime.log import FunctionLog
from emulator.runtime.process import RuntimeProcess
from emulator.runtime.read_only import read_only
from emulator.runtime.rie import RIEEnvironment
from emulator.runtime.rie_process import RIEProcess
from emulator.service import Service

# An invocation may be about to start another process when it is interrupted.
INTERRUPTED_AGAIN_SECONDS = 0.05

__all__ = ["Function", "FunctionDied", "FunctionError", "FunctionTimedOut"]


class Function:
    """A Lambda function. Its process starts with the first invocation, and anew when it died.

    package         the unpacked zip: LAMBDA_TASK_ROOT, working directory, start of sys.path;
                    nothing can be written into it while the function runs
    daemon_address  where X-Ray's documents go, `host:port`
    python          an interpreter of the package's version; its own site-packages are not seen
    stage, name     the API Gateway stage, and the function's name
    environment     the function's environment variables; they beat those that Lambda sets
    timeout         seconds until an invocation is killed; the context counts down from it
    memory_size     in MB, said to the function and not enforced
    handler         the function in the package, `module.function`; `handler_of(package)`, when None
    rie             whether AWS's Runtime Interface Emulator starts, times and kills the process;
                    its timeout is in whole seconds and the same for each invocation

    As on Lambda the init phase has 10 s of its own; where it fails or takes longer, and after a
    process that was killed or ended, the init happens in the next invocation's time.
    """

    def __init__(
        self,
        package: Path,
        daemon_address: str,
        *,
        python: Path,
        stage: str = "dev",
        name: str = "service-dev",
        region: str = "eu-central-1",
        environment: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        memory_size: int = 512,
        handler: str | None = None,
        rie: bool = False,
    ) -> None:
        self.package = package
        self.stage, self.name, self.region, self.timeout = stage, name, region, timeout
        self._variables = lambda_environment(
            python=python,
            task_root=package,
            handler=handler or handler_of(package),
            name=name,
            region=region,
            memory_size=memory_size,
            daemon_address=daemon_address,
        ) | dict(environment or {})
        self._turn = threading.Lock()
        with ExitStack() as resources:
            # On Lambda each execution environment has a /tmp of its own, which outlives a kill.
            self._variables["TMPDIR"] = resources.enter_context(tempfile.TemporaryDirectory())
            self._log = FunctionLog()
            resources.callback(self._log.close)
            command = [*resources.enter_context(read_only(package)), *runtime_command(python)]
            version = python_version(python)
            self._resources = resources.pop_all()
        self._environment = (
            RIEEnvironment(
                lambda: RIEProcess(command, package, self._variables, self._log.file, timeout),
                self._log,
                timeout,
            )
            if rie
            else ExecutionEnvironment(
                lambda: RuntimeProcess(command, package, self._variables, self._log.file),
                self._log,
                arn=f"arn:aws:lambda:{region}:{events.ACCOUNT_ID}:function:{name}",
                version=version,
                memory_size=memory_size,
            )
        )

    @classmethod
    def from_installed(
        cls,
        service: Service,
        daemon_address: str,
        *,
        stage: str = "dev",
        zappa_settings: Mapping[str, Any] | None = None,
        files: Mapping[str, str] | None = None,
        **arguments: Any,
    ) -> Self:
        """Return the function of a service as it stands in its folder, with its `.venv`.

        zappa_settings  replace keys of the stage in zappa_settings.json: `{"log_level": "DEBUG"}`;
                        the value None takes a key of the stage away
        files           more modules, path to content; they hide the service's own of that name
        arguments       of Function: environment, timeout, ...

        A test adds views that misbehave with `files={"trap_urls.py": ..., "trap_settings.py":
        "from config.settings import *; ROOT_URLCONF = 'trap_urls'"}` and
        `zappa_settings={"django_settings": "trap_settings"}`.

        The service is not changed; the function has a temporary folder of its own. The development
        tools of `.venv` can be imported here and not in Lambda: whether the zip is complete, only
        the packaged flavour shows.
        """
        folder = installed.lay_out(service, stage, zappa_settings, files)
        with ExitStack() as resources:
            resources.callback(shutil.rmtree, folder, ignore_errors=True)
            function = cls(
                folder,
                daemon_address,
                python=service.python,
                stage=stage,
                name=service.function_name(stage),
                **arguments,
            )
            resources.push(function._resources)
            function._resources = resources.pop_all()
        return function

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()
        self._resources.close()

    @property
    def log(self) -> str:
        """All that the function's processes wrote to standard output and error, and Lambda's lines:
        INIT_START, START, END, REPORT, `Task timed out after ...`."""
        return self._log.text

    def clear_log(self) -> None:
        """Forget what is in the log. Not within an invocation."""
        self._log.clear()

    @property
    def peak_memory(self) -> int:
        """The most memory that the running process has had at a time, in bytes."""
        return self._environment.peak_memory

    @property
    def is_warm(self) -> bool:
        """Whether a process is there that the next invocation would use."""
        return self._environment.is_warm

    @property
    def process_id(self) -> int:
        """The id of the running process. Raises RuntimeError when there is none."""
        return self._environment.process_id

    @property
    def init_seconds(self) -> float:
        """How long the last init took, the start of its process included."""
        return self._environment.init_seconds

    @property
    def last_seconds(self) -> float:
        """How long the last invocation took; an init within it is included."""
        return self._environment.last_seconds

    def invoke(
        self,
        event: Mapping[str, Any],
        trace_header: str | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Invoke the handler and return what it returned. Invocations wait for each other.

        trace_header  the value of `_X_AMZN_TRACE_ID`. None: a sampled header of the trace in the
                      event's X-Amzn-Trace-Id, or of a new one. Empty: the variable is not set
        timeout       seconds, in place of the function's own

        Raises FunctionError, FunctionTimedOut or FunctionDied.
        """
        header = trace_header_of(event) if trace_header is None else trace_header
        seconds = self.timeout if timeout is None else timeout
        with self._turn:
            return json.loads(self._environment.invoke(json.dumps(event).encode(), header, seconds))

    def run(self, event: Mapping[str, Any], trace_header: str | None = None) -> Outcome:
        """Invoke the handler and return what came of it."""
        before = len(self.log)
        outcome = Outcome()
        try:
            outcome.answer = self.invoke(event, trace_header)
        except (FunctionError, FunctionTimedOut, FunctionDied) as failure:
            outcome.failure = failure
        outcome.log = self.log[before:]
        return outcome

    def request(
        self,
        method: str,
        path: str,
        *,
        trace_header: str | None = None,
        timeout: float | None = None,
        **request: Any,
    ) -> dict[str, Any]:
        """Send a request as a REST API does; return the proxy response (`statusCode`, ...).

        `path` is relative to the stage. `request`: json, body, headers and what else
        `events.rest_request` takes.
        """
        event = events.rest_request(
            method, path, stage=self.stage, region=self.region, header=trace_header, **request
        )
        response: dict[str, Any] = self.invoke(event, trace_header, timeout)
        return response

    def manage(self, command: str, timeout: float | None = None) -> str:
        """Run a management command as `zappa manage` does and return what it wrote to the log."""
        before = len(self.log)
        self.invoke(events.manage(command), timeout=timeout)
        return self.log[before:]

    def kill(self) -> None:
        """End the function's process with SIGKILL; nothing when there is none.

        An invocation that another thread waits for raises FunctionDied. The next invocation finds a
        new environment, with an init phase of its own.
        """
        while not self._turn.acquire(timeout=INTERRUPTED_AGAIN_SECONDS):
            self._environment.interrupt()
        try:
            self._environment.kill()
        finally:
            self._turn.release()


def runtime_command(python: Path) -> list[str]:
    """Return what Lambda starts: its Python, without the packages of this machine's, and bootstrap.py.

    No bytecode is written, which a read-only folder would refuse as well.
    """
    return [str(python), "-S", "-B", str(lambda_runtime(python) / "bootstrap.py")]


def handler_of(package: Path) -> str:
    """Return the handler of a service's package or folder, Zappa's own where it has no other."""
    own = package / "config" / "lambda_function.py"
    return "config.lambda_function.lambda_handler" if own.exists() else "handler.lambda_handler"


def trace_header_of(event: Mapping[str, Any]) -> str:
    """Return a sampled trace header of the trace that a request event names, or of a new trace."""
    named = (event.get("headers") or {}).get("X-Amzn-Trace-Id", "")
    return events.trace_header(named.removeprefix("Root=") or None)
