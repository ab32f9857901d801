"""What a stage traces of a request, and what it tells the function behind it.

The first service in the chain decides; a client that sends a decision is the first one:
https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

from emulator import events
from emulator.aws import EmulatedAWS
from emulator.sampler import Sampler, first_match
from emulator.segments import StageSegment
from emulator.x_ray import XRay


class Traced:
    """What becomes of one request.

    decision  of the trace header, `Sampled=1` or `Sampled=0`; empty where none was taken
    count     is told the status of the answer
    """

    def __init__(
        self,
        trace_id: str,
        decision: str = "",
        segment: StageSegment | None = None,
        x_ray: XRay | None = None,
    ) -> None:
        self.trace_id, self._decision, self._segment, self._x_ray = (
            trace_id,
            decision,
            segment,
            x_ray,
        )
        self._invoked = False
        self.count: Callable[[int], None] = lambda _status: None

    @property
    def said(self) -> str:
        """The trace header of the response."""
        return ";".join(filter(None, [f"Root={self.trace_id}", self._decision]))

    def invoke(self) -> str | None:
        """Return the trace header that the function is invoked with, None to leave it to the function."""
        self._invoked = True
        if not self._decision:
            return None
        parent = f"Parent={self._segment.integration}" if self._segment else ""
        return ";".join(filter(None, [f"Root={self.trace_id}", parent, self._decision]))

    def end(self, status: int, content_length: int) -> None:
        """Say that the client was answered."""
        if self._segment and self._x_ray:
            self._x_ray.put(self._segment.ended(status, content_length, invoked=self._invoked))
        self.count(status)


class TracedHere:
    """A stage about which nothing is known: it has no segment and takes no decision."""

    def begin(self, request: Request, _url: str) -> Traced:
        named = events.trace_fields(request.headers.get("X-Amzn-Trace-Id", ""))
        return Traced(named.get("Root") or events.trace_id())


class StageTracing:
    """A stage of the REST API `api` of an account: traced when its tracing is on, as X-Ray's rules say."""

    def __init__(self, aws: EmulatedAWS, api: str, stage: str, x_ray: XRay) -> None:
        self._aws, self._api, self._stage, self._x_ray = aws, api, stage, x_ray
        self._sampler, self._client_id = Sampler(), secrets.token_hex(12)

    def begin(self, request: Request, url: str) -> Traced:
        """Decide about a request that the API got at `url`."""
        client = events.trace_fields(request.headers.get("X-Amzn-Trace-Id", ""))
        trace_id = client.get("Root") or events.trace_id()
        decided = f"Sampled={client['Sampled']}" if client.get("Sampled") in ("0", "1") else ""
        if not self._aws.stage_tracing(self._api, self._stage):
            return Traced(trace_id, decided or "Sampled=0")
        if not decided:
            decided = f"Sampled={self._takes(self._seen(request, url)):d}"
        if decided == "Sampled=0":
            return Traced(trace_id, decided)
        segment = StageSegment(
            trace_id,
            api=self._api,
            api_id=self._aws.rest_api_id(self._api),
            stage=self._stage,
            region=self._aws.region,
            request=described(request, url),
            parent=client.get("Parent", ""),
        )
        return Traced(trace_id, decided, segment, self._x_ray)

    def _takes(self, seen: dict[str, str]) -> bool:
        """Decide by X-Ray's rules, and report the decision to X-Ray, which counts."""
        rule = first_match(self._aws.sampling_rules(), seen)
        if rule is None:
            return False
        takes = self._sampler.takes(rule)
        statistics = {
            "RuleName": rule["RuleName"],
            "ClientID": self._client_id,
            "Timestamp": time.time(),
            "RequestCount": 1,
            "SampledCount": int(takes),
        }
        self._aws.client("xray").get_sampling_targets(SamplingStatisticsDocuments=[statistics])
        return takes

    def _seen(self, request: Request, url: str) -> dict[str, str]:
        """Return what sampling rules look at."""
        parts = urlsplit(url)
        stage = f"restapis/{self._aws.rest_api_id(self._api)}/stages/{self._stage}"
        return {
            "ServiceName": f"{self._api}/{self._stage}",
            "ServiceType": "AWS::ApiGateway::Stage",
            "Host": parts.netloc,
            "HTTPMethod": request.method,
            "URLPath": parts.path,
            "ResourceARN": f"arn:aws:apigateway:{self._aws.region}::/{stage}",
        }


def described(request: Request, url: str) -> dict[str, Any]:
    """Return what the stage's segment says of a request; a query string is not among it."""
    return {
        "method": request.method,
        "url": url.partition("?")[0],
        "client_ip": request.remote_addr or "127.0.0.1",
        "user_agent": request.headers.get("User-Agent", ""),
    }
