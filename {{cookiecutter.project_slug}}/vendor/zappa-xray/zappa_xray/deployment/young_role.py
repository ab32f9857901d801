"""A role that was made a moment ago: Lambda does not know it yet, and Zappa does not ask again.

IAM's changes take some seconds to arrive everywhere:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
"""

from typing import Any

import click

from zappa_xray.deployment.stage import Stage

# Lambda's words: https://github.com/zappa/Zappa/issues/1361
NOT_YET = (
    "cannot be assumed by Lambda",
    "execution role does not have permissions",
)
SECONDS = (2.0, 4.0, 8.0, 8.0, 8.0, 10.0, 10.0, 10.0)  # one minute in all


def wait_for_the_role(stage: Stage) -> None:
    """Have Zappa's calls that hand over the role tried again until Lambda knows it, for a minute."""

    def seconds(
        attempts: int, response: tuple[Any, dict[str, Any]] | None = None, **_: Any
    ) -> float | None:
        message = response[1].get("Error", {}).get("Message", "") if response else ""
        if attempts > len(SECONDS) or not any(words in message for words in NOT_YET):
            return None
        click.echo(f"Lambda does not know the role yet, waiting {SECONDS[attempts - 1]:g} s")
        return SECONDS[attempts - 1]

    events = stage.cli.zappa.lambda_client.meta.events
    for operation in ("CreateFunction", "UpdateFunctionConfiguration"):
        events.register(f"needs-retry.lambda.{operation}", seconds)
