"""The segments that AWS writes itself: those of an API Gateway stage and of a Lambda function.

https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

from emulator.events import ACCOUNT_ID

Document = dict[str, Any]


def new_id() -> str:
    return secrets.token_hex(8)


def marks(status: int) -> Document:
    """Return how X-Ray marks an HTTP status: 429 a throttle, 4xx an error, 5xx a fault."""
    if status == 429:
        return {"throttle": True, "error": True}
    if status >= 500:
        return {"fault": True}
    return {"error": True} if status >= 400 else {}


class StageSegment:
    """A traced request to a stage, from its arrival to its answer.

    api, api_id, stage  of the REST API, such as notes-api-dev, a1b2c3d4e5, dev
    request             method, url, client_ip, user_agent: `http.request` of the segment
    parent              the segment that the client named in its trace header, or an empty text
    """

    def __init__(
        self,
        trace_id: str,
        *,
        api: str,
        api_id: str,
        stage: str,
        region: str,
        request: Mapping[str, Any],
        parent: str = "",
    ) -> None:
        self._started = time.time()
        self.integration = new_id()
        self._document: Document = {
            "id": new_id(),
            "trace_id": trace_id,
            "name": f"{api}/{stage}",
            "origin": "AWS::ApiGateway::Stage",
            "resource_arn": f"arn:aws:apigateway:{region}::/restapis/{api_id}/stages/{stage}",
            "start_time": self._started,
            "http": {"request": {**request, "x_forwarded_for": True}},
            "aws": {
                "api_gateway": {"account_id": ACCOUNT_ID, "rest_api_id": api_id, "stage": stage}
            },
            "annotations": {"aws:api_id": api_id, "aws:api_stage": stage},
            **({"parent_id": parent} if parent else {}),
        }
        self._region = region

    def ended(self, status: int, content_length: int, *, invoked: bool) -> Document:
        """Return the document when the client was answered. `invoked`: whether the function was."""
        response = {"status": status, "content_length": content_length}
        document = self._document | {"end_time": time.time()} | marks(status)
        document["http"] = document["http"] | {"response": response}
        if invoked:
            integration = {
                "id": self.integration,
                "name": "Lambda",
                "namespace": "aws",
                "start_time": self._started,
                "end_time": document["end_time"],
                "aws": {"operation": "Invoke", "region": self._region},
            }
            # The gateway's own 502 and 504 tell of the function.
            document["subsegments"] = [integration | ({"fault": True} if status > 500 else {})]
        return document


class FunctionSegments:
    """A traced invocation: the segments of the Lambda service and, below it, of the function.

    `id` is of the function's own segment: what the function sends has it as parent.
    """

    def __init__(self, trace_id: str, name: str, arn: str, parent: str = "") -> None:
        self.id = new_id()
        common = {"trace_id": trace_id, "name": name, "resource_arn": arn}
        self._service: Document = {
            **common,
            "id": new_id(),
            "start_time": time.time(),
            "origin": "AWS::Lambda",
            **({"parent_id": parent} if parent else {}),
        }
        self._function: Document = {
            **common,
            "id": self.id,
            "parent_id": self._service["id"],
            "origin": "AWS::Lambda::Function",
            "aws": {"account_id": ACCOUNT_ID, "function_arn": arn, "resource_names": [name]},
        }

    def begin(self) -> None:
        """Say that the invocation begins: an execution environment was found or made for it."""
        self._function["start_time"] = time.time()

    def ended(
        self, failed: bool, cause: Document | None = None, init: float = 0.0
    ) -> list[Document]:
        """Return both documents, complete also when the process was killed.

        cause  what the runtime client reported of an exception
        init   seconds of the init before the invocation, 0 when there was none
        """
        start, end = self._function["start_time"], time.time()
        inside = [part("Initialization", start, start + init)] if init else []
        inside.append(part("Invocation", start + init, end))
        fault = {"fault": True} if failed else {}
        function = self._function | {"end_time": end, "subsegments": inside} | fault
        if cause:
            exceptions = [{"id": new_id()} | exception for exception in cause["exceptions"]]
            function["cause"] = cause | {"exceptions": exceptions}
        response = {"http": {"response": {"status": 200}}}
        return [self._service | {"end_time": end} | fault | response, function]


def part(name: str, start: float, end: float) -> Document:
    return {"id": new_id(), "name": name, "start_time": start, "end_time": end}
