"""Values of zappa_settings.json that have parts: schedules, a VPC, the sampling rule."""

import json
import re
from typing import Any

from zappa_xray.deployment.keys.kinds import OBJECT, TEXTS, Kind, first, list_of

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
RATE = re.compile(r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)")
CRON = re.compile(r"cron\((?P<fields>[^()]*)\)")
EXPRESSION = (
    'has to be such as "rate(1 day)", "rate(5 minutes)" or "cron(0 12 * * ? *)", whose six fields have a ?'
    " for the day of the month or of the week"
)
VPC = ("SubnetIds", "SecurityGroupIds")
# https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html
RULE = {"priority": (1, 9999), "reservoir_size": (0, 1_000_000), "fixed_rate": (0, 1)}


def expression_fault(expression: Any) -> str:
    """Return why EventBridge would not take the expression of a schedule."""
    text = expression if isinstance(expression, str) else ""
    cron = CRON.fullmatch(text)
    fields = cron["fields"].split() if cron else []
    if RATE.fullmatch(text) or (len(fields) == 6 and (fields[2], fields[4]).count("?") == 1):
        return ""
    return EXPRESSION


def event_fault(event: dict[str, Any]) -> str:
    path = event.get("function")
    if not isinstance(path, str):
        return 'has an entry without a "function", the dotted path of what is called'
    expressions = event.get("expressions") or [event.get("expression")]
    if not isinstance(expressions, list):
        return f"has for {path} expressions that are no list"
    if expressions == [None]:
        named = "event_source" in event
        return "" if named else f"has for {path} neither an expression nor an event_source"
    wrong = next((one for one in expressions if expression_fault(one)), None)
    return f"has for {path} the expression {json.dumps(wrong)}: it {EXPRESSION}" if wrong else ""


def vpc_fault(vpc: dict[str, Any]) -> str:
    missing = [name for name in VPC if not vpc.get(name) or TEXTS.fault(vpc[name])]
    return f"has no list of texts as its {' and '.join(missing)}" if vpc and missing else ""


def rule_fault(rule: dict[str, Any]) -> str:
    if unknown := sorted(rule.keys() - RULE.keys()):
        return f"has no key {unknown[0]}: its keys are {', '.join(RULE)}"
    return first(part_fault(rule, name) for name in rule)


def part_fault(rule: dict[str, Any], name: str) -> str:
    least, most = RULE[name]
    types = (int, float) if name == "fixed_rate" else (int,)
    value = rule[name]
    if isinstance(value, types) and not isinstance(value, bool) and least <= value <= most:
        return ""
    return (
        f"has a {name} that is no {'' if float in types else 'whole '}number of {least} to {most:,}"
    )


SCHEDULE = Kind("a text in quotes", (str,), expression_fault)
EVENTS = list_of(Kind(OBJECT.said, (dict,), event_fault), "a list of objects in braces")
VPC_CONFIG = Kind(OBJECT.said, (dict,), vpc_fault)
SAMPLING_RULE = Kind(f"an object with {', '.join(RULE)}", (dict,), rule_fault)
