"""The stack of a stage: no wait without an end, and what failed is told."""

from datetime import datetime
from typing import Any

import click
import pytest
from zappa_xray.deployment import stack

from tests.library.deployment.conftest import AWS

NOW = datetime(2026, 11, 24)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "SECONDS_BETWEEN", 0)


def is_now(aws: AWS, *states: str) -> None:
    for state in states:
        found = {"StackName": "notes-dev", "CreationTime": NOW, "StackStatus": state}
        aws.answers("cloudformation", "describe_stacks", {"Stacks": [found]}, StackName="notes-dev")


def happened(aws: AWS, *events: tuple[str, str, str]) -> None:
    """The newest comes first."""
    told: list[dict[str, Any]] = [
        {
            "StackId": "id",
            "EventId": str(number),
            "StackName": "notes-dev",
            "Timestamp": NOW,
            "LogicalResourceId": name,
            "ResourceStatus": status,
            **({"ResourceStatusReason": reason} if reason else {}),
        }
        for number, (name, status, reason) in enumerate(events)
    ]
    aws.answers("cloudformation", "describe_stack_events", {"StackEvents": told})


def test_the_end_is_waited_for_and_each_state_is_said_once(
    aws: AWS, capsys: pytest.CaptureFixture[str]
) -> None:
    is_now(aws, "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE")
    assert stack.at_rest(aws.stage()) == "CREATE_COMPLETE"
    assert capsys.readouterr().out.count("CREATE_IN_PROGRESS") == 1


@pytest.mark.parametrize(
    "state", ["UPDATE_ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS", "CREATE_IN_PROGRESS"]
)
def test_a_state_that_does_not_end_is_given_up(
    aws: AWS, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setattr(stack, "LONGEST_SECONDS", -1.0)
    is_now(aws, state)
    with pytest.raises(click.ClickException, match=f"the stack notes-dev is still {state} after"):
        stack.at_rest(aws.stage())


def test_what_failed_in_the_last_change_is_told_in_its_order(aws: AWS) -> None:
    is_now(aws, "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE")
    happened(
        aws,
        ("notes-dev", "UPDATE_ROLLBACK_COMPLETE", ""),
        ("Any0", "UPDATE_FAILED", "Resource update cancelled"),
        ("Api", "UPDATE_FAILED", "Too many."),
        ("notes-dev", "UPDATE_IN_PROGRESS", "User Initiated"),
        ("Api", "CREATE_FAILED", "Of long ago."),
    )
    with pytest.raises(click.ClickException) as failed:
        stack.expect_success(aws.stage())
    assert failed.value.message.splitlines() == [
        "CloudFormation could not make the API: the stack notes-dev is UPDATE_ROLLBACK_COMPLETE",
        "  Api: UPDATE_FAILED: Too many.",
        "  Any0: UPDATE_FAILED: Resource update cancelled",
    ]


def test_a_rollback_that_fails_again_says_what_is_in_its_way_and_how_to_leave_it_out(
    aws: AWS,
) -> None:
    aws.answers("cloudformation", "continue_update_rollback", {}, StackName="notes-dev")
    is_now(aws, "UPDATE_ROLLBACK_FAILED")
    happened(aws, ("Api", "UPDATE_FAILED", "It is gone."))
    with pytest.raises(click.ClickException) as failed:
        stack.make_changeable(aws.stage(), "UPDATE_ROLLBACK_FAILED")
    assert "  Api: UPDATE_FAILED: It is gone.\n" in failed.value.message
    assert failed.value.message.endswith(
        "aws cloudformation continue-update-rollback --region eu-central-1 --stack-name notes-dev"
        " --resources-to-skip NAME ..."
    )
