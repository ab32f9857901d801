"""What each key of zappa_settings.json takes, and how another value is refused."""

import inspect
import re
from pathlib import Path
from typing import Any

import click
import pytest
from zappa import cli
from zappa_xray.deployment.keys.faults import key_faults, lacks
from zappa_xray.deployment.keys.table import KEYS
from zappa_xray.deployment.stage import Stage

from tests.library.deployment.conftest import write

SUBNETS = {"SubnetIds": ["subnet-1"]}
FITTING: dict[str, Any] = {
    "apigateway_version": "v2",
    "architecture": "arm64",
    "aws_environment_variables": {"LEVEL": "1"},
    "cors": True,
    "endpoint_configuration": ["PRIVATE"],
    "events": [
        {"function": "jobs.nightly", "expression": "cron(0 3 * * ? *)"},
        {"function": "jobs.often", "expressions": ["rate(1 hour)", "rate(2 hours)"]},
        {"function": "jobs.uploaded", "event_source": {"arn": "arn:aws:s3:::uploads"}},
    ],
    "extra_permissions": [{"Effect": "Allow"}],
    "keep_warm_expression": "rate(4 minutes)",
    "lambda_concurrency": None,
    "memory_size": 10_240,
    "snap_start": "PublishedVersions",
    "timeout_seconds": 900,
    "vpc_config": {**SUBNETS, "SecurityGroupIds": ["sg-1"]},
    "xray_sampling_rule": {"priority": 1, "fixed_rate": 0, "reservoir_size": 0},
    "owners_note": "of nobody's concern",
}


def test_what_fits_is_passed_over_in_silence() -> None:
    assert list(key_faults(FITTING)) == []


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("memory_size", "1024", 'a whole number of 128 to 10,240, without quotes, it is "1024"'),
        ("memory_size", 64, "a whole number of 128 to 10,240, without quotes, it is 64"),
        ("memory_size", True, "has to be a whole number of 128"),
        ("timeout_seconds", 1000, "a whole number of 1 to 900"),
        ("debug", "false", 'true or false, without quotes, it is "false"'),
        ("aws_region", 5, "a text in quotes, it is 5"),
        ("architecture", ["arm64"], 'has to be "x86_64" or "arm64", it is ["arm64"]'),
        ("snap_start", True, 'has to be "PublishedVersions" or "None", it is true'),
        ("endpoint_configuration", "REGIONAL", 'a list such as ["REGIONAL"]'),
        ("endpoint_configuration", ["REGIONALL"], 'has to be "EDGE" or "REGIONAL" or "PRIVATE"'),
        ("project_name", "Notes API!", "has to be of letters, digits, - and _"),
        ("s3_bucket", "Packages_of_notes", "has to be of 3 to 63 small letters"),
        ("role_arn", "notes", "has to be the ARN of a role"),
        ("touch_path", "health/", "a path that begins with /"),
        ("environment_variables", {"PASSWORD": 5}, "has PASSWORD, which has to be a text"),
        ("vpc_config", "subnet-1", "an object in braces"),
        ("vpc_config", SUBNETS, "has no list of texts as its SecurityGroupIds"),
        ("vpc_config", {"SubnetIds": "subnet-1"}, "as its SubnetIds and SecurityGroupIds"),
        ("events", {"function": "jobs.nightly"}, "a list of objects in braces"),
        ("events", [{"expression": "rate(1 day)"}], 'has an entry without a "function"'),
        ("events", [{"function": "jobs.nightly"}], "neither an expression nor an event_source"),
        ("xray_sampling_rule", {"fixed_rat": 1.0}, "has no key fixed_rat: its keys are priority"),
        ("xray_sampling_rule", {"fixed_rate": 7}, "a fixed_rate that is no number of 0 to 1"),
        ("xray_sampling_rule", {"priority": 0.5}, "a priority that is no whole number of 1 to"),
        ("extra_permissions", {"Effect": "Allow"}, "a list of objects in braces"),
    ],
)
def test_another_value_is_refused_with_what_has_to_stand_there(
    key: str, value: object, says: str
) -> None:
    [fault] = key_faults(FITTING | {key: value})
    assert fault.startswith(f"{key} has")
    assert says in fault


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 days)",
        "rate(2 day)",
        "rate(0 days)",
        "daily",
        "cron(0 3 * * *)",
        "cron(0 3 * * * *)",
    ],
)
def test_an_expression_that_eventbridge_refuses_is_named(expression: str) -> None:
    [fault] = key_faults({"events": [{"function": "jobs.nightly", "expression": expression}]})
    assert f'has for jobs.nightly the expression "{expression}": it has to be such as' in fault


def test_the_value_of_a_variable_is_not_told() -> None:
    [fault] = key_faults({"environment_variables": {"PASSWORD": ["swordfish"]}})
    assert "PASSWORD" in fault
    assert "swordfish" not in fault


def test_a_misspelt_key_is_named_with_the_one_that_was_meant() -> None:
    faults = {*key_faults({"enviroment_variables": {}, "memmory_size": 5, "owners_note": ""})}
    assert {fault.rpartition(" ")[2] for fault in faults} == {
        "environment_variables?",
        "memory_size?",
    }


def test_every_key_that_zappa_reads_is_in_the_table() -> None:
    source = inspect.getsource(cli)
    read = {*re.findall(r'stage_config\.get\(\s*"(\w+)"', source), *cli.CUSTOM_SETTINGS}
    assert len(read) > 80
    assert read - KEYS.keys() == set()


def test_what_a_deploy_lacks_is_said_at_once(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(project / "config"))
    write(project, {"iam/broken.json": "{", "iam/empty.json": "{}"})
    settings = {
        "project_name": "n" * 60,
        "attach_policy": "iam/broken.json",
        "assume_policy": "iam/empty.json",
        "apigateway_policy": "iam/gone.json",
        "profile_name": "nobody",
    }
    bucket, role, gone, empty, broken, profile = lacks("dev", settings)
    assert bucket.startswith("s3_bucket is missing")
    assert "would have 89 characters, IAM takes 64: shorten" in role
    assert (
        gone
        == "apigateway_policy names iam/gone.json, which cannot be read: No such file or directory"
    )
    assert empty == "assume_policy names iam/empty.json, which has no Statement"
    assert broken.startswith("attach_policy names iam/broken.json, which is not JSON: ")
    assert profile.startswith("profile_name is nobody, which is not among")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "zappa_settings.json has to be an object of stages"),
        ('{"dev": "x"}', "zappa_settings.json has to be an object of stages"),
        ('{"dev": {},}', "zappa_settings.json is not JSON"),
        ('{"dev": {"extends": ["x"]}}', "zappa_settings.json: stage dev extends"),
        ('{"dev": {"aws_region": 5}}', "stage dev: aws_region has to be a text in quotes, it is 5"),
        ('{"dev": {"attach_policy": "no.json"}}', "stage dev: attach_policy names no.json, which"),
    ],
)
def test_no_command_lets_zappa_stumble_over_its_settings(
    project: Path, text: str, says: str
) -> None:
    (project / "zappa_settings.json").write_text(text)
    with pytest.raises(click.ClickException, match=re.escape(says)):
        Stage.load("dev")
