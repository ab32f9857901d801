"""The topic that `xray_alarms` names: whether an alarm of the stage can tell it."""

import re
from collections.abc import Iterator
from typing import Any

from zappa_xray.deployment.stage import CallFailed, Stage

TOPIC = re.compile(r"arn:aws[a-z-]*:sns:(?P<region>[a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}")


def arn_faults(topic: str, region: Any) -> Iterator[str]:
    """Yield why an alarm in this region, a text or not known, cannot tell the topic; asks AWS nothing."""
    found = TOPIC.fullmatch(topic)
    if not found:
        yield "has no ARN of an SNS topic, no FIFO one, as its sns_topic_arn"
    elif region and found["region"] != region:
        yield (
            f"has a topic of {found['region']}, and an alarm tells only those of its own region,"
            f" {region}"
        )


def absence(stage: Stage) -> Iterator[str]:
    """Yield that the given topic is not there, where AWS says so; who may not look finds nothing.

    Raises CallFailed.
    """
    setting = stage.settings.get("xray_alarms")
    topic = setting.get("sns_topic_arn") if isinstance(setting, dict) else None
    if not (isinstance(topic, str) and TOPIC.fullmatch(topic)):
        return
    try:
        stage.call("sns", "get_topic_attributes", TopicArn=topic)
    except CallFailed as failure:
        if failure.code in ("NotFound", "NotFoundException"):
            yield (
                f"xray_alarms names a topic that is not there: {topic}. Make it, or leave sns_topic_arn"
                " out, and the stage gets one of its own"
            )
