"""X-Ray's Transaction Search: where an account's segments go, what is indexed, what is retrieved.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html
"""

from __future__ import annotations

import secrets
from typing import Any

from emulator import trace_summaries

OPERATIONS = {
    "/GetTraceSegmentDestination",
    "/UpdateTraceSegmentDestination",
    "/GetIndexingRules",
    "/UpdateIndexingRule",
    "/StartTraceRetrieval",
    "/ListRetrievedTraces",
}
INDEXED_PERCENT = 1.0


class TraceDestination:
    """Of one account: to begin with X-Ray gets all segments, and indexes every trace."""

    def __init__(self) -> None:
        self._destination, self._percent = "XRay", INDEXED_PERCENT
        self._retrievals: dict[str, list[str]] = {}

    def is_indexed(self, trace_id: str) -> bool:
        """Return whether X-Ray finds a trace: the same ones whenever it is asked."""
        if self._destination == "XRay":
            return True
        return int(trace_id[-4:], 16) / 0x10000 * 100 < self._percent

    def answer(self, path: str, region: str, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to one of OPERATIONS."""
        if path.startswith("/Update"):
            self._update(request)
        if path.endswith("TraceSegmentDestination"):
            return {"Destination": self._destination, "Status": "ACTIVE"}
        if path == "/StartTraceRetrieval":
            token = secrets.token_hex(8)
            self._retrievals[token] = request["TraceIds"]
            return {"RetrievalToken": token}
        if path == "/ListRetrievedTraces":
            ids = self._retrievals[request["RetrievalToken"]]
            traces = trace_summaries.traces(region, {"TraceIds": ids})["Traces"]
            for trace in traces:
                trace["Spans"] = trace.pop("Segments")
            return {"RetrievalStatus": "COMPLETE", "TraceFormat": "XRAY", "Traces": traces}
        rule = {"Probabilistic": {"DesiredSamplingPercentage": self._percent}}
        return {"IndexingRules": [{"Name": "Default", "Rule": rule}]}

    def _update(self, request: dict[str, Any]) -> None:
        self._destination = request.get("Destination", self._destination)
        if rule := request.get("Rule"):
            self._percent = rule["Probabilistic"]["DesiredSamplingPercentage"]
