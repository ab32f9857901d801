"""What a cold start cost, told in the trace of the request that waited for it."""

import logging
from typing import Any

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.entity import Entity

from zappa_xray.lambda_start.init_phase import InitPhase, measured

logger = logging.getLogger(__name__)

PACKAGES = 20
# Nobody waited for an older one: https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
LONGEST_AGO_SECONDS = 60.0


def send(entity: Any) -> None:
    """Send the init phase of this process as a subsegment of `entity`, its first work. Raises nothing."""
    try:
        if entity.sampled and 0 <= entity.start_time - measured.ended < LONGEST_AGO_SECONDS:
            xray_recorder.emitter.send_document(document(entity, measured))
    except Exception:
        logger.debug("the init phase could not be told", exc_info=True)


def document(entity: Any, phase: InitPhase) -> dict[str, Any]:
    """Return the subsegment: its metadata name the packages that took longest, in seconds."""
    costly = sorted(phase.packages.items(), key=lambda package: package[1], reverse=True)[:PACKAGES]
    facts = {
        "seconds": round(phase.ended - phase.started, 4),
        "modules": phase.modules,
        "packages": {name: round(seconds, 4) for name, seconds in costly},
    }
    return {
        "id": Entity("init").id,
        "name": "init",
        "type": "subsegment",
        "trace_id": entity.trace_id,
        "parent_id": entity.id,
        "start_time": phase.started,
        "end_time": phase.ended,
        "metadata": {"tracing": {"init": facts}},
    }
