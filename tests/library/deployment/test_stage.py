from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import NoCredentialsError
from zappa_xray.deployment.stage import CallFailed, Stage

from tests.library.deployment.conftest import AWS, stage

UPDATE = {"restApiId": "abc123", "stageName": "dev", "patchOperations": []}


class Body:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: Any) -> list[bytes]:
        return [self.content]


def answering(answers: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Return a stage whose API Gateway gives these answers, status and code, one after the other."""
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda seconds: None))
    found = stage()

    def send(request: Any, **_: Any) -> AWSResponse:
        status, code = answers.pop(0)
        headers = {"x-amzn-errortype": code} if code else {}
        return AWSResponse(request.url, status, headers, Body(b"{}"))

    found.client("apigateway").meta.events.register("before-send", send)
    return found


@pytest.mark.parametrize(
    "refusal", [(429, "TooManyRequestsException"), (409, "ConflictException"), (500, "")]
)
def test_a_throttled_or_conflicting_call_is_tried_again(
    refusal: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [*[refusal] * 5, (200, "")]
    answering(answers, monkeypatch).call("apigateway", "update_stage", **UPDATE)
    assert answers == []


def test_what_goes_on_conflicting_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(409, "ConflictException")] * 20
    with pytest.raises(CallFailed, match="ConflictException"):
        answering(answers, monkeypatch).call("apigateway", "update_stage", **UPDATE)
    assert len(answers) == 14


def test_what_cannot_succeed_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(400, "BadRequestException"), (200, "")]
    with pytest.raises(CallFailed, match="BadRequestException"):
        answering(answers, monkeypatch).call("apigateway", "update_stage", **UPDATE)
    assert answers == [(200, "")]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "action"),
    [
        ("apigateway", "update_stage", UPDATE, "apigateway:PATCH"),
        ("xray", "delete_sampling_rule", {"RuleName": "notes-dev"}, "xray:DeleteSamplingRule"),
        (
            "lambda",
            "get_function_configuration",
            {"FunctionName": "n"},
            "lambda:GetFunctionConfiguration",
        ),
    ],
)
def test_trap_14_a_missing_permission_is_named_with_its_line_in_the_policy(
    aws: AWS, service: str, operation: str, parameters: dict[str, Any], action: str
) -> None:
    found = aws.stage()
    aws.refuses(service, operation, "AccessDeniedException")
    with pytest.raises(CallFailed) as failure:
        found.call(service, operation, **parameters)
    message = str(failure.value)
    assert message.startswith(
        f"the permission {action} is missing: iam/deploy-policy.json allows it in line "
    )
    line = int(message.partition(" in line ")[2].partition(",")[0])
    with open("iam/deploy-policy.json") as policy:
        assert action in policy.readlines()[line - 1]


def test_a_permission_that_the_policy_lacks_is_to_be_added(aws: AWS) -> None:
    found = aws.stage()
    aws.refuses("sts", "get_session_token", "AccessDenied")
    with pytest.raises(
        CallFailed, match="sts:GetSessionToken is missing: add it to iam/deploy-policy"
    ):
        found.call("sts", "get_session_token")


def test_a_stage_that_is_not_deployed_says_how_to_deploy_it(aws: AWS) -> None:
    found = aws.stage()
    aws.refuses("cloudformation", "describe_stack_resource", "ValidationError")
    with pytest.raises(CallFailed, match=r"notes-dev has no REST API .* make deploy STAGE=dev"):
        _ = found.api_id


@pytest.mark.parametrize(
    ("settings", "front"),
    [
        ({}, None),
        ({"apigateway_version": "v2"}, "an HTTP API"),
        ({"alb_enabled": True}, "a load balancer"),
        ({"apigateway_enabled": False, "function_url_enabled": True}, "a function URL"),
        ({"apigateway_enabled": False}, "a function without API Gateway"),
    ],
)
def test_only_a_rest_api_is_traced_by_itself(settings: dict[str, Any], front: str | None) -> None:
    assert stage(**settings).other_front == front


def test_stages_load_as_zappa_loads_them() -> None:
    found = Stage.load("production")
    assert found.name == "production"
    assert found.function.endswith("-production")
    assert found.settings["xray_tracing"] is True
    assert found.client("xray").meta.region_name == found.region


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (403, "ExpiredTokenException", "sign in again"),
        (403, "UnrecognizedClientException", "AWS does not know these keys"),
        (403, "InvalidSignatureException", "this machine's clock is wrong"),
    ],
)
def test_credentials_that_aws_does_not_take_are_said_with_what_to_do(
    status: int, code: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CallFailed, match=says) as refused:
        answering([(status, code)], monkeypatch).call("apigateway", "update_stage", **UPDATE)
    assert refused.value.code == code


def test_without_credentials_it_is_said_where_they_are_put(monkeypatch: pytest.MonkeyPatch) -> None:
    without = stage()
    monkeypatch.setattr(
        without.client("apigateway"), "update_stage", lambda **_: nobody(), raising=False
    )
    with pytest.raises(CallFailed, match="put credentials of AWS into your environment"):
        without.call("apigateway", "update_stage", **UPDATE)


def nobody() -> None:
    raise NoCredentialsError
