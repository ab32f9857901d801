"""A Lambda function on this machine: the real handler in a process of its own, in Lambda mode.

Two flavours with one face: `Function(package_folder, ...)` runs the unpacked zip and nothing else,
with the libraries that Lambda itself has behind it; `Function.from_installed(service, ...)` runs a
service from its own folder and its `.venv`, which needs no packaging and takes other Zappa
settings and extra files, for tests of many variants.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from filelock import FileLock

from emulator import events
from emulator.processes import CACHE, kill_group, read_all, run, uv_binary

if TYPE_CHECKING:
    from emulator.service import Service

BOOTSTRAP = Path(__file__).resolve().with_name("bootstrap.py")
INIT_SECONDS = 60.0
NOWHERE = "http://127.0.0.1:9"


class FunctionError(Exception):
    """The handler raised, or could not be loaded: `type` names the exception, `stack` shows it."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.type: str = answer["error_type"]
        self.stack: str = answer["stack"]
        super().__init__(f"{self.type}: {answer['error_message']}\n{self.stack}")


class FunctionDied(Exception):
    """The function's process ended in an invocation. The message holds the end of its log."""


class FunctionTimedOut(Exception):
    """The invocation passed its timeout and its process was killed, as Lambda does it."""


class Function:
    """A Lambda function. Its process starts with the first invocation, and anew when it died.

    package         the unpacked zip: LAMBDA_TASK_ROOT, working directory, start of sys.path
    daemon_address  where X-Ray's documents go, `host:port`
    python          an interpreter of the package's version; its own site-packages are not seen
    stage, name     the API Gateway stage, and the function's name
    environment     the function's environment variables; they beat those that Lambda sets
    timeout         seconds until an invocation is killed; the context counts down from it
    search_path     folders that stand at the start of sys.path in place of the package
    libraries       folders at the end of sys.path: what Lambda has by itself, when None
    handler         the function in the package, `module.function`; `handler_of(package)`, when None
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
        search_path: Sequence[Path] = (),
        libraries: Sequence[Path] | None = None,
        handler: str | None = None,
    ) -> None:
        self.package, self.python, self.handler = package, python, handler or handler_of(package)
        self.stage, self.name, self.region, self.timeout = stage, name, region, timeout
        self.init_seconds = 0.0
        self.last_seconds = 0.0
        self._search_path = list(search_path) or [package]
        self._libraries = [lambda_libraries(python)] if libraries is None else list(libraries)
        self._environment = {
            **self._lambda_environment(daemon_address, memory_size),
            **(environment or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._answers = -1
        self._unread = b""
        resources = ExitStack()
        self._log = resources.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - it is closed
        self._resources = resources

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
    ) -> Function:
        """Return the function of a service as it stands in its folder, with its `.venv`.

        zappa_settings  replace keys of the stage in zappa_settings.json: `{"log_level": "DEBUG"}`;
                        the value None takes a key of the stage away
        files           more modules, path to content; they hide the service's own of that name
        arguments       of Function: environment, timeout, ...

        A test adds views that misbehave with `files={"trap_urls.py": ..., "trap_settings.py":
        "from config.settings import *; ROOT_URLCONF = 'trap_urls'"}` and
        `zappa_settings={"django_settings": "trap_settings"}`.

        The service is not changed; what is written goes to a temporary folder. The development
        tools of `.venv` can be imported here and not in Lambda: whether the zip is complete, only
        the packaged flavour shows.
        """
        folder = Path(tempfile.mkdtemp(prefix="function-"))
        site_packages = service.site_packages
        shutil.copy(site_packages / "zappa" / "handler.py", folder)
        shutil.copy(
            site_packages / "zappa" / "ext" / "django_zappa.py", folder / "django_zappa_app.py"
        )
        overrides = json.dumps(dict(zappa_settings or {}), sort_keys=True)
        (folder / "zappa_settings.py").write_text(zappa_settings_module(service, stage, overrides))
        for path, content in (files or {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
        function = cls(
            service.folder,
            daemon_address,
            python=service.python,
            stage=stage,
            name=service.function_name(stage),
            search_path=[folder, service.folder, site_packages],
            libraries=[],
            **arguments,
        )
        function._resources.callback(shutil.rmtree, folder, ignore_errors=True)
        return function

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()
        self._resources.close()

    @property
    def log(self) -> str:
        """All that the function wrote to standard output and error, in each of its processes."""
        return read_all(self._log)

    @property
    def peak_memory(self) -> int:
        """The most memory that the running process has had at a time, in bytes."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    @property
    def is_warm(self) -> bool:
        """Whether a process is there that the next invocation would use."""
        return self._process is not None and self._process.poll() is None

    def invoke(
        self,
        event: Mapping[str, Any],
        trace_header: str | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Invoke the handler and return what it returned.

        trace_header  the value of `_X_AMZN_TRACE_ID`. None: a sampled header of the trace in the
                      event's X-Amzn-Trace-Id, or of a new one. Empty: the variable is not set
        timeout       seconds, in place of the function's own

        Raises FunctionError, FunctionTimedOut or FunctionDied.
        """
        if not self.is_warm:
            self._start()
        assert self._process is not None
        assert self._process.stdin is not None
        seconds = self.timeout if timeout is None else timeout
        invocation = {
            "event": event,
            "trace_header": trace_header_of(event)
            if trace_header is None
            else trace_header or None,
            "request_id": str(uuid.uuid4()),
            "remaining_seconds": seconds,
        }
        try:
            self._process.stdin.write(json.dumps(invocation).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._death() from None
        answer = self._answer(seconds)
        if answer is None:
            self.kill()
            raise FunctionTimedOut(
                f"Task timed out after {seconds:.2f} seconds\n{self._end_of_log()}"
            )
        self.last_seconds = answer["seconds"]
        if "error_type" in answer:
            raise FunctionError(answer)
        return json.loads(answer["result"])

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

    def manage(self, command: str, timeout: float = 60.0) -> str:
        """Run a management command as `zappa manage` does and return what it wrote to the log."""
        before = len(self.log)
        self.invoke(events.manage(command), timeout=timeout)
        return self.log[before:]

    def kill(self) -> None:
        """End the function's process with SIGKILL, as Lambda does; nothing when there is none."""
        if self._process is not None:
            kill_group(self._process)
            assert self._process.stdin is not None
            self._process.stdin.close()
            os.close(self._answers)
        self._process = None

    def _start(self) -> None:
        self.kill()
        self._answers, writing_end = os.pipe()
        self._unread = b""
        self._process = subprocess.Popen(
            [
                *(str(self.python), "-I", "-S", "-B", "-u", str(BOOTSTRAP), str(writing_end)),
                json.dumps([str(folder) for folder in self._search_path]),
                json.dumps([str(folder) for folder in self._libraries]),
                self.handler,
            ],
            cwd=self.package,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            pass_fds=[writing_end],
            start_new_session=True,
        )
        os.close(writing_end)
        started = time.perf_counter()
        answer = self._answer(INIT_SECONDS)
        self.init_seconds = time.perf_counter() - started
        if answer is None:
            self.kill()
            raise FunctionTimedOut(f"Init took over {INIT_SECONDS:g} s\n{self._end_of_log()}")
        if "error_type" in answer:
            self.kill()
            raise FunctionError(answer)

    def _answer(self, seconds: float) -> dict[str, Any] | None:
        deadline = time.monotonic() + seconds
        while b"\n" not in self._unread:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([self._answers], [], [], left)[0]:
                return None
            chunk = os.read(self._answers, 1 << 20)
            if not chunk:
                raise self._death()
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _death(self) -> FunctionDied:
        assert self._process is not None
        code = self._process.wait()
        self.kill()
        reason = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return FunctionDied(f"The function's process ended: {reason}\n{self._end_of_log()}")

    def _end_of_log(self) -> str:
        return "\n".join(self.log.splitlines()[-40:])

    def _lambda_environment(self, daemon_address: str, memory_size: int) -> dict[str, str]:
        # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
        version = python_version(self.python)
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "_HANDLER": self.handler,
            "LAMBDA_TASK_ROOT": str(self.package),
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_size),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]emulated",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "emulated",
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_SESSION_TOKEN": "emulated",
            "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
            "AWS_XRAY_DAEMON_ADDRESS": daemon_address,
            # Not Lambda's: no call to AWS leaves this machine unless a test leads it elsewhere.
            "AWS_ENDPOINT_URL": NOWHERE,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def handler_of(package: Path) -> str:
    """Return the handler of a service's package or folder, Zappa's own where it has no other."""
    own = package / "config" / "lambda_function.py"
    return "config.lambda_function.lambda_handler" if own.exists() else "handler.lambda_handler"


def trace_header_of(event: Mapping[str, Any]) -> str:
    """Return a sampled trace header of the trace that a request event names, or of a new trace."""
    named = (event.get("headers") or {}).get("X-Amzn-Trace-Id", "")
    return events.trace_header(named.removeprefix("Root=") or None)


@cache
def python_version(python: Path) -> str:
    """Return the version of an interpreter as major.minor."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.check_output([python, "-I", "-c", code], text=True, timeout=30).strip()


@cache
def lambda_libraries(python: Path) -> Path:
    """Return a folder with what Lambda's runtime of this Python has: boto3 and all it needs.

    Made once in a checkout.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
    """
    folder = CACHE / f"lambda-runtime-{python_version(python)}"
    CACHE.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock", timeout=300):
        if not folder.exists():
            unfinished = Path(tempfile.mkdtemp(dir=CACHE))
            options = ["--quiet", "--python", str(python), "--target", str(unfinished)]
            run([str(uv_binary()), "pip", "install", *options, "boto3"], folder=CACHE)
            unfinished.rename(folder)
    return folder


ZAPPA_LOADER = """
import json, sys, tempfile
from zappa.cli import ZappaCLI

stage, overrides, output = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
with open("zappa_settings.json") as file:
    settings = json.load(file)
settings[stage].update(overrides)
settings[stage] = {key: value for key, value in settings[stage].items() if value is not None}
with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
    json.dump(settings, file)
    file.flush()
    cli = ZappaCLI()
    cli.api_stage, cli.load_credentials = stage, False
    cli.load_settings(file.name)
    with open(output, "w") as module:
        module.write(cli.get_zappa_settings_string())
"""


@cache
def zappa_settings_module(service: Service, stage: str, overrides: str) -> str:
    """Return the zappa_settings.py that Zappa would put into the zip; `overrides` is JSON."""
    with tempfile.NamedTemporaryFile("r") as module:
        arguments = [stage, overrides, module.name]
        python = str(service.folder / ".venv/bin/python")
        run([python, "-I", "-c", ZAPPA_LOADER, *arguments], folder=service.folder, timeout=60)
        return module.read()
