"""On to X-Ray, as AWS's daemon does it."""

import queue
import threading
from collections.abc import Callable
from typing import Any

BATCH = 50  # as many as the daemon sends in one call
MOST_WAITING = 5_000


class Forwarder:
    """Sends documents in batches from a thread of its own. `sent`, `refused`, `lost` count them.

    `client` is boto3's of X-Ray, `tell` is called with what went wrong.
    """

    def __init__(self, client: Any, tell: Callable[[str], object]) -> None:
        self.client, self.tell = client, tell
        self.sent = self.refused = self.lost = 0
        self._waiting: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def forward(self, body: bytes) -> None:
        """Send a document, soon; the newest are lost when X-Ray takes them more slowly."""
        try:
            self._waiting.put_nowait(body.decode())
        except queue.Full:
            self.lost += 1

    def close(self, timeout: float = 10) -> None:
        """Send what is waiting, within `timeout` seconds."""
        self._waiting.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        batch: list[str] = []
        body: str | None = ""
        while body is not None:
            try:
                body = self._waiting.get(timeout=1)
            except queue.Empty:
                body = ""
            batch += [body] if body else []
            if len(batch) == BATCH or (batch and not body):
                self._send(batch)
                batch = []

    def _send(self, batch: list[str]) -> None:
        try:
            answer = self.client.put_trace_segments(TraceSegmentDocuments=batch)
        except Exception as error:  # of any kind: the network, credentials; the watch goes on
            self.lost += len(batch)
            self.tell(f"{len(batch)} documents were not forwarded: {error}")
            return
        refused = answer.get("UnprocessedTraceSegments", [])
        self.refused += len(refused)
        self.sent += len(batch) - len(refused)
        for one in refused:
            self.tell(f"X-Ray refused {one.get('Id')}: {one.get('Message', one.get('ErrorCode'))}")
