"""A stage of zappa_settings.json, and the calls to AWS that reach it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import click
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from zappa_xray.deployment.keys.faults import ill_typed, policies
from zappa_xray.deployment.policies import action_of, where
from zappa_xray.deployment.sign_in import advised
from zappa_xray.stages import stages

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
RETRIES = Config(retries={"mode": "standard", "max_attempts": 6})
CONFLICTS = 6  # tries, as many as the others get


class CallFailed(click.ClickException):
    """A call to AWS failed. `code` is AWS's word for why, such as NotFoundException."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Stage:
    """One stage; `cli` is Zappa's ZappaCLI with its settings loaded."""

    cli: Any
    clients: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, name: str) -> "Stage":
        """Return the stage `name` of the zappa_settings.json in this folder.

        Makes no call to AWS. Raises click.ClickException when there is no such stage.
        """
        from zappa.cli import ZappaCLI  # takes most of a second, which runserver need not wait for

        expect_readable(name)
        cli = ZappaCLI()
        cli.api_stage, cli.load_credentials = name, False
        cli.load_settings()
        try:
            cli.zappa.boto_session = boto3.Session(
                profile_name=cli.profile_name, region_name=cli.aws_region
            )
        except BotoCoreError as error:
            raise CallFailed(str(error)) from error
        return cls(cli)

    @property
    def name(self) -> str:
        name: str = self.cli.api_stage
        return name

    @property
    def function(self) -> str:
        """The name of the Lambda function, of its REST API and of its stack."""
        function: str = self.cli.lambda_name
        return function

    @property
    def region(self) -> str:
        region: str = self.cli.zappa.boto_session.region_name
        return region

    @property
    def settings(self) -> dict[str, Any]:
        """The stage's part of zappa_settings.json with what it extends."""
        settings: dict[str, Any] = self.cli.stage_config
        return settings

    @property
    def xray_name(self) -> str:
        """The stage's name in X-Ray, whose type is AWS::ApiGateway::Stage."""
        return f"{self.function}/{self.name}"

    @property
    def other_front(self) -> str | None:
        """What receives the requests when it is no REST API, the only kind that X-Ray traces.

        https://docs.aws.amazon.com/xray/latest/devguide/xray-services-apigateway.html
        """
        if self.cli.use_alb:
            return "a load balancer"
        if not self.cli.use_apigateway:
            return (
                "a function URL" if self.cli.use_function_url else "a function without API Gateway"
            )
        return "an HTTP API" if self.cli.apigateway_version == "v2" else None

    @cached_property
    def api_id(self) -> str:
        """The id of the deployed REST API. Raises CallFailed when there is none."""
        try:
            found = self.call(
                "cloudformation",
                "describe_stack_resource",
                StackName=self.function,
                LogicalResourceId="Api",
            )
        except CallFailed as failure:
            if failure.code != "ValidationError":
                raise
            raise CallFailed(
                f"{self.function} has no REST API in {self.region}: make deploy STAGE={self.name}",
                "NotFoundException",
            ) from failure
        api_id: str = found["StackResourceDetail"]["PhysicalResourceId"]
        return api_id

    @cached_property
    def _caller(self) -> tuple[str, str]:
        """The partition and the id of the account. Raises CallFailed."""
        _, partition, _, _, account, _ = self.call("sts", "get_caller_identity")["Arn"].split(
            ":", 5
        )
        return partition, account

    def arn(self, service: str, name: str) -> str:
        """Return the ARN of something of this account and region. Raises CallFailed."""
        partition, account = self._caller
        return f"arn:{partition}:{service}:{self.region}:{account}:{name}"

    def client(self, service: str) -> Any:
        """Return a client of the stage's region that tries throttled and conflicting calls again."""
        if service not in self.clients:
            client = self.cli.zappa.boto_client(service, config=RETRIES)
            client.meta.events.register("needs-retry", wait_out_a_conflict)
            self.clients[service] = client
        return self.clients[service]

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call AWS, such as `call("lambda", "get_function_configuration", FunctionName=...)`.

        Raises CallFailed; when a permission is missing it names the IAM action and its place in iam/.
        """
        try:
            client = self.client(service)
        except BotoCoreError as error:
            raise CallFailed(f"{service}: {advised(error)}", type(error).__name__) from error
        return called(client, operation, **parameters)

    def pages(self, service: str, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Make the same call again and again until AWS has no further page. Raises CallFailed."""
        page = self.call(service, operation, **parameters)
        yield page
        while token := page.get("NextToken"):
            page = self.call(service, operation, **parameters, NextToken=token)
            yield page


def expect_readable(name: str) -> None:
    """Raise click.ClickException with what Zappa could not read of a stage in this folder."""
    path = Path("zappa_settings.json")
    if not path.exists():  # Zappa takes YAML, TOML and Python as well
        return
    try:
        settings = stages(path).get(name, {})
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if faults := [*(fault for _key, fault in ill_typed(settings)), *policies(settings)]:
        raise click.ClickException(f"zappa_settings.json, stage {name}: {'; '.join(faults)}")


def called(client: Any, operation: str, **parameters: Any) -> dict[str, Any]:
    """Make a call of a client of one's own. Raises CallFailed as `Stage.call` does."""
    try:
        answer: dict[str, Any] = getattr(client, operation)(**parameters)
    except ClientError as error:
        raise failure(client, error) from error
    except BotoCoreError as error:
        service = client.meta.service_model.service_name
        raise CallFailed(f"{service}: {advised(error)}", type(error).__name__) from error
    return answer


def wait_out_a_conflict(
    attempts: int, response: tuple[Any, dict[str, Any]] | None = None, **_: Any
) -> float | None:
    """Return the seconds until a next try while another change of the same API is under way.

    botocore's standard retries know throttling and no ConflictException.
    """
    code = response[1].get("Error", {}).get("Code") if response else None
    return 0.5 * 2**attempts if code == "ConflictException" and attempts < CONFLICTS else None


def failure(client: Any, error: ClientError) -> CallFailed:
    code = error.response["Error"]["Code"]
    if code not in DENIED:
        return CallFailed(advised(error), code)
    action = action_of(client.meta.service_model.operation_model(error.operation_name))
    return CallFailed(f"the permission {action} is missing: {where(action)}", code)
