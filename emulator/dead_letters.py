"""Asynchronous calls of a function: tried three times, then its dead letter target gets the event.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LambdaFunction

from emulator.deployed_function import DeployedFunction

TRIES = 3  # Lambda waits minutes between them


def install() -> None:
    """Let moto keep a function's DeadLetterConfig, in this process."""
    make, change = LambdaFunction.__init__, LambdaFunction.update_configuration
    tell = LambdaFunction.get_configuration

    def made(
        function: LambdaFunction, account_id: str, spec: Any, *more: Any, **named: Any
    ) -> None:
        make(function, account_id, spec, *more, **named)
        keep(function, spec)

    def changed(function: LambdaFunction, updates: dict[str, Any]) -> dict[str, Any]:
        keep(function, updates)
        return change(function, updates)

    def told(function: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        kept = vars(function).get("dead_letters")
        return tell(function, on_create) | ({"DeadLetterConfig": kept} if kept else {})

    LambdaFunction.__init__ = made  # type: ignore[method-assign, assignment] # moto forgets it
    LambdaFunction.update_configuration = changed  # type: ignore[method-assign, assignment] # likewise
    LambdaFunction.get_configuration = told  # type: ignore[method-assign, assignment] # likewise


def keep(function: LambdaFunction, spec: Mapping[str, Any]) -> None:
    if "DeadLetterConfig" in spec:
        found = spec["DeadLetterConfig"]
        vars(function)["dead_letters"] = found if found.get("TargetArn") else None


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
