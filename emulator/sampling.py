"""X-Ray's sampling rules and what they counted, which moto does not know.

They are kept and given back here; who traces something applies and counts them: `sampler`.
"""

from __future__ import annotations

import json
import time
from typing import Any

Rule = dict[str, Any]

# https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
DEFAULT: Rule = {
    "RuleName": "Default",
    "ResourceARN": "*",
    "Priority": 10_000,
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

COUNTS = ("RequestCount", "SampledCount", "BorrowCount")
WINDOW_SECONDS = 10


class Refused(Exception):
    """X-Ray would answer with an InvalidRequestException of this text."""


class SamplingRules:
    """The rules of one account.

    https://docs.aws.amazon.com/xray/latest/api/API_CreateSamplingRule.html and its neighbours.
    GetSamplingTargets takes what was counted and gives out no quota.
    """

    def __init__(self) -> None:
        self._rules = {"Default": DEFAULT}
        self._operations = {
            "/CreateSamplingRule": self._create,
            "/GetSamplingRules": self._get,
            "/UpdateSamplingRule": self._update,
            "/DeleteSamplingRule": self._delete,
            "/SamplingTargets": self._count,
            "/SamplingStatisticSummaries": self._counts,
        }
        self._counted: dict[tuple[str, int], Rule] = {}

    def knows(self, path: str) -> bool:
        return path in self._operations

    def answer(self, path: str, body: bytes) -> Any:
        """Return what X-Ray answers to a call. Raises Refused."""
        return self._operations[path](json.loads(body or b"{}"))

    def _create(self, call: Rule) -> Rule:
        rule = DEFAULT | call["SamplingRule"]
        if rule["RuleName"] in self._rules:
            raise Refused(f"The sampling rule {rule['RuleName']} exists already.")
        self._rules[rule["RuleName"]] = rule
        return {"SamplingRuleRecord": record(rule)}

    def _get(self, _call: Rule) -> Rule:
        return {"SamplingRuleRecords": [record(rule) for rule in self._rules.values()]}

    def _update(self, call: Rule) -> Rule:
        changes = call["SamplingRuleUpdate"]
        rule = self._named(changes) | changes
        self._rules[rule["RuleName"]] = rule
        return {"SamplingRuleRecord": record(rule)}

    def _delete(self, call: Rule) -> Rule:
        rule = self._named(call)
        del self._rules[rule["RuleName"]]
        return {"SamplingRuleRecord": record(rule)}

    def _count(self, call: Rule) -> Rule:
        for reported in call["SamplingStatisticsDocuments"]:
            window = int(reported["Timestamp"] // WINDOW_SECONDS * WINDOW_SECONDS)
            counts = self._counted.setdefault(
                (reported["RuleName"], window), dict.fromkeys(COUNTS, 0)
            )
            for name in COUNTS:
                counts[name] += reported.get(name, 0)
        return {"SamplingTargetDocuments": [], "UnprocessedStatistics": []}

    def _counts(self, _call: Rule) -> Rule:
        summaries = [
            {"RuleName": rule, "Timestamp": window, **counts}
            for (rule, window), counts in self._counted.items()
        ]
        return {"SamplingStatisticSummaries": summaries}

    def _named(self, call: Rule) -> Rule:
        if call["RuleName"] not in self._rules:
            raise Refused(f"There is no sampling rule {call['RuleName']}.")
        return self._rules[call["RuleName"]]


def record(rule: Rule) -> Rule:
    arn = f"arn:aws:xray:eu-central-1:123456789012:sampling-rule/{rule['RuleName']}"
    now = time.time()
    return {"SamplingRule": {"RuleARN": arn} | rule, "CreatedAt": now, "ModifiedAt": now}
