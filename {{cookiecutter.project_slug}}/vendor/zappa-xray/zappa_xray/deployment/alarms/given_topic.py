"""The topic that `xray_alarms` names: whether it is there."""

from collections.abc import Iterator

from zappa_xray.deployment.alarms.topic_arn import TOPIC
from zappa_xray.deployment.stage import CallFailed, Stage


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
