"""Sends the documents to the X-Ray daemon."""

import json
import logging

from aws_xray_sdk.core.emitters.udp_emitter import PROTOCOL_HEADER, UDPEmitter

from tracing.documents import Document

logger = logging.getLogger(__name__)


class Emitter(UDPEmitter):
    """The SDK's emitter, which never logs a document."""

    def send_entity(self, entity: object) -> None:
        """Sends a segment or subsegment of the SDK."""
        self.send_document(entity.to_dict())  # type: ignore[attr-defined]  # the SDK has no types

    def send_document(self, document: Document) -> None:
        """Sends one document; a failure is logged and never raised."""
        try:
            self._send_data(f"{PROTOCOL_HEADER}\n{json.dumps(document, default=str)}")
        except Exception:  # a request does not fail because its trace does
            logger.exception("A trace document was not sent")
