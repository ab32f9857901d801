"""Put a function and its REST API into an emulated account, as a deploy leaves them there."""

from __future__ import annotations

import io
import secrets
import textwrap
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.aws import EmulatedAWS

ROLE = {"RoleName": "of-functions", "AssumeRolePolicyDocument": "{}"}


def zip_of(handler: str) -> bytes:
    """Return a package of one module, handler.py."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("handler.py", textwrap.dedent(handler))
    return file.getvalue()


@dataclass(frozen=True)
class Deployed:
    """A function and its API, both called `name`, with a stage dev; each test has its own."""

    aws: EmulatedAWS
    name: str

    def switch_tracing(self, on: bool) -> None:
        """Switch the stage's tracing on or off."""
        value = "true" if on else "false"
        self.aws.client("apigateway").update_stage(
            restApiId=self.aws.rest_api_id(self.name),
            stageName="dev",
            patchOperations=[{"op": "replace", "path": "/tracingEnabled", "value": value}],
        )

    def sample(self, **rule: Any) -> str:
        """Make a sampling rule of the stage and return its name."""
        everything = dict.fromkeys(("Host", "HTTPMethod", "URLPath", "ResourceARN"), "*")
        stage = {"ServiceName": f"{self.name}/dev", "ServiceType": "AWS::ApiGateway::Stage"}
        share = {"Priority": 100, "ReservoirSize": 0, "FixedRate": 1.0, "Version": 1}
        own = {"RuleName": f"of-{self.name}-{secrets.token_hex(3)}"}
        whole = everything | stage | share | own | rule
        self.aws.client("xray").create_sampling_rule(SamplingRule=whole)
        return str(whole["RuleName"])


def deploy(
    aws: EmulatedAWS,
    handler: str,
    *,
    runtime: str,
    tracing: str = "Active",
    timeout: int = 30,
    environment: Mapping[str, str] | None = None,
    name: str = "",
    entry: str = "handler.lambda_handler",
) -> Deployed:
    """Create a function of the text of its handler, and an API with an untraced stage dev.

    `entry` is what Lambda calls; without a `name` they have a new one.
    """
    name = name or f"notes-{secrets.token_hex(4)}-dev"
    aws.client("lambda").create_function(
        FunctionName=name,
        Runtime=runtime,
        Role=role(aws),
        Handler=entry,
        Code={"ZipFile": zip_of(handler)},
        Environment={"Variables": dict(environment or {})},
        TracingConfig={"Mode": tracing},
        Timeout=timeout,
    )
    gateway = aws.client("apigateway")
    api = gateway.create_rest_api(name=name)["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(**method, type="MOCK")
    gateway.create_deployment(restApiId=api, stageName="dev")
    return Deployed(aws, name)


def role(aws: EmulatedAWS) -> str:
    client = aws.client("iam")
    try:
        return str(client.get_role(RoleName=ROLE["RoleName"])["Role"]["Arn"])
    except client.exceptions.NoSuchEntityException:
        return str(client.create_role(**ROLE)["Role"]["Arn"])
