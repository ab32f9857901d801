"""What CloudWatch and a caller of Lambda are told of a deployed stage."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from emulator.runtime.failures import FunctionTimedOut
from tests.emulator.asking import ask
from tests.emulator.deployed_stage.serving import Serve
from tests.emulator.deploying import Deployed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed_stage")]


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
