"""A stage whose first deploy died after it had made the function: Zappa's deploy goes on from there.

By itself Zappa says "already deployed", and its update asks for an API that is not there.
"""

from contextlib import suppress
from typing import Any

import click
from botocore.exceptions import ClientError, WaiterError

from zappa_xray.deployment.stage import Stage

# What CreateFunction takes and UpdateFunctionConfiguration does not, by Zappa's names.
OF_THE_CODE = ("bucket", "s3_key", "local_zip", "concurrency")
ONLY_AT_FIRST = ("use_alb", "dead_letter_config")


def go_on(stage: Stage) -> None:
    """Have Zappa's deploy give the function that is there its code and settings, and make the rest."""
    click.echo(
        f"An earlier deploy made {stage.function} and did not come to its end: this one goes on"
    )
    zappa = stage.cli.zappa
    find_function = zappa.get_lambda_function

    def update_in_place(*, function_name: str, **asked: Any) -> str:
        """Take and return what Zappa.create_lambda_function does."""
        zappa.get_lambda_function = find_function
        with suppress(WaiterError):  # what is in the state Failed can be updated
            zappa.wait_until_lambda_function_is_active(function_name)
        code = {key: asked.pop(key) for key in OF_THE_CODE if key in asked}
        settings = {key: value for key, value in asked.items() if key not in ONLY_AT_FIRST}
        arn: str = zappa.update_lambda_function(function_name=function_name, **code)
        zappa.update_lambda_configuration(lambda_arn=arn, function_name=function_name, **settings)
        zappa.wait_until_lambda_function_is_updated(function_name)
        return arn

    def not_found(function_name: str) -> str:
        error = {"Error": {"Code": "ResourceNotFoundException", "Message": "It is half-made."}}
        raise ClientError(error, "GetFunction")

    zappa.get_lambda_function_versions = lambda _name: []
    zappa.get_lambda_function = not_found
    zappa.create_lambda_function = update_in_place
