"""The stage's own X-Ray sampling rule, as `xray_sampling_rule` in zappa_settings.json wants it.

Without one X-Ray records one request a second and five of a hundred beyond
(https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html): a rare failure of a
busy service is mostly not among them.
"""

from typing import Any

from zappa_xray.deployment.names import short
from zappa_xray.deployment.stage import Stage

LONGEST_NAME = 32  # https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html
DEFAULTS = {"priority": 100, "reservoir_size": 10, "fixed_rate": 1.0}


def apply(stage: Stage) -> str:
    """Create, change, remove or leave alone the stage's rule; return what was done.

    Raises click.ClickException when a call fails.
    """
    wanted = None if stage.other_front else wanted_rule(stage)
    if wanted is None:
        return remove(stage, reason=why_none(stage))
    found = own_rule(stage)
    if found is None:
        stage.call("xray", "create_sampling_rule", SamplingRule=wanted | {"Version": 1})
        return f"The sampling rule {describe(wanted)} was created."
    changes = {key: value for key, value in wanted.items() if found.get(key) != value}
    if not changes:
        return f"The sampling rule {describe(wanted)} stands already."
    stage.call(
        "xray",
        "update_sampling_rule",
        SamplingRuleUpdate={"RuleName": wanted["RuleName"], **changes},
    )
    return f"The sampling rule {describe(wanted)} was changed: {', '.join(changes)}."


def remove(stage: Stage, reason: str = "") -> str:
    """Remove the stage's rule if there is one; return what was done. Raises CallFailed."""
    name = rule_name(stage)
    if own_rule(stage) is None:
        return f"There is no sampling rule {name}{reason}."
    stage.call("xray", "delete_sampling_rule", RuleName=name)
    return f"The sampling rule {name} was removed{reason}."


def why_none(stage: Stage) -> str:
    if stage.other_front:
        # https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
        return f", for behind {stage.other_front} Lambda samples as it wants"
    return ", as zappa_settings.json has no xray_sampling_rule"


def wanted_rule(stage: Stage) -> dict[str, Any] | None:
    """Return the rule of zappa_settings.json as X-Ray writes it, None when it has none."""
    setting = stage.settings.get("xray_sampling_rule")
    if not setting:
        return None
    values = DEFAULTS | setting
    return {
        "RuleName": rule_name(stage),
        "ResourceARN": "*",
        "Priority": values["priority"],
        "FixedRate": values["fixed_rate"],
        "ReservoirSize": values["reservoir_size"],
        "ServiceName": stage.xray_name,
        "ServiceType": "AWS::ApiGateway::Stage",
        "Host": "*",
        "HTTPMethod": "*",
        "URLPath": "*",
    }


def rule_name(stage: Stage) -> str:
    """Return the function's name, shortened where it is too long for a rule but still its own."""
    return short(stage.function, LONGEST_NAME)


def own_rule(stage: Stage) -> dict[str, Any] | None:
    return next((rule for rule in rules(stage) if rule["RuleName"] == rule_name(stage)), None)


def rules(stage: Stage) -> list[dict[str, Any]]:
    """Return all sampling rules of the region, the one that is asked first in front."""
    found = [
        record["SamplingRule"]
        for page in stage.pages("xray", "get_sampling_rules")
        for record in page["SamplingRuleRecords"]
    ]
    return sorted(found, key=lambda rule: (rule["Priority"], rule["RuleName"]))


def describe(rule: dict[str, Any]) -> str:
    return (
        f"{rule['RuleName']} (priority {rule['Priority']}: {rule['ReservoirSize']} a second,"
        f" {rule['FixedRate'] * 100:g}% beyond)"
    )
