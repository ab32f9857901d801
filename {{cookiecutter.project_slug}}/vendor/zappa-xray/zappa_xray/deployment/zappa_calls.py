"""What Zappa's calls do to a function that is there, where its owner would not expect it."""

from typing import Any

import click

from zappa_xray.deployment.stage import Stage
from zappa_xray.deployment.touch import wait_for_the_function


def keep_concurrency(stage: Stage) -> None:
    """Have an update leave alone a reserved concurrency that zappa_settings.json says nothing of.

    Zappa's deletes it. With `lambda_concurrency` in the settings Zappa sets it, with null it goes.
    """
    if "lambda_concurrency" not in stage.settings:
        stage.cli.zappa.lambda_client.delete_function_concurrency = lambda **_: {}


def pass_architecture(stage: Stage, architecture: str) -> None:
    """Have new code bring its `architecture` along: Zappa names it when it makes a function, and then
    no more."""

    def name_it(params: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**params, "Architectures": [architecture]}

    events = stage.cli.zappa.lambda_client.meta.events
    events.register("provide-client-params.lambda.UpdateFunctionCode", name_it)


def bring_runtime_before_code(stage: Stage) -> None:
    """Have an update change the runtime first: the version that comes with the code then tells for
    which Python it is, and a rollback to it brings that back."""
    zappa = stage.cli.zappa
    update = zappa.update_lambda_function

    def update_lambda_function(*arguments: Any, **options: Any) -> Any:
        set_runtime(stage, stage.cli.runtime)
        return update(*arguments, **options)

    zappa.update_lambda_function = update_lambda_function


def set_runtime(stage: Stage, runtime: str) -> None:
    """Give the function a runtime such as python3.13. Raises click.ClickException."""
    now = stage.call("lambda", "get_function_configuration", FunctionName=stage.function)
    if now.get("Runtime") in (runtime, None):
        return
    click.echo(
        f"The runtime goes from {now['Runtime']} to {runtime}, and the code follows: requests in between"
        " may fail"
    )
    asked = {"FunctionName": stage.function, "Runtime": runtime}
    stage.call("lambda", "update_function_configuration", **asked)
    wait_for_the_function(stage)
