"""Sends the documents to the X-Ray daemon."""

import json
import logging
import time
from typing import Any

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.emitters.udp_emitter import PROTOCOL_HEADER, UDPEmitter
from aws_xray_sdk.ext.django.conf import settings as sdk_settings

from zappa_xray.tracing.documents import (
    Document,
    document_of,
    documents_of_each,
    in_progress_document,
)
from zappa_xray.tracing.in_flight import current
from zappa_xray.tracing.mending import mended
from zappa_xray.tracing.ordinary import ordinary_json
from zappa_xray.tracing.scrubbing import without_credentials
from zappa_xray.tracing.shortening import essentials_of, shortened

logger = logging.getLogger(__name__)

HEADER = f"{PROTOCOL_HEADER}\n"
# A packet of UDP over IPv4 holds 65 507 bytes, a document for X-Ray 64 KB.
MAX_DOCUMENT = 65_507 - len(HEADER)
PAUSE_SECONDS = 60.0
NOT_SENT = "A trace document was not sent as it is"


class Emitter(UDPEmitter):
    """The SDK's emitter, but no document is too large, too many, refused or written to the log."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._paused_until = 0.0

    def send_entity(self, entity: Any) -> None:
        """Sends a segment or subsegment of the SDK, unless its request has sent too many."""
        work = current.get()
        if work and entity is work.entity and not work.ended:
            return  # the service's own code has ended it once too often
        try:
            if work and entity is not work.entity and work.left_out.leaves_out(entity):
                return
            text = ordinary_json(entity, complete=True)
            if text and len(text) <= MAX_DOCUMENT:
                self._send_text(text)
            else:
                self._send_document(document_of(entity))
        except RecursionError:  # some hundreds of levels
            for document in documents_of_each(entity):
                self.send_document(document)
        except Exception:  # a request does not fail because its trace does
            logger.exception(NOT_SENT)
            self.send_document(essentials_of(entity))

    def send_in_progress(self, entity: Any) -> None:
        """Sends what is known of an open segment or subsegment; X-Ray replaces it by the complete."""
        try:
            text = ordinary_json(entity, complete=False)
            if text and len(text) <= MAX_DOCUMENT:
                self._send_text(text)
            else:
                self._send_document(in_progress_document(entity))
        except Exception:
            logger.exception(NOT_SENT)

    def send_document(self, document: Document) -> None:
        """Sends one document, mended and shortened where needed; a failure is only logged."""
        try:
            self._send_document(document)
        except Exception:
            logger.exception(NOT_SENT)

    def _send_document(self, document: Document) -> None:
        document = mended(document)
        text = _json(document)
        if len(text) > MAX_DOCUMENT:
            for child in document.pop("subsegments", ()):
                self.send_document(child)
            text = _json(document)
        self._send_text(text if len(text) <= MAX_DOCUMENT else shortened(document, MAX_DOCUMENT))

    def _send_text(self, text: str) -> None:
        if self._paused_until and time.monotonic() < self._paused_until:
            return
        try:
            self._socket.sendto((HEADER + text).encode("ascii"), (self._ip, self._port))
        except OSError as error:  # such as a name without an address, which takes seconds to know
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("No daemon at %s:%s, nothing is sent: %s", self._ip, self._port, error)


def send_by_a_new_emitter() -> None:
    """Gives the SDK's recorder an emitter of this kind, with a socket of its own; closes the old one's."""
    xray_recorder.emitter._socket.close()
    xray_recorder.emitter = Emitter(sdk_settings.AWS_XRAY_DAEMON_ADDRESS)


def _json(document: Document) -> str:
    # In ASCII, so that its length is its size.
    return without_credentials(json.dumps(document, allow_nan=False))
