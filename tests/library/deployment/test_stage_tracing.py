from typing import Any

import click
import pytest
from zappa_xray.deployment.stage_tracing import switch

from tests.library.deployment.conftest import AWS


def switches(aws: AWS, value: str) -> None:
    operation = {"op": "replace", "path": "/tracingEnabled", "value": value}
    aws.answers(
        "apigateway",
        "update_stage",
        {},
        restApiId="abc123",
        stageName="dev",
        patchOperations=[operation],
    )


def test_trap_01_tracing_is_switched_on_and_read_back(aws: AWS) -> None:
    stage = aws.stage()
    aws.has_an_api()
    aws.traces_the_stage(False)
    switches(aws, "true")
    aws.traces_the_stage(True)
    assert switch(stage) == "X-Ray tracing of the stage dev is on now."


def test_trap_01_a_stage_that_is_traced_is_left_alone(aws: AWS) -> None:
    stage = aws.stage()
    aws.has_an_api()
    aws.traces_the_stage(True)
    assert switch(stage) == "X-Ray tracing of the stage dev is on already."


def test_trap_01_a_stage_that_stays_untraced_is_a_fault(aws: AWS) -> None:
    stage = aws.stage()
    aws.has_an_api()
    aws.traces_the_stage(False)
    switches(aws, "true")
    aws.traces_the_stage(False)
    with pytest.raises(
        click.ClickException, match="X-Ray tracing of the stage dev is still not on"
    ):
        switch(stage)


def test_tracing_is_switched_off(aws: AWS) -> None:
    stage = aws.stage()
    aws.has_an_api()
    aws.traces_the_stage(True)
    switches(aws, "false")
    aws.traces_the_stage(False)
    assert switch(stage, on=False) == "X-Ray tracing of the stage dev is off now."


@pytest.mark.parametrize(
    "settings",
    [
        {"apigateway_version": "v2"},
        {"alb_enabled": True},
        {"apigateway_enabled": False, "function_url_enabled": True},
        {"apigateway_enabled": False},
    ],
)
def test_trap_13_without_a_rest_api_nobody_is_asked_and_the_reason_is_said(
    aws: AWS, settings: dict[str, Any]
) -> None:
    stage = aws.stage(**settings)
    front = stage.other_front
    assert switch(stage) == (
        f"Traces of HTTPS requests start at Lambda: {front} has no X-Ray tracing of its own."
    )
