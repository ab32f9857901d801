"""The way to the emulated X-Ray: documents are put there in batches, as the daemon does it."""

from __future__ import annotations

import json
import queue
import threading
from typing import Any, Self

from emulator.segments import Document

# https://docs.aws.amazon.com/xray/latest/api/API_PutTraceSegments.html
LARGEST_BATCH = 50


class XRay:
    """Context manager: sends documents to the account that `client`, boto3's of X-Ray, asks.

    refused  what X-Ray did not take, as it says it
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._waiting: queue.Queue[Document | None] = queue.Queue()
        self._sender = threading.Thread(target=self._send, name="to x-ray", daemon=True)
        self.refused: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._sender.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._waiting.put(None)
        self._sender.join(timeout=30)

    def put(self, document: Document) -> None:
        """Send a document, without waiting for it."""
        self._waiting.put(document)

    def settle(self) -> None:
        """Return once X-Ray has got all that was put before this call."""
        self._waiting.join()

    def _send(self) -> None:
        while (document := self._waiting.get()) is not None:
            batch = [document]
            while len(batch) < LARGEST_BATCH and not self._waiting.empty():
                if (document := self._waiting.get()) is None:
                    self._waiting.put(None)
                    self._waiting.task_done()
                    break
                batch.append(document)
            documents = [json.dumps(document) for document in batch]
            answer = self._client.put_trace_segments(TraceSegmentDocuments=documents)
            self.refused += answer["UnprocessedTraceSegments"]
            for _ in batch:
                self._waiting.task_done()
        self._waiting.task_done()
