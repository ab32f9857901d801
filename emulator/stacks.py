"""CloudFormation stacks that end badly, and the ways out of it that moto lacks.

What each state lets one do: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
and https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Event, Stack, cloudformation_backends
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import EmptyResult

from emulator.events import ACCOUNT_ID

Update = Callable[..., Any]
UPDATABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


def end(state: str, reason: str) -> None:
    """Put the stack that was changed last into a state, by the failure of its REST API's deployment."""
    stack = max(all_stacks(), key=lambda stack: stack.events[-1].timestamp)
    failed = "UPDATE_FAILED" if state.startswith("UPDATE") else "CREATE_FAILED"
    stack.events.append(event(stack, "Api", "AWS::ApiGateway::RestApi", failed, reason))
    stack.status = state
    if state == "ROLLBACK_COMPLETE":  # nothing is left of what it had made
        stack.resource_map.delete()
    stack.events.append(event(stack, stack.name, "AWS::CloudFormation::Stack", state, None))


def all_stacks() -> list[Stack]:
    return [
        stack
        for backend in cloudformation_backends[ACCOUNT_ID].values()
        for stack in backend.stacks.values()
    ]


def event(stack: Stack, logical_id: str, kind: str, status: str, reason: str | None) -> Event:
    return Event(stack.stack_id, stack.name, logical_id, "", kind, status, reason, None)


def validate_status(_response: CloudFormationResponse, stack: Stack) -> None:
    if stack.status not in UPDATABLE:
        raise ValidationError(
            stack.stack_id,
            message=f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.",
        )


def continue_update_rollback(response: CloudFormationResponse) -> Any:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html"""
    backend: CloudFormationBackend = response.cloudformation_backend
    stack = backend.get_stack(response._get_param("StackName"))
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        message = f"Stack:{stack.stack_id} is in {stack.status} state and can not be rolled back."
        raise ValidationError(stack.stack_id, message=message)
    stack.status = "UPDATE_ROLLBACK_COMPLETE"
    kind = "AWS::CloudFormation::Stack"
    stack.events.append(event(stack, stack.name, kind, stack.status, None))
    return EmptyResult()


def keep_what_cannot_be_updated(update: Update) -> Update:
    """Change how moto updates a resource: those that it cannot update it forgets."""

    def update_or_keep(name: str, definition: Any, resources: Any, **place: str) -> Any:
        return update(name, definition, resources, **place) or resources[name]

    return update_or_keep


def install() -> None:
    """Give moto's CloudFormation what it lacks."""
    parsing.parse_and_update_resource = keep_what_cannot_be_updated(
        parsing.parse_and_update_resource
    )
    CloudFormationResponse._validate_status = validate_status  # type: ignore[assignment,method-assign]  # moto knows one state
    CloudFormationResponse.continue_update_rollback = continue_update_rollback  # type: ignore[attr-defined]  # moto lacks it
