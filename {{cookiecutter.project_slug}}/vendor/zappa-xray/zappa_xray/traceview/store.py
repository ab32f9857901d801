"""The last traces of this process, within a bounded memory."""

import json
import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from zappa_xray.traceview.documents import (
    Document,
    MalformedPacketError,
    body_of,
    document_of,
    mapping_at,
    packet_of,
)
from zappa_xray.traceview.summary import Summary, summary_of, unreadable
from zappa_xray.traceview.trace import Trace

logger = logging.getLogger(__name__)

OWN_PATH = "/__traces__/"


@dataclass
class Kept:
    """One trace: its documents in JSON by id, when it came, and when it changed last."""

    number: int
    came: float = field(default_factory=time.time)
    bodies: dict[str, bytes] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)
    size: int = 0
    changed: int = 0
    summary: Summary | None = None

    def copy(self) -> "Kept":
        return replace(self, bodies=dict(self.bodies))

    def documents(self) -> list[Document]:
        return [document_of(body) for body in self.bodies.values()]

    def read(self, trace_id: str) -> Summary:
        """Return what a list says of it: that it cannot be read, where that is so."""
        try:
            summary = summary_of(Trace(self.documents()))
        except Exception:  # whatever somebody has sent, the other traces are shown
            logger.debug("Trace %s cannot be read", trace_id, exc_info=True)
            summary = unreadable(trace_id, self.came)
        return replace(summary, number=self.number)


class Store:
    """Keeps the newest traces: at most `traces` of them and `size` bytes of documents.

    One trace has at most an eighth of the bytes. `malformed` and `dropped` count packets.
    """

    def __init__(self, traces: int = 500, size: int = 32 * 2**20) -> None:
        self.traces, self.size = traces, size
        self.malformed = self.dropped = 0
        self.serial = self._number = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0

    def add(self, packet: bytes) -> Document | None:
        """Keep the document of a packet from the daemon's socket, and return it.

        None for one that is malformed, and for one that the page of traces has caused itself.
        """
        try:
            body = body_of(packet)
            document = document_of(body)
        except MalformedPacketError:
            self.malformed += 1
            return None
        if _is_own(document):
            return None
        with self._lock:
            self._add(document["trace_id"], document["id"], body, document)
        return document

    def _add(self, trace_id: str, identity: str, body: bytes, document: Document) -> None:
        kept = self._kept.get(trace_id)
        if kept is None:
            self._number += 1
            kept = self._kept[trace_id] = Kept(self._number)
        in_progress = bool(document.get("in_progress"))
        if in_progress and identity in kept.complete:
            return
        growth = len(body) - len(kept.bodies.get(identity, b""))
        if kept.size + growth > self.size // 8:
            self.dropped += 1
            return
        if not in_progress:
            kept.complete.add(identity)
        kept.bodies[identity] = body
        kept.size += growth
        self._bytes += growth
        self.serial += 1
        kept.changed, kept.summary = self.serial, None
        while len(self._kept) > self.traces or self._bytes > self.size:
            self._bytes -= self._kept.popitem(last=False)[1].size

    def changed_since(self, serial: int, now: float | None = None) -> tuple[int, list[Summary]]:
        """The newest serial, and the summaries of the traces that changed after `serial`.

        Those that are still open are among them always: their time goes by, until `now`.
        """
        now = time.time() if now is None else now
        with self._lock:
            newest = self.serial
            copies = [
                (trace_id, kept, kept.copy())
                for trace_id, kept in self._kept.items()
                if kept.changed > serial or (kept.summary and kept.summary.is_open)
            ]
        return newest, [self._summary(*copy).so_far(now) for copy in copies]

    def _summary(self, trace_id: str, kept: Kept, copy: Kept) -> Summary:
        if copy.summary:
            return copy.summary
        summary = copy.read(trace_id)
        with self._lock:
            if kept.changed == copy.changed:
                kept.summary = summary
        return summary

    def documents(self, trace_id: str) -> list[Document]:
        """The documents of one trace by its id; none when it is not (or no longer) here."""
        with self._lock:
            kept = self._kept.get(trace_id)
            copy = kept.copy() if kept else None
        return copy.documents() if copy else []

    def trace(self, trace_id: str) -> Trace | None:
        """One trace by its id, None when it is not here. Raises whatever its documents cause."""
        documents = self.documents(trace_id)
        return Trace(documents) if documents else None

    def saved(self) -> str:
        """All documents as text, for `restore`."""
        with self._lock:
            bodies = [body for kept in self._kept.values() for body in kept.bodies.values()]
        return json.dumps([body.decode() for body in bodies])

    def restore(self, text: str) -> None:
        """Take over what another store has saved."""
        try:
            bodies = json.loads(text or "[]")
        except ValueError:  # the other process was ended while it wrote
            return
        for body in bodies:
            self.add(packet_of(body.encode()))


def _is_own(document: Document) -> bool:
    """Whether it comes from the page that shows the traces."""
    url = mapping_at(document, "http", "request").get("url")
    try:
        return isinstance(url, str) and urlsplit(url).path.startswith(OWN_PATH)
    except ValueError:
        return False
