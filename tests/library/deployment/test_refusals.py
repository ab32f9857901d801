"""What of zappa_settings.json is refused because Zappa would take it and AWS would not."""

import json
from pathlib import Path
from typing import Any

import pytest
from zappa_xray.deployment.refusals import refusals

from tests.library.deployment.conftest import stage, write

LONG = "reports.quarterly.of_the_whole_company.send_to_everybody"
RULES = "arn:aws:events:eu-central-1:*:rule/"


def with_policy(project: Path, *rules: str) -> None:
    statement = {"Action": ["events:PutRule"], "Resource": [f"{RULES}{rule}" for rule in rules]}
    write(project, {"iam/deploy-policy.json": json.dumps({"Statement": [statement]})})


def event(path: str, **more: Any) -> dict[str, Any]:
    return {"function": path, "expression": "rate(1 day)", **more}


def test_a_stage_with_nothing_of_it_is_let_through(project: Path) -> None:
    with_policy(project, "notes-*")
    assert refusals(stage(events=[event("jobs.nightly")])) == []


def test_all_is_said_at_once(project: Path) -> None:
    with_policy(project, "notes-*")
    found = refusals(stage(slim_handler=True, aws_region="cn-north-1", events=[event(LONG)]))
    assert [fault.partition(" ")[0] for fault in found] == ["slim_handler", "Zappa", "the"]


@pytest.mark.parametrize(
    ("region", "partition"),
    [("cn-north-1", "aws-cn"), ("eusc-de-east-1", "aws-eusc"), ("us-gov-east-1", "aws-us-gov")],
)
def test_a_region_whose_arns_zappa_cannot_write_is_refused(region: str, partition: str) -> None:
    [fault] = refusals(stage(aws_region=region))
    assert fault.startswith(f"Zappa cannot deploy to {region}: ")
    assert f"arn:{partition}:" in fault


@pytest.mark.parametrize(
    "region", ["eu-central-1", "us-gov-west-1", "ap-southeast-7", "il-central-9"]
)
def test_another_region_is_not(region: str) -> None:
    assert refusals(stage(aws_region=region)) == []


def test_a_schedule_whose_rule_leaves_the_policy_is_refused_with_how_long_it_may_be(
    project: Path,
) -> None:
    with_policy(project, "notes-*")
    [fault] = refusals(stage(events=[event(LONG)]))
    assert f"the schedule of {LONG} would be called " in fault
    assert "a path of at most 53 characters" in fault
    assert refusals(stage(events=[event("j" * 53)])) == []
    assert len(refusals(stage(events=[event("j" * 54)]))) == 1


def test_a_policy_that_names_the_shortened_rule_lets_it_through(project: Path) -> None:
    with_policy(project, "notes-*", f"*-{LONG}")
    assert refusals(stage(events=[event(LONG)])) == []


def test_without_the_policy_nobody_knows_and_nothing_is_refused(project: Path) -> None:
    assert refusals(stage(events=[event(LONG)])) == []


def test_a_path_for_which_zappa_makes_no_rule_is_refused_before_it_has_made_the_function() -> None:
    [fault] = refusals(stage(events=[event("j" * 64)]))
    assert fault.startswith(f"events names {'j' * 64}, for which Zappa can make no rule: ")
