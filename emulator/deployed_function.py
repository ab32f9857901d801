"""The function that the emulated Lambda holds, invoked as Lambda does it."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emulator import events
from emulator.aws import EmulatedAWS
from emulator.cloudwatch import LogStream
from emulator.function import Function
from emulator.outcome import Outcome
from emulator.sampler import Sampler
from emulator.sampling import DEFAULT
from emulator.segments import FunctionSegments
from emulator.service import interpreter
from emulator.x_ray import XRay

# An invocation may have got its environment and not yet begun when all are killed.
KILLED_AGAIN_SECONDS = 0.05

# What of a function's configuration makes new execution environments when it changes.
KEYS = ("CodeSha256", "Environment", "Handler", "MemorySize", "Runtime", "Timeout")


@dataclass
class Environment:
    """An execution environment: a process of the function, and its stream of the log."""

    function: Function
    configuration: Mapping[str, Any]
    stream: LogStream
    told: int = 0

    def tell(self, began: float) -> str:
        """Put what was written since `began`, in seconds since 1970, into CloudWatch Logs; return it."""
        log = self.function.log
        new, self.told = log[self.told :], len(log)
        self.stream.put(new, began, self.function.last_seconds)
        return new


@dataclass
class DeployedFunction:
    """Invokes the function `name` of an account in an idle execution environment, or in a new one.

    Its code, environment, timeout and tracing are those that the emulated Lambda has at the time of the
    invocation. Once it has been deployed, that is: not before.

    variables  environment variables in place of the deployed ones
    rie        whether AWS's Runtime Interface Emulator runs it
    code       a folder in place of the deployed code
    """

    aws: EmulatedAWS
    name: str
    x_ray: XRay
    daemon_address: str
    variables: Mapping[str, str] = field(default_factory=dict)
    rie: bool = False
    code: Path | None = None

    def __post_init__(self) -> None:
        self._resources = ExitStack()
        self._folder = Path(self._resources.enter_context(tempfile.TemporaryDirectory()))
        self._lambda = self.aws.client("lambda")
        self._sampler = Sampler()
        self._idle: list[Environment] = []
        self._busy = 0
        self._all: list[Environment] = []
        self._lock = threading.Lock()
        self._returned = threading.Condition(self._lock)

    def close(self) -> None:
        """End all processes of the function, and with them what invocations are under way."""
        idle = False
        while not idle:
            for environment in list(self._all):
                environment.function.kill()
            with suppress(TimeoutError):
                self.wait_until_idle(KILLED_AGAIN_SECONDS)
                idle = True
        self._resources.close()

    @property
    def log(self) -> str:
        """The logs of all its execution environments, one after the other."""
        return "".join(environment.function.log for environment in list(self._all))

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{self.aws.region}:{events.ACCOUNT_ID}:function:{self.name}"

    def invoke(self, event: Mapping[str, Any], trace_header: str | None = None) -> Any:
        """Invoke the function and return what it returned.

        trace_header  of the caller; one with `Sampled` decides whether the invocation is traced

        Raises FunctionError, FunctionTimedOut, FunctionDied, or botocore's ClientError when there is
        no such function.
        """
        outcome = self.run(event, trace_header)
        if outcome.failure is not None:
            raise outcome.failure
        return outcome.answer

    def run(self, event: Mapping[str, Any], trace_header: str | None = None) -> Outcome:
        """Invoke the function and return what came of it. Raises only ClientError."""
        configuration = self._lambda.get_function_configuration(FunctionName=self.name)
        caller = events.trace_fields(trace_header or "")
        trace_id = caller.get("Root") or events.trace_id()
        if configuration.get("TracingConfig", {}).get("Mode") != "Active":
            header = events.passthrough_trace_header(trace_id)
            return self._run(self._take(configuration), event, header, None)
        segments = FunctionSegments(trace_id, self.name, self.arn, caller.get("Parent", ""))
        environment = self._take(configuration)
        sampled = self._sampled(caller)
        header = events.trace_header(trace_id, parent=segments.id, sampled=sampled)
        return self._run(environment, event, header, segments if sampled else None)

    def wait_until_idle(self, seconds: float = 60) -> None:
        """Return once all invocations have ended, also those whose caller gave up.

        Raises TimeoutError after `seconds`.
        """
        with self._returned:
            if not self._returned.wait_for(lambda: not self._busy, seconds):
                raise TimeoutError(f"{self.name} is still at work after {seconds:g} s.")

    def _sampled(self, caller: Mapping[str, str]) -> bool:
        # Lambda itself takes the first request of a second and 5 % of the others, and this cannot be
        # configured: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
        if "Sampled" in caller:
            return caller["Sampled"] == "1"
        return self._sampler.takes(DEFAULT)

    def _run(
        self,
        environment: Environment,
        event: Mapping[str, Any],
        header: str,
        segments: FunctionSegments | None,
    ) -> Outcome:
        try:
            return self._recorded(environment, event, header, segments)
        finally:
            with self._returned:
                self._idle.append(environment)
                self._busy -= 1
                self._returned.notify_all()

    def _recorded(
        self,
        environment: Environment,
        event: Mapping[str, Any],
        header: str,
        segments: FunctionSegments | None,
    ) -> Outcome:
        cold, began = not environment.function.is_warm, time.time()
        if segments is not None:
            segments.begin()
        outcome = environment.function.run(event, header)
        if segments is not None:
            cause = getattr(outcome.failure, "cause", None)
            init = environment.function.init_seconds if cold else 0.0
            for document in segments.ended(outcome.failure is not None, cause, init):
                self.x_ray.put(document)
        outcome.log = environment.tell(began)
        return outcome

    def _take(self, configuration: Mapping[str, Any]) -> Environment:
        wanted = {key: configuration.get(key) for key in KEYS}
        with self._lock:
            outdated = [known for known in self._idle if known.configuration != wanted]
            self._idle = [known for known in self._idle if known.configuration == wanted]
            for environment in outdated:
                environment.function.kill()
            taken = self._idle.pop() if self._idle else self._make(wanted)
            self._busy += 1
            return taken

    def _make(self, configuration: Mapping[str, Any]) -> Environment:
        code = self.code or self._folder / str(configuration["CodeSha256"]).replace("/", "_")
        if not code.exists():
            self.aws.download(self.name, code)
        version = str(configuration["Runtime"]).removeprefix("python")
        python = interpreter(version)
        if python is None:
            raise RuntimeError(
                f"The function wants Python {version}, which is not on this machine."
            )
        function = Function(
            code,
            self.daemon_address,
            python=python,
            name=self.name,
            region=self.aws.region,
            environment={
                "AWS_ENDPOINT_URL": self.aws.url,
                **(configuration.get("Environment") or {}).get("Variables", {}),
                **self.variables,
            },
            timeout=float(configuration["Timeout"]),
            memory_size=int(configuration["MemorySize"]),
            handler=str(configuration["Handler"]),
            rie=self.rie,
        )
        self._resources.enter_context(function)
        stream = LogStream(self.aws.client("logs"), self.name)
        environment = Environment(function, configuration, stream)
        self._all.append(environment)
        return environment
