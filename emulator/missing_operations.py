"""WSGI middleware for the operations of X-Ray, IAM and CloudWatch Logs that moto lacks.

Each is done in a module of its own: `trace_summaries`, `role_simulation`, `insights.api`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from emulator import role_simulation, trace_summaries
from emulator.insights import api as insights
from emulator.operations import LARGEST_FORM, SCOPE
from emulator.trace_destination import OPERATIONS, TraceDestination

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class MissingOperations:
    """Answers what moto does not know and passes everything else on to it."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self._queries = insights.QueriesOfLogs()
        self._destination = TraceDestination()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope is None or environ["REQUEST_METHOD"] != "POST":
            return self.application(environ, start_response)
        if scope["service"] == "xray":
            answer = self._of_x_ray(environ["PATH_INFO"], scope["region"], environ)
            if answer is not None:
                status = "400 Bad Request" if "__type" in answer else "200 OK"
                return reply(start_response, status, json.dumps(answer).encode())
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        if scope["service"] == "logs" and operation in insights.OPERATIONS:
            return self._of_logs(operation, scope["region"], environ, start_response)
        if scope["service"] == "iam" and length(environ) < LARGEST_FORM:
            form = dict(parse_qsl(peek(environ).decode()))
            if form.get("Action") == "SimulatePrincipalPolicy":
                body = role_simulation.simulate(form).encode()
                return reply(start_response, "200 OK", body, "text/xml")
        return self.application(environ, start_response)

    def _of_x_ray(self, path: str, region: str, environ: WSGIEnvironment) -> dict[str, Any] | None:
        """Return X-Ray's answer, None for what is moto's to answer."""
        if path in OPERATIONS:
            return self._destination.answer(path, region, json.loads(peek(environ) or b"{}"))
        indexed = self._destination.is_indexed
        if path == "/Traces":
            request = json.loads(peek(environ))
            wanted = [identity for identity in request["TraceIds"] if indexed(identity)]
            return trace_summaries.traces(region, request | {"TraceIds": wanted})
        if path == "/TraceSummaries":
            try:
                return trace_summaries.summaries(region, json.loads(peek(environ)), indexed)
            except trace_summaries.NotUnderstood as error:
                return {"__type": "InvalidRequestException", "Message": str(error)}
        return None

    def _of_logs(
        self,
        operation: str,
        region: str,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        kind = "application/x-amz-json-1.1"
        try:
            found = self._queries.answer(operation, region, json.loads(peek(environ)))
        except insights.Refused as refusal:
            problem = json.dumps({"__type": refusal.kind, "message": str(refusal)}).encode()
            return reply(start_response, "400 Bad Request", problem, kind)
        return reply(start_response, "200 OK", json.dumps(found).encode(), kind)


def length(environ: WSGIEnvironment) -> int:
    return int(environ.get("CONTENT_LENGTH") or 0)


def peek(environ: WSGIEnvironment) -> bytes:
    """Return the request's body and leave it there for the next application."""
    body: bytes = environ["wsgi.input"].read(length(environ))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def reply(
    start_response: StartResponse, status: str, body: bytes, content_type: str = "application/json"
) -> list[bytes]:
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]
