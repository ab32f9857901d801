"""A deployed stage that answers: gateway, function, daemon and X-Ray of an emulated account in one."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from emulator import events
from emulator.access_log import AccessLog
from emulator.aws import EmulatedAWS
from emulator.daemon import Daemon, Document
from emulator.deployed_function import DeployedFunction
from emulator.gateway import INTEGRATION_SECONDS, Gateway
from emulator.invoke_api import InvokeAPI
from emulator.loopback import LoopbackServer
from emulator.served import REGISTER
from emulator.stage_metrics import CountedStage, StageMetrics
from emulator.stage_tracing import StageTracing
from emulator.x_ray import XRay


class DeployedStage:
    """Context manager: answers for a function and its REST API, both named `name`, of an account.

    It can be entered before they are deployed, and answers with the code, the environment and the
    tracing that they have at the time of a request.

    environment     environment variables of the function in place of the deployed ones
    seconds         until the gateway gives up waiting for the function
    rie             whether AWS's Runtime Interface Emulator runs the function
    code            a folder in place of the function's deployed code
    url             of the stage, such as http://127.0.0.1:40123/dev

    The account's own address leads here as well, so that AWS's clients and what knows nothing but
    AWS_ENDPOINT_URL find it: Lambda's Invoke, and `/_aws/execute-api/API_ID/STAGE/`.
    """

    def __init__(
        self,
        aws: EmulatedAWS,
        name: str,
        stage: str = "dev",
        *,
        environment: Mapping[str, str] | None = None,
        seconds: float = INTEGRATION_SECONDS,
        rie: bool = False,
        code: Path | None = None,
    ) -> None:
        self._aws, self._name, self._stage = aws, name, stage
        self._resources = ExitStack()
        self.x_ray = XRay(aws.client("xray"))
        self.daemon = Daemon(self.x_ray.put)
        self.metrics = StageMetrics(aws.client("cloudwatch"), name, stage)
        self.function = DeployedFunction(
            aws, name, self.x_ray, self.daemon.address, dict(environment or {}), rie, code
        )
        self.gateway = Gateway(
            self.function,
            stage=stage,
            region=aws.region,
            host=self._host,
            tracing=CountedStage(StageTracing(aws, name, stage, self.x_ray), self.metrics),
            responses=lambda: aws.gateway_responses(name, stage),
            access_log=AccessLog(aws, name, stage).write,
            seconds=seconds,
        )
        self.url = self.gateway.url

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            starting.enter_context(self.x_ray)
            starting.enter_context(self.metrics)
            starting.enter_context(self.daemon)
            starting.callback(self.function.close)
            invoke = LoopbackServer(InvokeAPI(self.function).respond)
            starting.enter_context(invoke)
            starting.enter_context(self.gateway)
            self._register(self.gateway.origin, invoke.origin)
            starting.callback(self._register, None, None)
            self._resources = starting.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._resources.close()

    @property
    def log(self) -> str:
        """All that the function's processes wrote, with Lambda's own lines."""
        return self.function.log

    def schedule(self, function: str) -> Any:
        """Run a function of the service as its schedule does, such as notes.scheduled.count_new_notes."""
        event = events.scheduled(function, lambda_name=self._name, region=self._aws.region)
        return self.function.invoke(event)

    def settle(self) -> None:
        """Return once all that was sent so far is in X-Ray, and all that was counted in CloudWatch."""
        self.daemon.settle()
        self.x_ray.settle()
        self.metrics.settle()

    def documents(self, trace_id: str) -> list[Document]:
        """Return the segments of a trace as X-Ray gives them out, what was sent so far included."""
        self.settle()
        answer = self._aws.client("xray").batch_get_traces(TraceIds=[trace_id])
        segments = [segment for trace in answer["Traces"] for segment in trace["Segments"]]
        return [json.loads(segment["Document"]) for segment in segments]

    def _host(self) -> str:
        return f"{self._aws.rest_api_id(self._name)}.execute-api.{self._aws.region}.amazonaws.com"

    def _register(self, stage: str | None, invoke: str | None) -> None:
        body = json.dumps({"function": self._name, "stage": stage, "invoke": invoke}).encode()
        urllib.request.urlopen(f"{self._aws.url}{REGISTER}", body, timeout=30).close()
