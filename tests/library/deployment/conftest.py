"""A stage whose AWS is botocore's Stubber: each call is expected in advance, none leaves the process."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from zappa.core import Zappa
from zappa_xray.deployment.stage import RETRIES, Stage

RULE = {"priority": 100, "reservoir_size": 10, "fixed_rate": 1.0}


SESSION = boto3.Session(
    region_name="eu-central-1", aws_access_key_id="stub", aws_secret_access_key="stub"
)


def stage(name: str = "dev", function: str = "notes-dev", **settings: Any) -> Stage:
    """Return a stage as Zappa would have loaded it; `settings` are its part of zappa_settings.json."""
    settings = {"s3_bucket": "packages", "xray_sampling_rule": RULE, **settings}
    zappa = SimpleNamespace(
        boto_session=SESSION,
        aws_region=settings.get("aws_region", SESSION.region_name),
        boto_client=SESSION.client,
        create_lambda_zip=str,
        get_scheduled_event_name=partial(Zappa.get_scheduled_event_name, Zappa),
    )
    cli = SimpleNamespace(
        command=settings.pop("command", "deploy"),
        api_stage=name,
        lambda_name=function,
        stage_config=settings,
        zappa=zappa,
        use_alb=settings.get("alb_enabled", False),
        use_apigateway=settings.get("apigateway_enabled", True),
        use_function_url=settings.get("function_url_enabled", False),
        apigateway_version=settings.get("apigateway_version", "v1"),
        xray_tracing=settings.get("xray_tracing", True),
        domain=settings.get("domain"),
        base_path=settings.get("base_path"),
        architecture=settings.get("architecture", "x86_64"),
        runtime=settings.get("runtime", "python3.13"),
        snap_start=settings.get("snap_start", "None"),
        apigateway_lambda_qualifier="snapstart" if settings.get("snap_start") else None,
        timeout_seconds=35,
        memory_size=1024,
        lambda_handler="handler.lambda_handler",
        aws_environment_variables=settings.get("aws_environment_variables", {}),
    )
    return Stage(cli)


@cache
def client(service: str) -> Any:
    return SESSION.client(service, config=RETRIES)


class AWS:
    """What AWS will be asked, in this order for each service, and what it answers."""

    def __init__(self) -> None:
        self.stubbers: dict[str, Stubber] = {}

    def stage(self, name: str = "dev", function: str = "notes-dev", **settings: Any) -> Stage:
        """Return a stage that calls this AWS and no other."""
        found = stage(name, function, **settings)
        found.cli.zappa.boto_client = lambda service, config: self.stubber(service).client
        return found

    def stubber(self, service: str) -> Stubber:
        if service not in self.stubbers:
            self.stubbers[service] = Stubber(client(service))
            self.stubbers[service].activate()
        return self.stubbers[service]

    def answers(self, service: str, operation: str, answer: dict[str, Any], **asked: Any) -> None:
        """Expect a call; with `asked` its parameters as well."""
        self.stubber(service).add_response(operation, answer, asked or None)

    def refuses(self, service: str, operation: str, code: str, message: str = "No.") -> None:
        self.stubber(service).add_client_error(operation, code, message)

    def has_an_api(self) -> None:
        resource = {
            "LogicalResourceId": "Api",
            "PhysicalResourceId": "abc123",
            "ResourceType": "AWS::ApiGateway::RestApi",
            "LastUpdatedTimestamp": 0,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        self.answers("cloudformation", "describe_stack_resource", {"StackResourceDetail": resource})

    def traces_the_stage(self, traced: bool) -> None:
        self.answers("apigateway", "get_stage", {"tracingEnabled": traced})

    def has_no_alarms(self) -> None:
        self.answers("cloudwatch", "describe_alarms", {"MetricAlarms": []})

    def has_rules(self, *rules: dict[str, Any]) -> None:
        records = [{"SamplingRule": rule} for rule in rules]
        self.answers("xray", "get_sampling_rules", {"SamplingRuleRecords": records})


@pytest.fixture
def aws() -> Iterator[AWS]:
    """AWS; at the end all that was expected of it must have been asked."""
    account = AWS()
    yield account
    for stubber in account.stubbers.values():
        stubber.deactivate()
        stubber.assert_no_pending_responses()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that Zappa works in, with nothing but a pyproject.toml."""
    (tmp_path / "pyproject.toml").write_text('[dependency-groups]\ndev = ["pytest>=9", "ruff"]\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(root: Path, files: Mapping[str, str] | Iterable[str]) -> None:
    """Write files by their paths, empty ones where only the paths are given."""
    for path in files:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(files[path] if isinstance(files, Mapping) else "")
