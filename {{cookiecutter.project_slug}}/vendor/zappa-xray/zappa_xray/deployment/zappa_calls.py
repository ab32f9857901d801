"""What Zappa's calls do to a function that is there, where its owner would not expect it."""

from typing import Any

from zappa_xray.deployment.stage import Stage


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
