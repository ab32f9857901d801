"""The key `xray_alarms` of a stage."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zappa_xray.deployment.alarms.topic_arn import arn_faults

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
LONGEST_PERIOD_SECONDS = 86_400
LARGEST = 10**9  # of requests in a period
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class Wanted:
    """What a stage is warned of, and who is told.

    time_outs       so many requests past their deadline, or killed, in a period raise an alarm
    faults          so many answers of 5xx, those of the gateway itself among them
    period_seconds  how long a period is, a multiple of 60
    sns_topic_arn   of a topic that is there already; empty: one of the stage's own is made
    email           who gets a letter of AWS with which the topic of the stage's own can be subscribed
    """

    time_outs: int = 1
    faults: int = 5
    period_seconds: int = 300
    sns_topic_arn: str = ""
    email: str = ""


DEFAULTS = Wanted()


def wanted(settings: Mapping[str, Any]) -> Wanted | None:
    """Return what a stage's part of zappa_settings.json asks for; None when it asks for no alarms.

    Only of settings in which `faults_of` finds nothing.
    """
    setting = settings.get("xray_alarms")
    return None if setting is None or setting is False else Wanted(**dict(setting))


def faults_of(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a stage's `xray_alarms`."""
    setting = settings.get("xray_alarms")
    if setting is None or setting is False:
        return
    if not isinstance(setting, dict):
        yield "is no object such as {}"
        return
    for key, value in setting.items():
        if key not in vars(DEFAULTS):
            near = difflib.get_close_matches(key, vars(DEFAULTS), 1)
            yield f"has no key {key}" + (f", perhaps {near[0]}?" if near else "")
        elif isinstance(getattr(DEFAULTS, key), int):
            yield from _number(key, value)
        elif not isinstance(value, str):
            yield f"has no text as its {key}"
    topic, email = setting.get("sns_topic_arn"), setting.get("email")
    if isinstance(topic, str) and topic:
        yield from arn_faults(topic, settings.get("aws_region"))
    if isinstance(email, str) and email and not EMAIL.fullmatch(email):
        yield "has no address as its email"
    if topic and email:
        yield "has an email beside a sns_topic_arn: who hears of a given topic is not ours to say"


def _number(key: str, value: object) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST:
        yield f"has no whole number above 0 as its {key}"
    elif key == "period_seconds" and (value % 60 or value > LONGEST_PERIOD_SECONDS):
        yield f"has no multiple of 60 up to {LONGEST_PERIOD_SECONDS} as its {key}"
