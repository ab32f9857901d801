"""Invoke a deployed function, wait for its end and read how it ended."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import click
from botocore.config import Config

from zappa_xray.deployment.stage import Stage, called

CONNECTION_SECONDS = 10  # on top of the function's own time


class Failed(click.ClickException):
    """The function was invoked and failed. `log` is the end of what it printed."""

    def __init__(self, message: str, log: str) -> None:
        super().__init__(message)
        self.log = log


def invoke(stage: Stage, function: str, event: Mapping[str, Any], seconds: float) -> str:
    """Return the end of a function's log, 4 KB at most, once it has done what the event says.

    seconds  the function's own time-out

    Raises Failed with the exception's message or the time-out's, and CallFailed.
    """
    client = stage.cli.zappa.boto_client("lambda", config=once(seconds))
    answer = called(
        client,
        "invoke",
        FunctionName=function,
        InvocationType="RequestResponse",
        LogType="Tail",
        Payload=json.dumps(event),
    )
    log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
    if "FunctionError" in answer:
        raise Failed(json.loads(answer["Payload"].read())["errorMessage"], log)
    return log


def once(seconds: float) -> Config:
    """Return the configuration of a call that waits for the function and is never made twice."""
    return Config(
        read_timeout=seconds + CONNECTION_SECONDS,
        retries={"total_max_attempts": 1},
        # What lies between may end a connection on which nothing is said:
        # https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
        tcp_keepalive=True,
    )
