"""The topic that tells people of an alarm."""

from typing import Any

from zappa_xray.deployment.alarms.thing import Facts, unless_missing
from zappa_xray.deployment.alarms.wanted import Wanted
from zappa_xray.deployment.stage import CallFailed, Stage

PENDING = "PendingConfirmation"


class Topic:
    """The SNS topic of the stage's own.

    https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
    """

    def __init__(self, stage: Stage, email: str = "") -> None:
        self._stage, self._email = stage, email
        self.name = f"the topic {topic_name(stage)}"
        self.arn = topic_arn(stage)
        self.wanted: Facts = {"subscribed": True}

    def read(self) -> Facts | None:
        try:
            found = subscriptions(self._stage, self.arn)
        except CallFailed as failure:
            unless_missing(failure)
            return None
        endpoints = [one["Endpoint"] for one in found]
        return {"subscribed": not self._email or self._email in endpoints}

    def write(self) -> None:
        self._stage.call("sns", "create_topic", Name=topic_name(self._stage))
        if self._email:
            self._stage.call(
                "sns", "subscribe", TopicArn=self.arn, Protocol="email", Endpoint=self._email
            )

    def delete(self) -> None:
        self._stage.call("sns", "delete_topic", TopicArn=self.arn)


def subscriptions(stage: Stage, arn: str) -> list[dict[str, Any]]:
    """Return who hears of a topic. Raises CallFailed, NotFoundException when there is no such topic."""
    stage.call("sns", "get_topic_attributes", TopicArn=arn)
    pages = stage.pages("sns", "list_subscriptions_by_topic", TopicArn=arn)
    return [subscription for page in pages for subscription in page["Subscriptions"]]


def told(stage: Stage, wanted: Wanted) -> str:
    """Return the ARN of the topic that the alarms of a stage tell."""
    return wanted.sns_topic_arn or topic_arn(stage)


def topic_name(stage: Stage) -> str:
    return f"{stage.function}-alarms"


def topic_arn(stage: Stage) -> str:
    """Return the ARN that the topic of the stage's own has once it is there. Raises CallFailed."""
    return stage.arn("sns", topic_name(stage))
