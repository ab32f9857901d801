"""The ARN that `xray_alarms` names, as far as it is seen without AWS."""

import re
from collections.abc import Iterator
from typing import Any

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
