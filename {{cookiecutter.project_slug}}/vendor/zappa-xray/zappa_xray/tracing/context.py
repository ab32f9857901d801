"""Where nothing is traced, the SDK has nothing to say."""

from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.models.dummy_entities import DummySegment
from aws_xray_sdk.core.models.subsegment import Subsegment

NOTHING_OPEN = DummySegment("nothing open")


class QuietContext(Context):
    """For outside Lambda: a query without a request, as in `migrate`, is simply not recorded.

    The SDK raises, logs an error, or at the very least warns, once for each query.
    """

    def handle_context_missing(self) -> DummySegment:
        return NOTHING_OPEN

    def put_subsegment(self, subsegment: Subsegment) -> None:
        entities = getattr(self._local, "entities", None)
        if entities and entities[-1].in_progress:
            super().put_subsegment(subsegment)
