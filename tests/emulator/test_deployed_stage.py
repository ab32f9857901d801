"""A deployed stage: what answers, what is traced, and what X-Ray has of it afterwards."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from emulator.events import trace_fields, trace_id
from emulator.runtime.failures import FunctionTimedOut
from emulator.runtime.folder import python_version
from tests.emulator.asking import Answer, ask
from tests.emulator.deploying import Deployed, deploy, zip_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed_stage")]

HANDLER = """
    import json, os, socket, time
    starts = 0
    def lambda_handler(event, context):
        global starts
        starts += 1
        header = os.environ.get("_X_AMZN_TRACE_ID", "")
        path = event.get("path") or event.get("seen", "/")
        print(f"saw {path}")
        fields = dict(field.split("=", 1) for field in header.split(";") if "=" in field)
        if fields.get("Sampled") == "1":
            host, port = os.environ["AWS_XRAY_DAEMON_ADDRESS"].split(":")
            document = {
                "id": os.urandom(8).hex(), "name": "inside", "type": "subsegment",
                "trace_id": fields["Root"], "parent_id": fields["Parent"],
                "start_time": time.time(), "in_progress": True,
            }
            packet = b'{"format": "json", "version": 1}\\n'
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                send = lambda: sender.sendto(packet + json.dumps(document).encode(), (host, int(port)))
                send()
                if path == "/hangs":
                    time.sleep(60)
                del document["in_progress"]
                document["end_time"] = time.time()
                send()
        elif path == "/hangs":
            time.sleep(60)
        if path == "/raises":
            raise LookupError("nothing there")
        status = int(path[1:]) if path[1:].isdigit() else 200
        body = {"header": header, "starts": starts, "colour": os.environ.get("COLOUR")}
        return {"statusCode": status, "body": json.dumps(body)}
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAWS]:
    """An account whose sampling rules no other test sees."""
    with EmulatedAWS() as aws:
        yield aws


@pytest.fixture
def runtime(python: Path) -> str:
    return f"python{python_version(python)}"


@pytest.fixture
def deployed(aws: EmulatedAWS, runtime: str) -> Deployed:
    """A function with Active tracing and its API, whose stage is not traced."""
    return deploy(aws, HANDLER, runtime=runtime, timeout=3)


Serve = Callable[..., DeployedStage]


@pytest.fixture
def serve(aws: EmulatedAWS) -> Iterator[Serve]:
    """A factory of served stages."""
    with ExitStack() as stages:

        def serve(deployed: Deployed, **arguments: Any) -> DeployedStage:
            return stages.enter_context(DeployedStage(aws, deployed.name, **arguments))

        yield serve


def traced(stage: DeployedStage, answer: Answer) -> list[dict[str, Any]]:
    """Return what X-Ray has of the trace that an answer names."""
    return stage.documents(trace_fields(answer.headers["X-Amzn-Trace-Id"])["Root"])


def by_origin(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {document["origin"]: document for document in documents}


def test_without_the_stages_tracing_https_is_dark_and_a_schedule_is_not(
    deployed: Deployed, serve: Serve
) -> None:
    stage = serve(deployed)
    dark = ask(f"{stage.url}/")
    fields = trace_fields(dark.json["header"])
    assert (fields["Sampled"], traced(stage, dark)) == ("0", [])
    seen = trace_fields(json.loads(stage.schedule("notes.scheduled.count")["body"])["header"])
    assert seen["Sampled"] == "1"
    assert set(by_origin(stage.documents(seen["Root"]))) == {"AWS::Lambda", "AWS::Lambda::Function"}


def test_with_it_a_request_is_one_chain_from_the_gateway_to_the_functions_own(
    deployed: Deployed, serve: Serve
) -> None:
    stage = serve(deployed)
    deployed.switch_tracing(True)
    deployed.sample()
    answer = ask(f"{stage.url}/201?secret=1")
    assert answer.status == 201
    documents = traced(stage, answer)
    assert [document["origin"] for document in documents] == [
        "AWS::ApiGateway::Stage",
        "AWS::Lambda",
        "AWS::Lambda::Function",
    ]
    gateway, service, function = documents
    (integration,) = gateway["subsegments"]
    inside = function["subsegments"]
    assert "parent_id" not in gateway
    assert service["parent_id"] == integration["id"]
    assert function["parent_id"] == service["id"]
    assert trace_fields(answer.json["header"])["Parent"] == function["id"]
    assert [part["name"] for part in inside] == ["Initialization", "Invocation", "inside"]
    assert "in_progress" not in inside[-1]
    assert (gateway["name"], function["name"]) == (f"{deployed.name}/dev", deployed.name)
    assert gateway["http"]["response"]["status"] == 201
    assert gateway["http"]["request"]["url"].endswith("/dev/201")
    assert not [document for document in documents if document.get("fault")]


def test_a_warm_start_has_no_initialization(deployed: Deployed, serve: Serve) -> None:
    stage = serve(deployed)
    deployed.switch_tracing(True)
    deployed.sample()
    cold, warm = (traced(stage, ask(f"{stage.url}/")) for _ in range(2))
    names = [[part["name"] for part in trace[-1]["subsegments"]] for trace in (cold, warm)]
    assert names == [["Initialization", "Invocation", "inside"], ["Invocation", "inside"]]


@pytest.mark.parametrize(
    ("path", "marks"), [("404", {"error"}), ("429", {"error", "throttle"}), ("500", {"fault"})]
)
def test_the_gateways_segment_has_the_marks_of_its_status(
    deployed: Deployed, serve: Serve, path: str, marks: set[str]
) -> None:
    stage = serve(deployed)
    deployed.switch_tracing(True)
    deployed.sample()
    gateway, _, function = traced(stage, ask(f"{stage.url}/{path}"))
    assert {"error", "fault", "throttle"} & set(gateway) == marks
    assert not {"error", "fault", "throttle"} & set(function)


@pytest.mark.parametrize("rie", [False, True])
def test_a_killed_request_leaves_whole_segments_of_aws_and_what_was_in_progress(
    deployed: Deployed, serve: Serve, rie: bool
) -> None:
    stage = serve(deployed, rie=rie)
    deployed.switch_tracing(True)
    deployed.sample()
    ask(f"{stage.url}/")
    killed = ask(f"{stage.url}/hangs")
    assert killed.status == 502
    gateway, service, function = traced(stage, killed)
    assert [document["fault"] for document in (gateway, service, function)] == [True] * 3
    assert function["end_time"] - function["start_time"] > 0.9
    assert function["subsegments"][-1]["in_progress"] is True
    assert "Task timed out after 3.00 seconds" in stage.log
    assert ("Sending SIGKILL to runtime" in stage.log) is rie


def test_a_request_given_up_is_answered_and_ended_before_the_functions_own(
    deployed: Deployed, serve: Serve
) -> None:
    stage = serve(deployed)
    deployed.switch_tracing(True)
    deployed.sample()
    ask(f"{stage.url}/")
    stage.gateway.seconds = 0.4
    given_up = ask(f"{stage.url}/hangs")
    assert given_up.status == 504
    (gateway,) = [document for document in traced(stage, given_up) if "origin" in document]
    assert gateway["http"]["response"]["status"] == 504
    give_up = time.monotonic() + 20
    while len(documents := traced(stage, given_up)) < 3 and time.monotonic() < give_up:
        time.sleep(0.05)
    function = by_origin(documents)["AWS::Lambda::Function"]
    assert function["end_time"] > gateway["end_time"] + 0.3


def test_an_exception_is_the_cause_of_the_functions_fault(deployed: Deployed, serve: Serve) -> None:
    stage = serve(deployed)
    deployed.switch_tracing(True)
    deployed.sample()
    _, _, function = traced(stage, ask(f"{stage.url}/raises"))
    (exception,) = function["cause"]["exceptions"]
    assert (exception["type"], exception["message"]) == ("LookupError", "nothing there")


def test_what_a_client_decided_is_respected(deployed: Deployed, serve: Serve) -> None:
    stage = serve(deployed)
    deployed.switch_tracing(True)
    deployed.sample(FixedRate=0.0)
    assert traced(stage, ask(f"{stage.url}/")) == []
    root = trace_id()
    chosen = ask(f"{stage.url}/", headers={"X-Amzn-Trace-Id": f"Root={root};Sampled=1"})
    assert trace_fields(chosen.json["header"])["Root"] == root
    assert len(stage.documents(root)) == 3
    deployed.sample(FixedRate=1.0, Priority=1)
    assert len(traced(stage, ask(f"{stage.url}/"))) == 3
    refused = ask(f"{stage.url}/", headers={"X-Amzn-Trace-Id": f"Root={trace_id()};Sampled=0"})
    assert traced(stage, refused) == []


def test_x_ray_is_told_how_many_were_sampled_away(
    aws: EmulatedAWS, deployed: Deployed, serve: Serve
) -> None:
    stage = serve(deployed)
    deployed.switch_tracing(True)
    rule = deployed.sample(FixedRate=0.0, HTTPMethod="GET"), deployed.sample(HTTPMethod="POST")
    for method in ("GET", "GET", "POST"):
        ask(f"{stage.url}/", method)
    summaries = aws.client("xray").get_sampling_statistic_summaries()["SamplingStatisticSummaries"]
    counted = {name: [0, 0] for name in rule}
    for summary in summaries:
        if summary["RuleName"] in counted:
            counted[summary["RuleName"]][0] += summary["RequestCount"]
            counted[summary["RuleName"]][1] += summary["SampledCount"]
    assert counted == {rule[0]: [2, 0], rule[1]: [1, 1]}


def test_a_preflight_reaches_the_function(deployed: Deployed, serve: Serve) -> None:
    assert ask(f"{serve(deployed).url}/204", "OPTIONS").status == 204


def test_a_function_that_passes_through_has_a_header_without_a_decision(
    aws: EmulatedAWS, runtime: str, serve: Serve
) -> None:
    deployed = deploy(aws, HANDLER, runtime=runtime, tracing="PassThrough")
    stage = serve(deployed)
    deployed.switch_tracing(True)
    deployed.sample()
    answer = ask(f"{stage.url}/")
    assert set(trace_fields(answer.json["header"])) == {"Root", "Lineage"}
    assert set(by_origin(traced(stage, answer))) == {"AWS::ApiGateway::Stage"}


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


def test_lambdas_invoke_runs_it_and_tells_its_log(
    aws: EmulatedAWS, deployed: Deployed, serve: Serve
) -> None:
    serve(deployed)
    client = aws.client("lambda")

    def invoke(path: str) -> dict[str, Any]:
        payload = json.dumps({"seen": path}).encode()
        answer: dict[str, Any] = client.invoke(
            FunctionName=deployed.name, LogType="Tail", Payload=payload
        )
        return answer | {"read": json.loads(answer["Payload"].read())}

    well, failed, killed = invoke("/201"), invoke("/raises"), invoke("/hangs")
    assert well["read"]["statusCode"] == 201
    assert "saw /201\n" in base64.b64decode(well["LogResult"]).decode()
    assert "FunctionError" not in well
    assert failed["FunctionError"] == killed["FunctionError"] == "Unhandled"
    assert failed["read"]["errorType"] == "LookupError"
    assert killed["read"] == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "Task timed out after 3.00 seconds",
    }


def test_its_log_is_in_cloudwatch(aws: EmulatedAWS, deployed: Deployed, serve: Serve) -> None:
    stage = serve(deployed)
    ask(f"{stage.url}/201")
    with pytest.raises(FunctionTimedOut):
        stage.function.invoke({"seen": "/hangs"})
    found = aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{deployed.name}")
    messages = [event["message"] for event in found["events"]]
    assert "saw /201" in messages
    assert [line for line in messages if line.endswith("Task timed out after 3.00 seconds")]
    reports = [line for line in messages if line.startswith("REPORT")]
    assert ["XRAY TraceId" in line for line in reports] == [False, True]


def test_cloudwatch_counts_all_requests_to_the_stage_and_not_samples(
    aws: EmulatedAWS, deployed: Deployed, serve: Serve
) -> None:
    stage = serve(deployed)
    for path in ("200", "404", "500", "raises"):
        ask(f"{stage.url}/{path}")
    stage.settle()
    dimensions = [{"Name": "ApiName", "Value": deployed.name}, {"Name": "Stage", "Value": "dev"}]
    metric = {"Namespace": "AWS/ApiGateway", "Dimensions": dimensions}
    queries = [
        {
            "Id": name.lower().replace("xx", "").replace("4", "caller").replace("5", "server"),
            "MetricStat": {"Metric": metric | {"MetricName": name}, "Period": 60, "Stat": "Sum"},
        }
        for name in ("Count", "4XXError", "5XXError", "Latency")
    ]
    now = time.time()
    answer = aws.client("cloudwatch").get_metric_data(
        MetricDataQueries=queries, StartTime=now - 600, EndTime=now + 60
    )
    sums = [sum(result["Values"]) for result in answer["MetricDataResults"]]
    assert sums[:3] == [4, 1, 2]
    assert sums[3] > 0


def test_nothing_was_refused_by_x_ray(deployed: Deployed, serve: Serve) -> None:
    stage = serve(deployed)
    deployed.switch_tracing(True)
    deployed.sample()
    ask(f"{stage.url}/hangs")
    stage.settle()
    assert stage.x_ray.refused == []
    stage.x_ray.put({"id": "no-more"})
    stage.settle()
    assert len(stage.x_ray.refused) == 1
