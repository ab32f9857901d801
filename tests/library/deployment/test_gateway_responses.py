"""Whose scripts may read what API Gateway answers by itself."""

from pathlib import Path
from typing import Any

import pytest
from zappa_xray.deployment import gateway_responses
from zappa_xray.deployment.doctor.browsers import can_read_the_gateways_answers
from zappa_xray.deployment.doctor.link import examined
from zappa_xray.deployment.gateway_responses import TEMPLATES
from zappa_xray.deployment.origins import origin_faults
from zappa_xray.deployment.stage import CallFailed, Stage

from tests.library.deployment.conftest import AWS, write

ORIGIN = "https://app.example.org"
HEADER = "gatewayresponse.header."
OURS = {f"{HEADER}Access-Control-Allow-Origin": f"'{ORIGIN}'"}
OF_THE_OWNER = {f"{HEADER}X-Own": "'1'"}
KINDS = ("DEFAULT_4XX", "DEFAULT_5XX")
SETTINGS = """import os
CORS_ALLOWED_ORIGINS = list(filter(None, os.environ.get("ORIGINS", "").split(",")))
"""


@pytest.fixture
def stage(aws: AWS, project: Path) -> Stage:
    write(project, {"service_settings.py": SETTINGS})
    return aws.stage(django_settings="service_settings")


def has_origins(aws: AWS, origins: str) -> None:
    variables = {"Variables": {"ORIGINS": origins}}
    aws.answers("lambda", "get_function_configuration", {"Environment": variables})


def has_responses(aws: AWS, **by_kind: dict[str, Any]) -> None:
    items = [{"responseType": kind, **response} for kind, response in by_kind.items()]
    aws.has_an_api()
    aws.answers("apigateway", "get_gateway_responses", {"items": items})


def puts(aws: AWS, kind: str, **response: Any) -> None:
    api = {"restApiId": "abc123", "responseType": kind}
    aws.answers("apigateway", "put_gateway_response", {}, **api, **response)


def deletes(aws: AWS, kind: str) -> None:
    aws.answers("apigateway", "delete_gateway_response", {}, restApiId="abc123", responseType=kind)


def deploys(aws: AWS) -> None:
    aws.answers("apigateway", "create_deployment", {}, restApiId="abc123", stageName="dev")


def test_the_one_origin_is_named_and_deployed(aws: AWS, stage: Stage) -> None:
    has_origins(aws, ORIGIN)
    default = {"defaultResponse": True, "responseParameters": {}, "responseTemplates": TEMPLATES}
    has_responses(aws, DEFAULT_4XX=default, DEFAULT_5XX=default)
    for kind in KINDS:
        puts(aws, kind, responseTemplates=TEMPLATES, responseParameters=OURS)
    deploys(aws)
    said = gateway_responses.apply(stage)
    assert said == f"What API Gateway answers by itself can be read by scripts of {ORIGIN} now."


def test_what_is_as_wanted_is_not_deployed_again(aws: AWS, stage: Stage) -> None:
    has_origins(aws, ORIGIN)
    has_responses(aws, **{key: {"responseParameters": OURS} for key in KINDS})
    assert gateway_responses.apply(stage).endswith(f"scripts of {ORIGIN} already.")


def test_several_origins_are_any(aws: AWS, stage: Stage) -> None:
    has_origins(aws, f"{ORIGIN},https://other.example.org")
    has_responses(aws, DEFAULT_4XX={"responseParameters": OURS})
    for kind in KINDS:
        puts(aws, kind, responseParameters={f"{HEADER}Access-Control-Allow-Origin": "'*'"})
    deploys(aws)
    assert gateway_responses.apply(stage).endswith("scripts of any origin now.")


def test_what_the_owner_set_beside_it_stays(aws: AWS, stage: Stage) -> None:
    has_origins(aws, "")
    own = {"responseParameters": OF_THE_OWNER | OURS, "statusCode": "400"}
    has_responses(aws, DEFAULT_4XX=own, DEFAULT_5XX={"responseParameters": OURS})
    puts(aws, "DEFAULT_4XX", statusCode="400", responseParameters=OF_THE_OWNER)
    deletes(aws, "DEFAULT_5XX")
    deploys(aws)
    assert gateway_responses.apply(stage).endswith("scripts of nobody now.")


def test_a_service_without_cors_is_left_alone(aws: AWS, stage: Stage, project: Path) -> None:
    write(project, {"service_settings.py": "DEBUG = False\n"})
    has_origins(aws, "")
    assert gateway_responses.apply(stage).startswith("Gateway responses were left alone")


def test_without_a_rest_api_nobody_is_asked(aws: AWS) -> None:
    stage = aws.stage(apigateway_version="v2", django_settings="service_settings")
    assert gateway_responses.apply(stage).startswith("an HTTP API has no gateway responses")


def test_a_deployment_that_fails_is_to_be_made_up_for(aws: AWS, stage: Stage) -> None:
    has_origins(aws, ORIGIN)
    has_responses(aws, DEFAULT_4XX={"responseParameters": OURS})
    puts(aws, "DEFAULT_5XX", responseParameters=OURS)
    aws.refuses("apigateway", "create_deployment", "AccessDeniedException")
    with pytest.raises(CallFailed, match="wait for a deployment: make update STAGE=dev"):
        gateway_responses.apply(stage)


@pytest.mark.parametrize(
    ("cors", "named"),
    [
        (
            {"CORS_ALLOWED_ORIGINS": [ORIGIN], "CORS_ALLOW_CREDENTIALS": True},
            {"Allow-Origin": f"'{ORIGIN}'", "Allow-Credentials": "'true'"},
        ),
        (
            {"CORS_ALLOW_ALL_ORIGINS": True, "CORS_EXPOSE_HEADERS": ["X-A", "X-B"]},
            {"Allow-Origin": "'*'", "Expose-Headers": "'X-A,X-B'"},
        ),
        (
            {"CORS_ALLOWED_ORIGIN_REGEXES": ["^https://"], "CORS_ALLOW_CREDENTIALS": True},
            {"Allow-Origin": "'*'"},
        ),
        ({"CORS_ALLOWED_ORIGINS": [], "CORS_EXPOSE_HEADERS": ["X-A"]}, {}),
    ],
)
def test_the_headers_are_those_that_a_browser_takes(
    cors: dict[str, Any], named: dict[str, str]
) -> None:
    prefix = gateway_responses.PREFIX
    assert gateway_responses.headers(cors) == {prefix + key: named[key] for key in named}


@pytest.mark.parametrize(
    "wrong",
    [f"{ORIGIN}/", " https://b.example.org", "app.example.org", "https://*.example.org", "*"],
)
def test_an_origin_that_no_browser_sends_is_refused(wrong: str) -> None:
    right = [ORIGIN, "http://localhost:5173", "null"]
    assert origin_faults({"CORS_ALLOWED_ORIGINS": right}) == []
    [fault] = origin_faults({"CORS_ALLOWED_ORIGINS": [*right, wrong]})
    assert fault.startswith(f"CORS_ALLOWED_ORIGINS holds {wrong!r}, which no browser sends")


@pytest.mark.parametrize(
    ("origins", "responses", "holds"),
    [
        (ORIGIN, {key: {"responseParameters": OURS} for key in KINDS}, True),
        (ORIGIN, {"DEFAULT_4XX": {"responseParameters": OURS}}, False),
        ("", {"DEFAULT_4XX": {"responseParameters": OURS}}, False),
        ("", {"DEFAULT_4XX": {"responseParameters": OF_THE_OWNER}}, True),
    ],
)
def test_the_doctor_tells_of_them(
    aws: AWS, stage: Stage, origins: str, responses: dict[str, Any], holds: bool
) -> None:
    has_origins(aws, origins)
    has_responses(aws, **responses)
    assert examined("own", lambda: can_read_the_gateways_answers(stage)).holds is holds
