"""Sends the documents to the X-Ray daemon."""

import logging
from typing import Any

from aws_xray_sdk.core.emitters.udp_emitter import PROTOCOL_HEADER, UDPEmitter

from zappa_xray.tracing.conf import settings
from zappa_xray.tracing.documents import Document, serialized, shortened, without_messages
from zappa_xray.tracing.in_flight import current

logger = logging.getLogger(__name__)

# A packet of UDP over IPv4 holds 65 507 bytes, a document for X-Ray 64 KB.
MAX_DOCUMENT = 65_507 - len(f"{PROTOCOL_HEADER}\n")


class Emitter(UDPEmitter):
    """The SDK's emitter, but no document is too large, too many, or written to the log."""

    def send_entity(self, entity: Any) -> None:
        """Sends a segment or subsegment of the SDK, unless its request has sent too many."""
        work = current.get()
        if work and entity is work.entity and not work.ended:
            return  # the service's own code has ended it once too often
        if work and entity is not work.entity and work.leaves_out(entity):
            return
        document = entity.to_dict()
        if "exception_message" not in settings.record:
            without_messages(document)
        self.send_document(document)

    def send_document(self, document: Document) -> None:
        """Sends one document, shortened when it is too large; a failure is only logged."""
        try:
            text = serialized(document)
            if len(text) > MAX_DOCUMENT:
                for child in document.pop("subsegments", ()):
                    self.send_document(child)
                text = serialized(document)
            if len(text) > MAX_DOCUMENT:
                text = shortened(document, MAX_DOCUMENT)
            self._send_data(f"{PROTOCOL_HEADER}\n{text}")
        except Exception:  # a request does not fail because its trace does
            logger.exception("A trace document was not sent")
