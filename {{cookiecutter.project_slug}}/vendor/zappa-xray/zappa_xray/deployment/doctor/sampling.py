"""What X-Ray's sampling rules make of a stage's requests."""

from fnmatch import fnmatchcase
from typing import Any

from zappa_xray.deployment import sampling_rule
from zappa_xray.deployment.doctor.api import needs_a_rest_api
from zappa_xray.deployment.doctor.link import Broken
from zappa_xray.deployment.stage import Stage

NARROWING = ("Host", "HTTPMethod", "URLPath", "ResourceARN")


def rules_take_the_stage(stage: Stage) -> str:
    needs_a_rest_api(stage)
    rule, earlier = first_rule(stage)
    own, wanted = sampling_rule.rule_name(stage), sampling_rule.wanted_rule(stage)
    mend = f"manage.py trace_stage {stage.name}"
    if not rule["FixedRate"] and not rule["ReservoirSize"]:
        raise Broken(f"{sampling_rule.describe(rule)} comes first and takes nothing", mend)
    if wanted and rule["RuleName"] != own:
        raise Broken(
            f"{sampling_rule.describe(rule)} comes before {own}",
            f"{mend}; if it is there, give it a lower priority number",
        )
    if wanted and wanted.items() - {key: rule.get(key) for key in wanted}.items():
        raise Broken(f"{sampling_rule.describe(rule)} is not as zappa_settings.json says", mend)
    before = f"; for some requests before it {', '.join(earlier)}" if earlier else ""
    return f"{sampling_rule.describe(rule)}{before}"


def first_rule(stage: Stage) -> tuple[dict[str, Any], list[str]]:
    """Return the rule that takes all other requests, and the names of those that take some."""
    earlier: list[str] = []
    for rule in sampling_rule.rules(stage):
        if not concerns(rule, stage):
            continue
        if all(rule[key] == "*" for key in NARROWING):
            return rule, earlier
        earlier.append(rule["RuleName"])
    raise Broken("no rule applies, not even X-Ray's own default", "look at X-Ray's console")


def concerns(rule: dict[str, Any], stage: Stage) -> bool:
    return fnmatchcase(stage.xray_name, rule["ServiceName"]) and fnmatchcase(
        "AWS::ApiGateway::Stage", rule["ServiceType"]
    )
