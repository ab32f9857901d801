"""A deployed stage answers with what is deployed at the moment, from as many environments as it takes."""

from __future__ import annotations

import secrets

import pytest

from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from tests.emulator.asking import ask
from tests.emulator.deployed_stage.serving import HANDLER, Serve, traced
from tests.emulator.deploying import Deployed, deploy, zip_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed_stage")]


def test_a_preflight_reaches_the_function(deployed: Deployed, serve: Serve) -> None:
    assert ask(f"{serve(deployed).url}/204", "OPTIONS").status == 204


def test_the_tracing_is_that_of_the_moment(deployed: Deployed, serve: Serve) -> None:
    stage = serve(deployed)
    deployed.sample()
    seen = []
    for on in (True, False, True):
        deployed.switch_tracing(on)
        seen.append(len(traced(stage, ask(f"{stage.url}/"))))
    assert seen == [3, 0, 3]


def test_code_and_environment_are_those_of_the_moment(
    aws: EmulatedAWS, deployed: Deployed, serve: Serve
) -> None:
    stage = serve(deployed)
    assert ask(f"{stage.url}/").json["starts"] == 1
    assert ask(f"{stage.url}/").json["starts"] == 2
    client = aws.client("lambda")
    client.update_function_configuration(
        FunctionName=deployed.name, Environment={"Variables": {"COLOUR": "blue"}}
    )
    changed = ask(f"{stage.url}/").json
    assert (changed["starts"], changed["colour"]) == (1, "blue")
    client.update_function_code(
        FunctionName=deployed.name,
        ZipFile=zip_of("def lambda_handler(event, context): return {'statusCode': 299}"),
    )
    assert ask(f"{stage.url}/").status == 299


def test_a_python_that_is_not_here_is_named_and_nothing_is_left_waiting(
    aws: EmulatedAWS, serve: Serve
) -> None:
    stage = serve(deploy(aws, HANDLER, runtime="python3.99"))
    with pytest.raises(RuntimeError, match=r"wants Python 3\.99"):
        stage.function.invoke({})
    stage.function.wait_until_idle(1)


def test_variables_of_the_test_beat_the_deployed_ones(
    aws: EmulatedAWS, runtime: str, serve: Serve
) -> None:
    deployed = deploy(aws, HANDLER, runtime=runtime, environment={"COLOUR": "blue"})
    assert ask(f"{serve(deployed).url}/").json["colour"] == "blue"
    stage = serve(deployed, environment={"COLOUR": "red"})
    assert ask(f"{stage.url}/").json["colour"] == "red"


def test_a_request_beside_one_that_hangs_gets_an_environment_of_its_own(
    aws: EmulatedAWS, runtime: str, serve: Serve
) -> None:
    stage = serve(deploy(aws, HANDLER, runtime=runtime, timeout=60))
    assert [ask(f"{stage.url}/").json["starts"] for _ in range(2)] == [1, 2]
    stage.gateway.seconds = 0.3
    assert ask(f"{stage.url}/hangs").status == 504
    stage.gateway.seconds = 29.0
    beside = ask(f"{stage.url}/")
    assert (beside.status, beside.json["starts"]) == (200, 1)
    assert "Task timed out" not in stage.log


def test_it_can_be_closed_while_requests_hang(aws: EmulatedAWS, runtime: str, serve: Serve) -> None:
    deployed = deploy(aws, HANDLER, runtime=runtime, timeout=60)
    with DeployedStage(aws, deployed.name) as stage:
        stage.gateway.seconds = 0.3
        assert [ask(f"{stage.url}/hangs").status for _ in range(2)] == [504, 504]
        assert "Runtime exited" not in stage.log
    stage.function.wait_until_idle(0)
    told = aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{deployed.name}")
    messages = [event["message"] for event in told["events"]]
    assert sum(message.endswith("signal: killed") for message in messages) == 2
    with DeployedStage(aws, deployed.name) as stage:
        assert ask(f"{stage.url}/").status == 200


def test_the_accounts_own_address_leads_to_it(aws: EmulatedAWS, deployed: Deployed) -> None:
    address = f"{aws.url}/_aws/execute-api/{aws.rest_api_id(deployed.name)}/dev/201"
    assert ask(address).status == 404
    with DeployedStage(aws, deployed.name) as stage:
        assert ask(address).status == ask(f"{stage.url}/201").status == 201
    assert ask(address).status == 404


def test_it_can_be_served_before_it_is_deployed(aws: EmulatedAWS, serve: Serve) -> None:
    stage = serve(Deployed(aws, f"not-yet-{secrets.token_hex(4)}"))
    assert ask(f"{stage.url}/").status == 403


def test_an_api_without_its_function_is_broken(
    aws: EmulatedAWS, deployed: Deployed, serve: Serve
) -> None:
    stage = serve(deployed)
    assert ask(f"{stage.url}/").status == 200
    aws.client("lambda").delete_function(FunctionName=deployed.name)
    answer = ask(f"{stage.url}/")
    assert (answer.status, answer.json) == (500, {"message": "Internal server error"})
