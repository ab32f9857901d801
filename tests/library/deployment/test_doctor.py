"""Each link that holds and that is broken. The links in a deployed stage are tested by the template."""

import io
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings
from zappa_xray.deployment.doctor.chain import IN_AWS, IN_X_RAY, links_here, links_in_aws
from zappa_xray.deployment.doctor.django_settings import SDK_APP
from zappa_xray.deployment.doctor.link import Link, examined
from zappa_xray.deployment.doctor.text import lines
from zappa_xray.deployment.management.commands import trace_doctor
from zappa_xray.deployment.stage import Stage

from tests.library.deployment.conftest import AWS, stage, write
from tests.library.deployment.test_sampling_rule import DEFAULT_RULE, OWN_RULE

ROLE = "arn:aws:iam::123456789012:role/notes-dev-ZappaLambdaExecutionRole"
FUNCTION = {
    "FunctionArn": "arn:aws:lambda:eu-central-1:123456789012:function:notes-dev",
    "Role": ROLE,
    "Runtime": "python3.13",
    "Timeout": 35,
    "MemorySize": 1024,
    "Handler": "handler.lambda_handler",
    "TracingConfig": {"Mode": "Active"},
    "Environment": {"Variables": {"DATABASE_URL": "x", "DJANGO_SECRET_KEY": "x"}},
}
CALLBACKS = dict.fromkeys(("settings", "zip", "post"), "hooks.run")
SDK_OFF = "AWS_XRAY_SDK_ENABLED is false: the SDK records nothing"
SETTINGS = """import os
from django.core.exceptions import ImproperlyConfigured

if missing := {"DATABASE_URL", "DJANGO_SECRET_KEY"} - {*os.environ}:
    raise ImproperlyConfigured(f"It lacks {', '.join(sorted(missing))}")
"""
REFUSED = {"EvalActionName": "xray:PutTraceSegments", "EvalDecision": "implicitDeny"}
ALLOWED = REFUSED | {"EvalDecision": "allowed"}


def broken(links: list[Link]) -> dict[str, str]:
    return {link.name: link.found for link in links if not link.holds}


def test_what_is_set_up_rightly_holds_as_far_as_can_be_seen_from_here() -> None:
    assert broken(list(links_here([stage(callbacks=CALLBACKS)]))) == {}


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        ("Middleware", "MIDDLEWARE", ["django.middleware.common.CommonMiddleware"]),
        ("Middleware", "MIDDLEWARE", []),
        ("Django's checks", "XRAY_RECORDER", {"AWS_XRAY_TRACING_NAME": "notes", "SAMPLE": 1}),
    ],
)
def test_settings_that_break_the_chain(
    settings: Settings, name: str, setting: str, value: Any
) -> None:
    setattr(settings, setting, value)
    found = {link.name: link for link in links_here([])}
    assert found[name].holds is False
    assert found[name].remedy


def test_without_the_sdk_s_app_nothing_reads_the_recorder(settings: Settings) -> None:
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != SDK_APP]
    assert broken(list(links_here([])))["The SDK's app"] == f"INSTALLED_APPS lacks {SDK_APP}"


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"xray_tracing": False}, "xray_tracing is not true"),
        ({"callbacks": {"zip": "zappa_hooks.zip"}}, "the callbacks settings, post are missing"),
    ],
)
def test_stage_settings_that_break_the_chain(
    aws: AWS, settings: dict[str, Any], found: str
) -> None:
    *_, link = links_here([aws.stage(**settings)])
    assert (link.holds, link.found) == (False, found)


@pytest.mark.parametrize(
    ("name", "change", "found"),
    [
        ("The function", {"Timeout": 30}, "Timeout is 30 and not 35"),
        (
            "The function's tracing",
            {"TracingConfig": {"Mode": "PassThrough"}},
            "TracingConfig is PassThrough",
        ),
        (
            "The function's environment",
            {"Environment": {"Variables": {"DATABASE_URL": "x", "AWS_XRAY_SDK_ENABLED": "False"}}},
            f"{SDK_OFF}; service_settings does not start with it: It lacks DJANGO_SECRET_KEY",
        ),
    ],
)
def test_a_function_that_breaks_the_chain(
    aws: AWS, project: Path, name: str, change: dict[str, Any], found: str
) -> None:
    write(project, {"service_settings.py": SETTINGS})
    chain = aws.stage(django_settings="service_settings")
    aws.answers("lambda", "get_function_configuration", FUNCTION)
    assert ask(chain, name).holds is True
    aws.answers("lambda", "get_function_configuration", FUNCTION | change)
    link = ask(chain, name)
    assert (link.holds, link.found) == (False, found)
    assert "make update STAGE=dev" in link.remedy


def test_a_function_that_is_not_there(aws: AWS) -> None:
    chain = aws.stage()
    aws.refuses("lambda", "get_function_configuration", "ResourceNotFoundException")
    link = ask(chain, "The function")
    assert (link.holds, link.remedy) == (False, "make deploy STAGE=dev")


@pytest.mark.parametrize(
    ("version", "holds", "found"),
    [
        (
            {"Version": "7", "SnapStart": {"OptimizationStatus": "On"}},
            True,
            "notes-dev is deployed as zappa_settings.json says, as version 7 from a snapshot",
        ),
        (
            {"Version": "8", "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"}},
            False,
            "version 8, to which the requests go, starts from no snapshot (ApplyOn is None)",
        ),
    ],
)
def test_with_snap_start_it_follows_the_alias_to_the_version(
    aws: AWS, version: dict[str, Any], holds: bool, found: str
) -> None:
    chain = aws.stage(snap_start="PublishedVersions")
    asked = {"FunctionName": "notes-dev", "Qualifier": "snapstart"}
    aws.answers("lambda", "get_function_configuration", FUNCTION | version, **asked)
    link = ask(chain, "The function")
    assert (link.holds, link.found) == (holds, found)
    aws.refuses("lambda", "get_function_configuration", "ResourceNotFoundException")
    assert "notes-dev with an alias snapstart does not exist" in ask(chain, "The function").found


def test_a_role_that_may_not_send(aws: AWS) -> None:
    chain = aws.stage()
    for result in (ALLOWED, REFUSED):
        aws.answers("lambda", "get_function_configuration", FUNCTION)
        aws.answers("iam", "simulate_principal_policy", {"EvaluationResults": [result]})
    assert ask(chain, "The function's role").holds is True
    assert ask(chain, "The function's role").found == f"{ROLE} may not xray:PutTraceSegments"


def test_an_api_that_x_ray_does_not_trace(aws: AWS) -> None:
    chain = aws.stage(apigateway_version="v2")
    assert ask(chain, "The API's kind").holds is False
    assert ask(chain, "The stage's tracing").holds is None
    assert ask(chain, "The sampling rules").holds is None


def test_an_untraced_stage(aws: AWS) -> None:
    chain = aws.stage()
    aws.has_an_api()
    aws.traces_the_stage(False)
    link = ask(chain, "The stage's tracing")
    assert (link.holds, link.remedy) == (False, "manage.py trace_stage dev")


@pytest.mark.parametrize(
    ("rules", "holds", "found"),
    [
        ([OWN_RULE], True, "notes-dev (priority 100: 10 a second, 100% beyond)"),
        (
            [OWN_RULE, OWN_RULE | {"RuleName": "admin", "Priority": 1, "URLPath": "/admin/*"}],
            True,
            "notes-dev (priority 100: 10 a second, 100% beyond); for some requests before it admin",
        ),
        ([], False, "Default (priority 10000: 1 a second, 5% beyond) comes before notes-dev"),
        (
            [OWN_RULE | {"FixedRate": 0.5}],
            False,
            "notes-dev (priority 100: 10 a second, 50% beyond) is not as zappa_settings.json says",
        ),
        (
            [
                OWN_RULE,
                DEFAULT_RULE
                | {"RuleName": "none", "Priority": 1, "FixedRate": 0.0, "ReservoirSize": 0},
            ],
            False,
            "none (priority 1: 0 a second, 0% beyond) comes first and takes nothing",
        ),
        (
            [
                OWN_RULE,
                DEFAULT_RULE | {"RuleName": "other", "Priority": 1, "ServiceName": "other/*"},
            ],
            True,
            "notes-dev (priority 100: 10 a second, 100% beyond)",
        ),
    ],
)
def test_sampling_rules_that_apply(
    aws: AWS, rules: list[dict[str, Any]], holds: bool, found: str
) -> None:
    chain = aws.stage()
    aws.has_rules(DEFAULT_RULE, *rules)
    link = ask(chain, "The sampling rules")
    assert (link.holds, link.found) == (holds, found)


@pytest.mark.parametrize("name", ["Traces through the stage", "Traces from inside Django"])
def test_traces_of_the_last_hour(aws: AWS, name: str) -> None:
    chain = aws.stage()
    aws.answers("xray", "get_trace_summaries", {"TraceSummaries": []})
    aws.answers("xray", "get_trace_segment_destination", {"Destination": "XRay"})
    assert ask(chain, name).found == "none in the last hour"
    aws.answers("xray", "get_trace_summaries", {"TraceSummaries": [annotated("1-2-3", "dev")]})
    assert ask(chain, name).found == "the last hour has 1-2-3"


def annotated(trace_id: str, stage: str) -> dict[str, object]:
    return {"Id": trace_id, "Annotations": {"stage": [{"AnnotationValue": {"StringValue": stage}}]}}


def test_traces_that_only_aws_made_do_not_come_from_django(aws: AWS) -> None:
    chain = aws.stage()
    for trace in ({"Id": "1-2-3"}, annotated("1-2-3", "local")):
        aws.answers("xray", "get_trace_summaries", {"TraceSummaries": [trace]})
        aws.answers("xray", "get_trace_segment_destination", {"Destination": "XRay"})
        assert ask(chain, "Traces from inside Django").found == "none in the last hour"


def test_a_permission_that_the_doctor_lacks_is_a_broken_link(aws: AWS) -> None:
    chain = aws.stage()
    aws.refuses("xray", "get_sampling_rules", "AccessDeniedException")
    link = ask(chain, "The sampling rules")
    assert link.holds is False
    assert link.found.startswith(
        "the permission xray:GetSamplingRules is missing: iam/deploy-policy"
    )


def test_without_credentials_that_is_said_and_all_else_in_aws_is_left_out(aws: AWS) -> None:
    chain = aws.stage()
    aws.refuses("sts", "get_caller_identity", "InvalidClientTokenId")
    credentials, *others = links_in_aws(chain)
    assert credentials.holds is False
    assert credentials.remedy.startswith("put credentials of AWS into your environment")
    assert {link.holds for link in others} == {None}


def ask(stage: Stage, name: str) -> Link:
    """Return one link of a stage."""
    looks = {name: partial(look, stage) for name, look in IN_AWS}
    looks |= {name: partial(look, stage, 0) for name, look in IN_X_RAY}
    return examined(name, looks[name])


def test_the_report_has_a_sign_and_a_remedy_for_each_link() -> None:
    links = [
        Link("Middleware", True, "first"),
        Link("The role", False, "may not send", "allow it"),
        Link("AWS", None, "not asked"),
    ]
    assert lines(links, {True: "+", False: "x", None: "-"}.__getitem__) == [
        "+ Middleware  first",
        "x The role    may not send",
        "              -> allow it",
        "- AWS         not asked",
        "",
        "1 of 3 links broken, 1 left out.",
    ]


def test_without_a_stage_the_command_succeeds_and_says_what_it_left_out() -> None:
    output = io.StringIO()
    call_command("trace_doctor", "--no-color", stdout=output)
    report = output.getvalue().splitlines()
    assert report[-1] == "All that was looked at holds, 1 left out."
    assert report[-3].startswith("- AWS ")


@pytest.mark.parametrize("holds", [True, False, None])
def test_the_exit_code_is_1_where_a_link_is_broken_and_not_where_one_is_not_wanted(
    monkeypatch: pytest.MonkeyPatch, holds: bool | None
) -> None:
    links = [Link("Middleware", True, "first"), Link("AWS", holds, "said")]
    monkeypatch.setattr(trace_doctor, "examine", lambda stage, wait: links)
    output = io.StringIO()
    if holds is not False:
        call_command("trace_doctor", "dev", "--json", stdout=output)
    else:
        with pytest.raises(SystemExit, match="1"):
            call_command("trace_doctor", "dev", "--json", stdout=output)
    assert json.loads(output.getvalue()) == {
        "stage": "dev",
        "holds": holds is not False,
        "links": [
            {"name": "Middleware", "holds": True, "found": "first", "remedy": ""},
            {"name": "AWS", "holds": holds, "found": "said", "remedy": ""},
        ],
    }


def test_where_transaction_search_is_on_missing_traces_prove_nothing(aws: AWS) -> None:
    chain = aws.stage()
    rule = {"Name": "Default", "Rule": {"Probabilistic": {"DesiredSamplingPercentage": 1.0}}}

    def is_on() -> None:
        aws.answers("xray", "get_trace_segment_destination", {"Destination": "CloudWatchLogs"})
        aws.answers("xray", "get_indexing_rules", {"IndexingRules": [rule]})

    is_on()
    link = ask(chain, "Transaction Search")
    assert link.holds is True
    assert link.found.startswith(
        "Transaction Search is on: spans go to CloudWatch Logs (aws/spans), and X-Ray indexes 1 % "
        "of the traces; trace_show and trace_why find the others by their ids; for all: aws xray "
    )
    aws.answers("xray", "get_trace_summaries", {"TraceSummaries": []})
    is_on()
    assert ask(chain, "Traces from inside Django").holds is None
    aws.answers("xray", "get_trace_segment_destination", {"Destination": "XRay"})
    assert ask(chain, "Transaction Search").found == ("all traces go to X-Ray, which indexes each")
