"""How much of a stage stands in AWS, and which command it therefore needs."""

from collections.abc import Callable
from dataclasses import dataclass

from zappa_xray.deployment import stack
from zappa_xray.deployment.stage import CallFailed, Stage


@dataclass(frozen=True)
class Deployed:
    """What there is of a stage: its function, the state of its stack (empty for none), its API.

    `answers` is true where all that a request passes through is there.
    """

    function: bool
    stack: str
    answers: bool

    def command(self) -> str:
        """Return which of Zappa's commands brings the stage further."""
        return "update" if self.answers else "deploy"

    def described(self, stage: Stage) -> str:
        """Return a sentence for who has to decide what to do next."""
        state = f" (its stack is {self.stack})" if self.stack else ""
        if self.answers:
            return f"the stage {stage.name} is deployed{state}"
        if self.function:
            return f"the function {stage.function} is there, but its API is not{state}"
        return f"there is no function {stage.function}{state}"


def look(stage: Stage, state_of: Callable[[Stage], str] = stack.at_rest) -> Deployed:
    """Return what stands of a stage, once CloudFormation is not at work at it.

    state_of  stack.state_now for what stands meanwhile

    Raises click.ClickException when a call fails or CloudFormation does not come to an end.
    """
    function = there_is(stage, "lambda", "get_function_configuration", FunctionName=stage.function)
    if not stage.cli.use_apigateway:
        return Deployed(function, "", function)
    state = state_of(stage)
    return Deployed(function, state, function and state in stack.IN_USE and has_stage(stage))


def faults(stage: Stage, found: Deployed) -> list[str]:
    """Return why Zappa's command is not the one that the stage needs, nothing when it is."""
    needed = found.command()
    if stage.cli.command == needed:
        return []
    return [f"{found.described(stage)}: make {needed} STAGE={stage.name}"]


def has_stage(stage: Stage) -> bool:
    """Return whether the API has its stage; that of an HTTP API is a part of the stack."""
    if stage.other_front:
        return True
    try:
        api = stage.api_id
    except CallFailed as failure:
        if failure.code != "NotFoundException":
            raise
        return False
    return there_is(stage, "apigateway", "get_stage", restApiId=api, stageName=stage.name)


def there_is(stage: Stage, service: str, operation: str, **parameters: str) -> bool:
    try:
        stage.call(service, operation, **parameters)
    except CallFailed as failure:
        if failure.code not in ("ResourceNotFoundException", "NotFoundException"):
            raise
        return False
    return True
