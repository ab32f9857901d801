"""Asynchronous calls of a function: tried three times, then its dead letter target gets the event.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LambdaFunction

from emulator.deployed_function import DeployedFunction
from emulator.kept import keep

TRIES = 3  # Lambda waits minutes between them


def install() -> None:
    """Let moto keep a function's DeadLetterConfig, in this process."""
    keep("DeadLetterConfig", told)


def told(_function: LambdaFunction, asked: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"DeadLetterConfig": asked} if asked and asked.get("TargetArn") else {}


def run(function: DeployedFunction, event: Any, trace_header: str) -> None:
    """Call a function as EventBridge does; nobody waits for the answer."""
    for _ in range(TRIES):
        outcome = function.run(event, trace_header)
        if outcome.failure is None:
            return
    client = function.aws.client("lambda")
    configuration = client.get_function_configuration(FunctionName=function.name)
    target = configuration.get("DeadLetterConfig", {}).get("TargetArn", "")
    message = str(outcome.failure).splitlines()[0]
    attributes = {"RequestID": outcome.request_id, "ErrorCode": "200", "ErrorMessage": message}
    described = {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }
    if ":sqs:" in target:
        queues = function.aws.client("sqs")
        address = queues.get_queue_url(QueueName=target.rpartition(":")[2])["QueueUrl"]
        queues.send_message(
            QueueUrl=address, MessageBody=json.dumps(event), MessageAttributes=described
        )
    elif target:
        function.aws.client("sns").publish(
            TopicArn=target, Message=json.dumps(event), MessageAttributes=described
        )
