"""Where the events of schedules and tasks go that failed."""

import json
from pathlib import Path
from typing import Any

import pytest
from zappa_xray.deployment import dead_letters
from zappa_xray.deployment.dead_letter_target import target_faults
from zappa_xray.deployment.doctor.dead_letters import are_kept
from zappa_xray.deployment.doctor.link import examined
from zappa_xray.deployment.stage import CallFailed

from tests.library.deployment.conftest import AWS, write

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:notes-dead"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:notes-dead"
ALLOWED = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}


def has_target(aws: AWS, arn: str) -> None:
    config = {"DeadLetterConfig": {"TargetArn": arn}} if arn else {}
    aws.answers("lambda", "get_function_configuration", config)


def is_ready(aws: AWS) -> None:
    ready = {"Configuration": {"LastUpdateStatus": "Successful"}}
    aws.answers("lambda", "get_function_configuration", ready["Configuration"])


@pytest.mark.parametrize(
    ("found", "wanted", "said"), [("", QUEUE, f"go to {QUEUE}"), (QUEUE, "", "go nowhere")]
)
def test_the_function_gets_the_target_and_loses_it(
    aws: AWS, found: str, wanted: str, said: str
) -> None:
    stage = aws.stage(dead_letter_arn=wanted)
    has_target(aws, found)
    is_ready(aws)
    change = {"FunctionName": "notes-dev", "DeadLetterConfig": {"TargetArn": wanted}}
    aws.answers("lambda", "update_function_configuration", {}, **change)
    assert dead_letters.apply(stage) == f"Failed asynchronous calls {said} now."
    has_target(aws, wanted)
    assert dead_letters.apply(stage) == f"Failed asynchronous calls {said} already."


def test_without_the_setting_nobody_is_asked(aws: AWS) -> None:
    assert "left alone" in dead_letters.apply(aws.stage())


def test_a_role_that_may_not_send_is_told_its_statement(aws: AWS) -> None:
    stage = aws.stage(dead_letter_arn=TOPIC)
    has_target(aws, "")
    is_ready(aws)
    message = "The provided execution role does not have permissions to call Publish on SNS"
    aws.refuses(
        "lambda", "update_function_configuration", "InvalidParameterValueException", message
    )
    with pytest.raises(CallFailed, match='"Action": "sns:Publish", "Resource": "arn:aws:sns:eu'):
        dead_letters.apply(stage)


@pytest.mark.parametrize("wrong", [f"{QUEUE}.fifo", "notes-dead", "arn:aws:s3:::notes", 7])
def test_what_can_be_no_target_is_refused(tmp_path: Path, wrong: Any) -> None:
    [fault] = target_faults({"dead_letter_arn": wrong}, tmp_path)
    assert "it has to be the ARN of an SQS queue, not a FIFO one, or of an SNS topic" in fault


@pytest.mark.parametrize(
    ("statement", "settings", "allowed"),
    [
        (ALLOWED, {}, True),
        (ALLOWED | {"Action": ["sqs:*"], "Resource": "arn:aws:sqs:*:*:notes-*"}, {}, True),
        (ALLOWED | {"Resource": TOPIC}, {}, False),
        (ALLOWED | {"Effect": "Deny"}, {}, False),
        ({}, {"extra_permissions": [ALLOWED]}, True),
        ({}, {"role_arn": "arn:aws:iam::123456789012:role/own"}, True),
        ({}, {"manage_roles": False}, True),
        ({}, {}, False),
    ],
)
def test_a_role_that_may_not_send_is_refused_before_a_deploy(
    tmp_path: Path, statement: dict[str, Any], settings: dict[str, Any], allowed: bool
) -> None:
    write(tmp_path, {"policy.json": json.dumps({"Statement": [statement]})})
    stage = {"dead_letter_arn": QUEUE, "attach_policy": "policy.json", **settings}
    found = list(target_faults(stage, tmp_path))
    assert [json.dumps(ALLOWED) in fault for fault in found] == ([] if allowed else [True])


@pytest.mark.parametrize(
    ("wanted", "found", "holds"),
    [(QUEUE, QUEUE, True), (QUEUE, "", False), ("", QUEUE, False), ("", "", True)],
)
def test_the_doctor_tells_of_it(aws: AWS, wanted: str, found: str, holds: bool) -> None:
    stage = aws.stage(dead_letter_arn=wanted)
    has_target(aws, found)
    assert examined("calls", lambda: are_kept(stage)).holds is holds
    assert "then lost" in are_kept(aws.stage())
