"""The access log of a stage, in the group and the format that its accessLogSettings name.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress

from emulator.aws import EmulatedAWS

VARIABLE = re.compile(r"\$context\.([a-zA-Z.]+[a-zA-Z])")
ABSENT = "-"


class AccessLog:
    """Writes a line for each request to the stage of the REST API `api` of an account."""

    def __init__(self, aws: EmulatedAWS, api: str, stage: str) -> None:
        self._aws, self._api, self._stage = aws, api, stage
        self._stream = secrets.token_hex(16)

    def write(self, context: Mapping[str, object]) -> None:
        """Write a request's line, nothing while the stage has no accessLogSettings.

        `context` holds what the gateway knows of the request, by the names of $context.
        """
        found = self._aws.client("apigateway").get_stage(
            restApiId=self._aws.rest_api_id(self._api), stageName=self._stage
        )
        if settings := found.get("accessLogSettings"):
            self._put(settings["destinationArn"], rendered(settings["format"], context))

    def _put(self, destination: str, line: str) -> None:
        client = self._aws.client("logs")
        place = {
            "logGroupName": destination.partition(":log-group:")[2].removesuffix(":*"),
            "logStreamName": self._stream,
        }
        with suppress(
            client.exceptions.ResourceNotFoundException
        ):  # a group that is gone is missed
            with suppress(client.exceptions.ResourceAlreadyExistsException):
                client.create_log_stream(**place)
            event = {"timestamp": int(time.time() * 1000), "message": line}
            client.put_log_events(**place, logEvents=[event])


def rendered(form: str, context: Mapping[str, object]) -> str:
    """Return the format with the values of its variables; what a request has not is a dash."""
    return VARIABLE.sub(lambda found: str(context.get(found[1], ABSENT)), form)
