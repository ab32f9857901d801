"""The CloudFormation stack that holds a stage's API: its end is waited for, and its failures are told.

What each state means: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

import time
from collections.abc import Iterator
from typing import Any

import click

from zappa_xray.deployment.stage import CallFailed, Stage

SECONDS_BETWEEN = 3.0
LONGEST_SECONDS = 900.0  # the stack of an API takes about one minute

WELL = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
ROLLBACK_STUCK = "UPDATE_ROLLBACK_FAILED"  # nothing can be changed until the rollback has ended
IN_USE = (*WELL, "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED", ROLLBACK_STUCK)
# What a first deploy leaves: a stack in these states can be deleted and nothing else.
NEVER_MADE = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")


def find(stage: Stage) -> dict[str, Any] | None:
    """Return the stack as CloudFormation describes it, None when there is none. Raises CallFailed."""
    try:
        found = stage.call("cloudformation", "describe_stacks", StackName=stage.function)
    except CallFailed as failure:
        if failure.code != "ValidationError":  # CloudFormation's word for a stack that is not there
            raise
        return None
    stack: dict[str, Any] = found["Stacks"][0]
    return stack


def state_now(stage: Stage) -> str:
    """Return the stack's state, empty for no stack. Raises CallFailed."""
    found = find(stage)
    return found["StackStatus"] if found else ""


def at_rest(stage: Stage) -> str:
    """Return the stack's state once CloudFormation has ended its work at it, empty for no stack.

    Raises click.ClickException when that takes longer than LONGEST_SECONDS.
    """
    said, end = "", time.monotonic() + LONGEST_SECONDS
    while (found := find(stage)) and (state := found["StackStatus"]).endswith("_IN_PROGRESS"):
        if state == "REVIEW_IN_PROGRESS":  # of a change set that nobody has executed
            return ""
        if time.monotonic() > end:
            raise click.ClickException(
                f"the stack {stage.function} is still {state} after {LONGEST_SECONDS / 60:g} minutes."
                " CloudFormation goes on without this command: run it again later, or look at the"
                f" stack's events in the console of CloudFormation in {stage.region}"
            )
        if state != said:
            click.echo(f"The stack {stage.function} is {state}, waiting for its end")
            said = state
        time.sleep(SECONDS_BETWEEN)
    return found["StackStatus"] if found else ""


def expect_success(stage: Stage) -> None:
    """Return when the change that was asked for last is made.

    Raises click.ClickException with the events that failed when it came to another end.
    """
    state = at_rest(stage)
    if state in WELL:
        return
    lines = [
        f"CloudFormation could not make the API: the stack {stage.function} is {state or 'gone'}"
    ]
    if state:
        lines += [f"  {event}" for event in failures(stage)]
    raise click.ClickException("\n".join(lines))


def make_changeable(stage: Stage, state: str) -> None:
    """Bring a stack that an earlier deploy left in a `state` without a way on to one that has one.

    Raises click.ClickException when it comes to no good end.
    """
    if state in NEVER_MADE:
        remove(stage, state)
    elif state == ROLLBACK_STUCK:
        click.echo(f"The stack {stage.function} is {state}: its rollback is continued first")
        stage.call("cloudformation", "continue_update_rollback", StackName=stage.function)
        if at_rest(stage) == ROLLBACK_STUCK:
            raise click.ClickException(
                "\n".join(
                    [
                        f"the rollback of the stack {stage.function} fails again:",
                        *(f"  {event}" for event in failures(stage)),
                        "Mend what these say and run the same command again, or leave out the resources"
                        " that they name: aws cloudformation continue-update-rollback"
                        f" --region {stage.region} --stack-name {stage.function}"
                        " --resources-to-skip NAME ...",
                    ]
                )
            )


def remove(stage: Stage, state: str) -> None:
    """Delete a stack whose first creation failed: of what it made nothing is used."""
    found = find(stage) or {}
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
    if tags.get("ZappaProject") != stage.function:  # Zappa marks its own and deletes no other
        raise click.ClickException(
            f"a stack {stage.function} in {stage.region} is not Zappa's and is {state}:"
            " delete it, or give the service another project_name in zappa_settings.json"
        )
    click.echo(f"The stack {stage.function} is {state}: it is taken away first")
    stage.call("cloudformation", "delete_stack", StackName=stage.function)
    if left := at_rest(stage):
        lines = [f"the stack {stage.function} cannot be deleted, it is {left}:"]
        raise click.ClickException("\n".join([*lines, *(f"  {one}" for one in failures(stage))]))


def failures(stage: Stage) -> list[str]:
    """Return what failed in the stack's last change, the first failure in front."""
    return list(reversed(list(newest_failures(stage))))


def newest_failures(stage: Stage) -> Iterator[str]:
    for page in stage.pages("cloudformation", "describe_stack_events", StackName=stage.function):
        for event in page["StackEvents"]:  # the newest comes first
            if event["ResourceStatus"].endswith("_FAILED"):
                reason = event.get("ResourceStatusReason", "no reason given")
                yield f"{event['LogicalResourceId']}: {event['ResourceStatus']}: {reason}"
            if event.get("ResourceStatusReason") == "User Initiated":
                return
