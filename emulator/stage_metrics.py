"""What API Gateway counts of a stage in CloudWatch, all requests and not samples.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
"""

from __future__ import annotations

import queue
import threading
import time
from typing import Any, Self

from werkzeug.wrappers import Request

from emulator.stage_tracing import StageTracing, Traced

LARGEST_BATCH = (
    1000  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
)


class StageMetrics:
    """Context manager: counts the requests to a stage of the REST API `api` as `AWS/ApiGateway`.

    client  boto3's of CloudWatch
    """

    def __init__(self, client: Any, api: str, stage: str) -> None:
        self._client = client
        self._dimensions = [
            {"Name": "ApiName", "Value": api},
            {"Name": "Stage", "Value": stage},
        ]
        self._waiting: queue.Queue[list[dict[str, Any]] | None] = queue.Queue()
        self._sender = threading.Thread(target=self._send, name="to cloudwatch", daemon=True)

    def __enter__(self) -> Self:
        self._sender.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._waiting.put(None)
        self._sender.join(timeout=30)

    def count(self, status: int, seconds: float) -> None:
        """Count a request that was answered, without waiting."""
        values = {
            "Count": 1,
            "4XXError": int(400 <= status < 500),
            "5XXError": int(status >= 500),
            "Latency": seconds * 1000,
        }
        about = {"Dimensions": self._dimensions, "Timestamp": time.time()}
        self._waiting.put(
            [{"MetricName": name, "Value": value, **about} for name, value in values.items()]
        )

    def settle(self) -> None:
        """Return once CloudWatch has all that was counted before this call."""
        self._waiting.join()

    def _send(self) -> None:
        while (data := self._waiting.get()) is not None:
            requests = 1
            while len(data) < LARGEST_BATCH and not self._waiting.empty():
                if (more := self._waiting.get()) is None:
                    self._waiting.put(None)
                    self._waiting.task_done()
                    break
                data, requests = data + more, requests + 1
            self._client.put_metric_data(Namespace="AWS/ApiGateway", MetricData=data)
            for _ in range(requests):
                self._waiting.task_done()
        self._waiting.task_done()


class CountedStage:
    """The tracing of a stage whose requests are counted."""

    def __init__(self, tracing: StageTracing, metrics: StageMetrics) -> None:
        self._tracing, self._metrics = tracing, metrics

    def begin(self, request: Request, url: str) -> Traced:
        began = time.monotonic()
        traced = self._tracing.begin(request, url)
        traced.count = lambda status: self._metrics.count(status, time.monotonic() - began)
        return traced
