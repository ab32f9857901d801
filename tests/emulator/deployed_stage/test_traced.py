"""What X-Ray has of requests to a deployed stage: whose segments, which marks, what was sampled."""

from __future__ import annotations

import json
import time

import pytest

from emulator.aws import EmulatedAWS
from emulator.events import trace_fields, trace_id
from tests.emulator.asking import ask
from tests.emulator.deployed_stage.serving import HANDLER, Serve, by_origin, traced
from tests.emulator.deploying import Deployed, deploy

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed_stage")]


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
