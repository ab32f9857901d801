"""An HTTP server that stands before a function as the stage of a REST API does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, Self

from botocore.exceptions import ClientError
from werkzeug.wrappers import Request, Response

from emulator import events, gateway_responses, proxy
from emulator.exchange import Exchange
from emulator.gateway_responses import GatewayResponse, Refused
from emulator.loopback import LoopbackServer
from emulator.outcome import Outcome
from emulator.runtime.execution_environment import LARGEST_PAYLOAD_BYTES
from emulator.stage_tracing import Traced, TracedHere

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
INTEGRATION_SECONDS = 29.0
LARGEST_REQUEST_BYTES = 10 * 1024 * 1024
LOCAL_ADDRESS = re.compile(r"http://(127\.0\.0\.1|localhost):\d+")


class Invoked(Protocol):
    """A function that can stand behind a stage."""

    def run(self, event: Mapping[str, Any], trace_header: str | None = None) -> Outcome: ...


class Tracing(Protocol):
    """Decides what is traced of a request to the stage, given the URL at which the API got it."""

    def begin(self, request: Request, url: str) -> Traced: ...


class Gateway:
    """Context manager: serves the stage of an API on a loopback port.

    function   stands behind the stage
    host       tells the API's own host name, which the function sees, with HTTPS; raises LookupError
               when there is no such API
    tracing    None: the gateway has no segment, and the function is traced as it is when invoked alone
    seconds    until it gives up waiting for the function, which goes on by itself
    url        of the stage when it runs, such as http://127.0.0.1:40123/dev
    refuses    how each request is answered without the function, such as THROTTLED; None: not at all
    responses  tells the API's gateway responses by their types
    access_log takes what is known of each request to the stage, by the names of $context

    Addresses of the API in Location, Origin and Referer are translated, so that redirects and Django's
    CSRF check work in a browser.
    """

    def __init__(
        self,
        function: Invoked,
        *,
        stage: str = "dev",
        region: str = "eu-central-1",
        host: Callable[[], str] | None = None,
        tracing: Tracing | None = None,
        responses: Callable[[], Mapping[str, Mapping[str, Any]]] = dict,
        access_log: Callable[[Mapping[str, object]], object] = dict,
        seconds: float = INTEGRATION_SECONDS,
    ) -> None:
        self._function, self._tracing = function, tracing or TracedHere()
        self._stage, self._region, self.seconds = stage, region, seconds
        self._host = host or (lambda: f"{events.API_ID}.execute-api.{region}.amazonaws.com")
        self._gateway_responses, self._access_log = responses, access_log
        self.refuses: GatewayResponse | None = None
        self._integrations = ThreadPoolExecutor(100, "integration")
        self._server = LoopbackServer(self._respond)
        self.origin = self._server.origin
        self.url = f"{self.origin}/{stage}"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.__exit__()
        self._integrations.shutdown(wait=False, cancel_futures=True)

    def _respond(self, request: Request) -> Response:
        target, prefix = proxy.target(request), f"/{self._stage}"
        outside = target != prefix and not target.startswith((f"{prefix}/", f"{prefix}?"))
        exchange = Exchange(request.method)
        try:
            if outside:
                raise LookupError
            host = self._host()
        except LookupError:
            return gateway_responses.answer(gateway_responses.NO_STAGE, {})
        traced = self._tracing.begin(request, f"https://{host}{target}")
        try:
            response = self._answer(
                request, target.removeprefix(prefix) or "/", host, traced, exchange
            )
        except Refused as refused:
            exchange.refused = refused.kind
            response = gateway_responses.answer(refused.kind, self._gateway_responses())
        traced.end(response.status_code, len(response.get_data()))
        self._access_log(exchange.context(response.status_code, traced.trace_id))
        for name, value in list(response.headers):
            if f"https://{host}" in value:
                response.headers[name] = value.replace(f"https://{host}", self.origin)
        return proxy.identified(response, exchange.request_id, traced.said)

    def _answer(
        self, request: Request, path: str, host: str, traced: Traced, exchange: Exchange
    ) -> Response:
        if self.refuses:
            raise Refused(self.refuses)
        if len(request.get_data()) > LARGEST_REQUEST_BYTES:
            raise Refused(gateway_responses.TOO_LARGE)
        event = proxy.event_of(
            request,
            path if path.startswith("/") else f"/{path}",
            stage=self._stage,
            region=self._region,
            host=host,
            trace_id=traced.trace_id,
        )
        event["requestContext"]["requestId"] = exchange.request_id
        for name, values in event["multiValueHeaders"].items():
            translated = [LOCAL_ADDRESS.sub(f"https://{host}", value) for value in values]
            event["multiValueHeaders"][name] = translated
            event["headers"][name] = translated[-1]
        if len(json.dumps(event)) > LARGEST_PAYLOAD_BYTES:
            raise Refused(gateway_responses.TOO_LARGE)
        exchange.invoked()
        integration = self._integrations.submit(self._function.run, event, traced.invoke())
        try:
            outcome = integration.result(self.seconds)
        except TimeoutError:
            exchange.gave_up()
            raise Refused(gateway_responses.TIMED_OUT) from None
        except ClientError:  # there is no such function
            raise Refused(gateway_responses.MISCONFIGURED) from None
        exchange.returned(outcome.request_id)
        if outcome.failure is not None:
            raise Refused(gateway_responses.FAILED)
        try:
            return proxy.response_of(outcome.answer)
        except proxy.Malformed:
            raise Refused(gateway_responses.FAILED) from None
