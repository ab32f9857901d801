"""X-Ray's sampling rules, which moto lacks, kept in memory for each region.

https://docs.aws.amazon.com/xray/latest/api/API_GetSamplingRules.html and its neighbours
"""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

Rule = dict[str, Any]

# https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
DEFAULT: Rule = {
    "RuleName": "Default",
    "RuleARN": "arn:aws:xray:eu-central-1:123456789012:sampling-rule/Default",
    "ResourceARN": "*",
    "Priority": 10000,
    "FixedRate": 0.05,
    "ReservoirSize": 1,
    "ServiceName": "*",
    "ServiceType": "*",
    "Host": "*",
    "HTTPMethod": "*",
    "URLPath": "*",
    "Version": 1,
    "Attributes": {},
}
LONGEST_NAME = 32
OPERATIONS = (
    "GetSamplingRules",
    "CreateSamplingRule",
    "UpdateSamplingRule",
    "DeleteSamplingRule",
)


class Refused(Exception):
    """X-Ray would answer InvalidRequestException with this message."""


class SamplingRules:
    """The rules of an account, by region."""

    def __init__(self) -> None:
        self._regions: dict[str, dict[str, Rule]] = defaultdict(lambda: {"Default": dict(DEFAULT)})

    def answer(self, operation: str, region: str, request: dict[str, Any]) -> dict[str, Any]:
        """Return X-Ray's answer to one of OPERATIONS. Raises Refused."""
        rules = self._regions[region]
        if operation == "GetSamplingRules":
            return {"SamplingRuleRecords": [record(rule) for rule in rules.values()]}
        if operation == "CreateSamplingRule":
            return {"SamplingRuleRecord": record(create(rules, request["SamplingRule"], region))}
        if operation == "UpdateSamplingRule":
            changes = request["SamplingRuleUpdate"]
            existing(rules, changes["RuleName"]).update(changes)
            return {"SamplingRuleRecord": record(rules[changes["RuleName"]])}
        return {
            "SamplingRuleRecord": record(
                rules.pop(existing(rules, request["RuleName"])["RuleName"])
            )
        }


def create(rules: dict[str, Rule], rule: Rule, region: str) -> Rule:
    name = rule["RuleName"]
    if name in rules:
        raise Refused(f"Sampling rule already exists: {name}")
    if len(name) > LONGEST_NAME:
        raise Refused(f"RuleName is longer than {LONGEST_NAME}: {name}")
    arn = f"arn:aws:xray:{region}:123456789012:sampling-rule/{name}"
    rules[name] = {"Attributes": {}, **rule, "RuleARN": arn}
    return rules[name]


def existing(rules: dict[str, Rule], name: str) -> Rule:
    if name not in rules or name == "Default":
        raise Refused(f"Sampling rule does not exist: {name}")
    return rules[name]


def record(rule: Rule) -> dict[str, Any]:
    return {"SamplingRule": rule, "CreatedAt": time.time(), "ModifiedAt": time.time()}
