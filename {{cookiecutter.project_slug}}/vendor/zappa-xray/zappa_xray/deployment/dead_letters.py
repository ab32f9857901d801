"""Where Lambda puts the event of an asynchronous call that failed, as `dead_letter_arn` wants it.

Nobody waits for the answer of a schedule or a task: after two more tries its event is gone
(https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html). Zappa gives the
setting to CreateFunction and to no update.
"""

from zappa_xray.deployment.dead_letter_target import how_to_allow
from zappa_xray.deployment.stage import CallFailed, Stage
from zappa_xray.deployment.touch import wait_for_the_function


def apply(stage: Stage) -> str:
    """Give the function its dead letter target, or take it away; return what was done.

    Without the setting nothing is changed, an empty one takes it away. Raises CallFailed.
    """
    wanted = stage.settings.get("dead_letter_arn")
    if wanted is None:
        return "Failed asynchronous calls were left alone: there is no dead_letter_arn."
    where = f"go to {wanted}" if wanted else "go nowhere"
    if target(stage) == wanted:
        return f"Failed asynchronous calls {where} already."
    wait_for_the_function(stage)
    try:
        stage.call(
            "lambda",
            "update_function_configuration",
            FunctionName=stage.function,
            DeadLetterConfig={"TargetArn": wanted},
        )
    except CallFailed as failure:
        if "execution role" not in failure.message:
            raise
        raise CallFailed(f"{failure.message}\n  {how_to_allow(wanted)}", failure.code) from failure
    return f"Failed asynchronous calls {where} now."


def target(stage: Stage) -> str:
    """Return the ARN that the deployed function has, or an empty text. Raises CallFailed."""
    function = stage.call("lambda", "get_function_configuration", FunctionName=stage.function)
    found: str = function.get("DeadLetterConfig", {}).get("TargetArn", "")
    return found
