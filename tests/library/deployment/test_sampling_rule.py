from typing import Any

import pytest
from zappa_xray.deployment.sampling_rule import LONGEST_NAME, apply, remove, rule_name, wanted_rule

from tests.library.deployment.conftest import AWS, stage

DEFAULT_RULE = {
    "RuleName": "Default",
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
}
OWN_RULE = DEFAULT_RULE | {
    "RuleName": "notes-dev",
    "Priority": 100,
    "FixedRate": 1.0,
    "ReservoirSize": 10,
    "ServiceName": "notes-dev/dev",
    "ServiceType": "AWS::ApiGateway::Stage",
}


def test_trap_05_the_stage_gets_the_rule_of_the_settings(aws: AWS) -> None:
    found = aws.stage()
    aws.has_rules(DEFAULT_RULE)
    aws.answers("xray", "create_sampling_rule", {}, SamplingRule=OWN_RULE)
    assert apply(found) == (
        "The sampling rule notes-dev (priority 100: 10 a second, 100% beyond) was created."
    )


def test_trap_05_a_rule_that_stands_is_left_alone(aws: AWS) -> None:
    found = aws.stage()
    aws.has_rules(DEFAULT_RULE, OWN_RULE)
    assert apply(found) == (
        "The sampling rule notes-dev (priority 100: 10 a second, 100% beyond) stands already."
    )


def test_trap_05_a_rule_that_differs_is_changed_where_it_differs(aws: AWS) -> None:
    found = aws.stage(xray_sampling_rule={"fixed_rate": 0.125, "reservoir_size": 1})
    aws.has_rules(OWN_RULE)
    aws.answers(
        "xray",
        "update_sampling_rule",
        {},
        SamplingRuleUpdate={"RuleName": "notes-dev", "FixedRate": 0.125, "ReservoirSize": 1},
    )
    assert apply(found) == (
        "The sampling rule notes-dev (priority 100: 1 a second, 12.5% beyond) was changed:"
        " FixedRate, ReservoirSize."
    )


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"xray_sampling_rule": None}, "zappa_settings.json has no xray_sampling_rule"),
        ({"apigateway_version": "v2"}, "behind an HTTP API Lambda samples as it wants"),
    ],
)
def test_a_rule_that_nothing_asks_for_any_more_is_removed(
    aws: AWS, settings: dict[str, Any], reason: str
) -> None:
    found = aws.stage(**settings)
    aws.has_rules(OWN_RULE)
    aws.answers("xray", "delete_sampling_rule", {}, RuleName="notes-dev")
    assert reason in apply(found)


def test_the_rules_of_others_are_left_alone(aws: AWS) -> None:
    found = aws.stage()
    aws.has_rules(DEFAULT_RULE, OWN_RULE | {"RuleName": "notes-production"})
    assert remove(found) == "There is no sampling rule notes-dev."


def test_a_rule_on_a_later_page_is_found(aws: AWS) -> None:
    found = aws.stage()
    first = {"SamplingRuleRecords": [{"SamplingRule": DEFAULT_RULE}], "NextToken": "more"}
    aws.answers("xray", "get_sampling_rules", first)
    second = {"SamplingRuleRecords": [{"SamplingRule": OWN_RULE}]}
    aws.answers("xray", "get_sampling_rules", second, NextToken="more")
    assert apply(found).endswith("stands already.")


def test_every_service_has_rule_names_of_its_own_that_x_ray_takes() -> None:
    functions = [
        f"{'s' * length}-{name}" for length in range(1, 29) for name in ("dev", "production")
    ]
    names = [rule_name(stage(function=function)) for function in functions]
    assert len(set(names)) == len(functions)
    assert max(map(len, names)) == LONGEST_NAME


def test_the_rule_s_service_name_is_short_enough_for_the_longest_slug() -> None:
    wanted = wanted_rule(stage("production", f"{'s' * 28}-production"))
    assert wanted is not None
    assert (
        len(wanted["ServiceName"]) <= 64
    )  # https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html
