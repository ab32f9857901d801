"""An asynchronous call that fails again and again ends where the function's dead letters go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from emulator.runtime.folder import python_version
from tests.emulator.deploying import deploy

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed_stage")]

HANDLER = """
    def lambda_handler(event, context):
        print("tried", event["number"])
        if event["number"] == 1:
            raise LookupError("nothing there")
"""


def test_its_event_is_put_into_the_queue_after_three_tries(aws: EmulatedAWS, python: Path) -> None:
    deployed = deploy(aws, HANDLER, runtime=f"python{python_version(python)}")
    queues, functions = aws.client("sqs"), aws.client("lambda")
    queue = queues.create_queue(QueueName=deployed.name)["QueueUrl"]
    asked = {"QueueUrl": queue, "AttributeNames": ["QueueArn"]}
    target_arn = queues.get_queue_attributes(**asked)["Attributes"]["QueueArn"]

    def told() -> str | None:
        found = functions.get_function_configuration(FunctionName=deployed.name)
        arn: str | None = found.get("DeadLetterConfig", {}).get("TargetArn")
        return arn

    assert told() is None
    target = {"TargetArn": target_arn}
    functions.update_function_configuration(FunctionName=deployed.name, DeadLetterConfig=target)
    assert told() == target_arn
    with DeployedStage(aws, deployed.name) as stage:
        for number in (0, 1):
            event = json.dumps({"number": number})
            functions.invoke(FunctionName=deployed.name, InvocationType="Event", Payload=event)
        wanted = {"QueueUrl": queue, "MessageAttributeNames": ["All"], "WaitTimeSeconds": 20}
        [message] = queues.receive_message(**wanted)["Messages"]
        assert json.loads(message["Body"]) == {"number": 1}
        said = message["MessageAttributes"]["ErrorMessage"]["StringValue"]
        assert said == "LookupError: nothing there"
        assert (stage.log.count("tried 0"), stage.log.count("tried 1")) == (1, 3)
    functions.update_function_configuration(
        FunctionName=deployed.name, DeadLetterConfig={"TargetArn": ""}
    )
    assert told() is None
