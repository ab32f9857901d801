"""What warns of a stage, and whom."""

from zappa_xray.deployment.alarms.made import things
from zappa_xray.deployment.alarms.metric_alarm import alarms
from zappa_xray.deployment.alarms.thing import holds
from zappa_xray.deployment.alarms.topic import PENDING, subscriptions, told
from zappa_xray.deployment.alarms.wanted import wanted
from zappa_xray.deployment.doctor.link import Broken, LeftOut
from zappa_xray.deployment.stage import DENIED, CallFailed, Stage

# Three metrics watched at 0.10 USD, two counted of the log at 0.30 USD; the dashboard costs 3 USD where
# the account has three others: https://aws.amazon.com/cloudwatch/pricing/, us-east-1, November 2026.
COST = "about 0.90 USD a month, and 3 for the dashboard when the account has three others"


def warn_somebody(stage: Stage) -> str:
    settings = wanted(stage.settings)
    if settings is None:
        raise LeftOut("zappa_settings.json has no xray_alarms: nobody is warned of time-outs")
    for thing in things(stage, settings):
        found = thing.read()
        if found is None or not holds(thing.wanted, found):
            wrong = "is not there" if found is None else "is not as zappa_settings.json says"
            raise Broken(f"{thing.name} {wrong}", f"manage.py trace_stage {stage.name}")
    states = ", ".join(
        f"{alarm['AlarmName'].removeprefix(f'{stage.function}-')} {alarm['StateValue']}"
        for alarm in alarms(stage)
    )
    return f"{states}; {_hearers(stage, told(stage, settings))}; {COST}"


def _hearers(stage: Stage, topic: str) -> str:
    try:
        found = subscriptions(stage, topic)
    except CallFailed as failure:
        if failure.code not in (*DENIED, "AuthorizationError"):
            raise
        return "who hears of them was not to be seen"
    confirmed = [one for one in found if one["SubscriptionArn"] != PENDING]
    if not confirmed:
        waits = f", {len(found)} not confirmed yet" if found else ""
        raise Broken(
            f"nobody hears of an alarm: {topic} has no subscription{waits}",
            "confirm the letter that AWS sent; without one: aws sns subscribe --protocol email"
            f" --notification-endpoint YOU --topic-arn {topic}",
        )
    return f"{len(confirmed)} told"
