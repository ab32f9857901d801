"""`stage_migrate`: a function of its own, with which variables, and what is left of it."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import click
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody
from django.core.management import CommandError, call_command
from zappa_xray.deployment.migration import migrate
from zappa_xray.deployment.stage import Stage

from tests.library.deployment.conftest import AWS

NAME = "notes-dev-migrate"
DEPLOYED = {
    "FunctionName": "notes-dev",
    "Role": "arn:aws:iam::123456789012:role/notes",
    "Timeout": 35,
    "Architectures": ["x86_64"],  # the release goes to another
    "Environment": {"Variables": {"DATABASE_URL": "postgresql://db/notes", "COLOUR": "blue"}},
    "TracingConfig": {"Mode": "Active"},
    "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"},
}
ACTIVE = {"Configuration": {"State": "Active"}}
PLACE = {"Bucket": "packages", "Key": f"{NAME}.zip"}


def answered(body: Any, log: str = "", **more: str) -> dict[str, Any]:
    text = json.dumps(body).encode()
    tail = base64.b64encode(log.encode()).decode()
    return {"Payload": StreamingBody(io.BytesIO(text), len(text)), "LogResult": tail, **more}


@pytest.fixture
def package(project: Path) -> Path:
    (project / "notes.zip").write_bytes(b"PK")
    return project / "notes.zip"


@pytest.fixture
def stage(aws: AWS, package: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setenv("FLAVOUR", "new")
    found = aws.stage(
        s3_bucket="packages", environment_from_deployer=["FLAVOUR"], architecture="arm64"
    )
    monkeypatch.setattr(Stage, "load", lambda name: found)
    return found


def created(aws: AWS, stage: Stage) -> list[dict[str, Any]]:
    """Expect all until the function is there; return the parameters of its creation, once made."""
    calls: list[dict[str, Any]] = []
    aws.answers("lambda", "get_function_configuration", DEPLOYED, FunctionName="notes-dev")
    aws.answers("s3", "put_object", {})
    aws.answers("lambda", "create_function", {})
    client = aws.stubber("lambda").client
    client.meta.events.register_first(
        "provide-client-params.lambda.CreateFunction", lambda params, **_: calls.append(params)
    )
    aws.answers("lambda", "get_function", ACTIVE, FunctionName=NAME)
    return calls


def taken_away(aws: AWS) -> None:
    aws.answers("lambda", "delete_function", {}, FunctionName=NAME)
    aws.answers("s3", "delete_object", {}, **PLACE)


def test_it_runs_beside_the_stage_s_own_function_with_all_of_lambda_s_time(
    aws: AWS, stage: Stage, package: Path
) -> None:
    calls = created(aws, stage)
    aws.answers("lambda", "invoke", answered({}, "Applying notes.0002... OK"))
    taken_away(aws)
    output = io.StringIO()
    call_command("stage_migrate", "dev", str(package), stdout=output)
    assert output.getvalue() == "Applying notes.0002... OK\n"
    [asked] = calls
    assert asked["FunctionName"] == NAME
    assert asked["Timeout"] == 900
    assert asked["Role"] == DEPLOYED["Role"]
    assert asked["Architectures"] == ["arm64"]
    assert asked["Code"] == {"S3Bucket": "packages", "S3Key": f"{NAME}.zip"}
    assert asked["VpcConfig"] == {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    assert asked["Environment"]["Variables"] == {
        "DATABASE_URL": "postgresql://db/notes",
        "COLOUR": "blue",
        "FLAVOUR": "new",
    }
    assert asked["LoggingConfig"] == {"LogGroup": "/aws/lambda/notes-dev"}


@pytest.mark.parametrize(
    "message", ["OperationalError: no such column", "Task timed out after 900.00 seconds"]
)
def test_a_migration_that_fails_is_told_with_its_log_and_leaves_no_function(
    aws: AWS, stage: Stage, package: Path, message: str
) -> None:
    created(aws, stage)
    error = {"errorMessage": message}
    aws.answers("lambda", "invoke", answered(error, "Applying...", FunctionError="Unhandled"))
    taken_away(aws)
    output = io.StringIO()
    with pytest.raises(CommandError, match=f"migrate --noinput failed: {message}"):
        call_command("stage_migrate", "dev", str(package), stdout=output)
    assert output.getvalue() == "Applying...\n"


def test_a_lost_connection_leaves_the_function_to_end_and_says_how_to_go_on(
    aws: AWS, stage: Stage, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    created(aws, stage)
    aws.answers("s3", "delete_object", {}, **PLACE)

    def unanswered(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://lambda")

    monkeypatch.setattr(aws.stubber("lambda").client, "invoke", unanswered)
    with pytest.raises(click.ClickException, match="was lost while it ran; it goes on") as failed:
        migrate(stage, package, "migrate", again=False)
    assert 'make migrate STAGE=dev ARGS="--again"' in failed.value.message


def test_two_migrations_at_a_time_are_refused(aws: AWS, stage: Stage, package: Path) -> None:
    aws.answers("lambda", "get_function_configuration", DEPLOYED)
    aws.answers("s3", "put_object", {})
    aws.refuses("lambda", "create_function", "ResourceConflictException")
    aws.answers("s3", "delete_object", {}, **PLACE)
    with pytest.raises(click.ClickException, match="another migration is under way"):
        migrate(stage, package, "migrate", again=False)


def test_what_a_lost_one_left_is_taken_away_first(aws: AWS, stage: Stage, package: Path) -> None:
    aws.answers("lambda", "get_function_configuration", DEPLOYED)
    aws.refuses("lambda", "delete_function", "ResourceNotFoundException")
    aws.answers("s3", "put_object", {})
    aws.refuses("lambda", "create_function", "AccessDeniedException")
    aws.answers("s3", "delete_object", {}, **PLACE)
    with pytest.raises(click.ClickException, match="lambda:CreateFunction is missing"):
        migrate(stage, package, "migrate", again=True)


def test_a_stage_that_is_not_deployed_and_a_package_that_is_not_built_are_said(
    aws: AWS, stage: Stage, package: Path
) -> None:
    aws.refuses("lambda", "get_function_configuration", "ResourceNotFoundException")
    with pytest.raises(CommandError, match="make deploy STAGE=dev"):
        call_command("stage_migrate", "dev", str(package))
    with pytest.raises(CommandError, match="make package STAGE=dev"):
        call_command("stage_migrate", "dev", "dist/notes.zip")
