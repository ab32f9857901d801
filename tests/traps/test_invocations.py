"""Trap 20: everything that Zappa calls is recorded, without a decorator."""

import json
from typing import Any

import pytest

from emulator import events
from emulator.daemon import Daemon
from emulator.function import Function, FunctionError
from tests.traps.conftest import MakeFunction
from tests.traps.killing import killed_once_told
from tests.traps.reading import queries
from tests.traps.test_background import named

pytestmark = pytest.mark.slow

ARN = "arn:aws:{}:eu-central-1:123456789012:orders"
TASK = {
    "task_path": "trap_views.task",
    "args": [7],
    "kwargs": {"text": "seven"},
    "capture_response": False,
    "response_id": None,
}
SNS_TASK = {"command": "zappa.asynchronous.route_sns_task", **TASK}
EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "schedule": (
        "trap_views.plain",
        events.scheduled("trap_views.plain", lambda_name="service-dev"),
    ),
    "invoke": ("trap_views.plain", events.command("trap_views.plain")),
    "task": ("trap_views.task", {"command": "zappa.asynchronous.route_lambda_task", **TASK}),
    "task by SNS": ("trap_views.task", {"Records": [{"Sns": {"Message": json.dumps(SNS_TASK)}}]}),
    "manage": ("manage migrate", events.manage("migrate --plan")),
    "raw": (
        "raw_command",
        {"raw_command": "import trap_views; trap_views.plain(None, None)"},
    ),
    "SQS": (
        "trap_views.plain",
        {"Records": [{"eventSource": "aws:sqs", "eventSourceARN": ARN.format("sqs")}]},
    ),
    "SNS": (
        "trap_views.plain",
        {"Records": [{"Sns": {"Message": "hello", "TopicArn": ARN.format("sns")}}]},
    ),
    "S3": (
        "trap_views.plain",
        {"Records": [{"s3": {"configurationId": "dev:trap_views.plain"}}]},
    ),
    "DynamoDB": (
        "trap_views.plain",
        {"Records": [{"dynamodb": {}, "eventSourceARN": ARN.format("dynamodb")}]},
    ),
    "Kinesis": (
        "trap_views.plain + trap_views.second",
        {"Records": [{"kinesis": {}, "eventSourceARN": ARN.format("kinesis")}]},
    ),
}
MAPPED = [
    *(("trap_views.plain", service) for service in ("sqs", "sns", "dynamodb", "kinesis")),
    ("trap_views.second", "kinesis"),
]
SETTINGS = {
    "events": [
        {"function": function, "event_source": {"arn": ARN.format(service), "events": ["*"]}}
        for function, service in MAPPED
    ]
}


def records(function: Function) -> list[dict[str, Any]]:
    return [json.loads(line) for line in function.log.splitlines() if line.startswith("{")]


def test_trap_20_everything_that_zappa_calls_is_recorded(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function(zappa_settings=SETTINGS)
    for kind, (name, event) in EVENTS.items():
        daemon.clear()
        header = events.trace_header()

        function.invoke(event, header)

        documents = daemon.documents
        first, work = named(documents, name, in_progress=True), named(documents, name)
        assert first["id"] == work["id"], kind
        assert f"Parent={work['parent_id']};" in header
        assert queries(documents), kind
        assert {query["parent_id"] for query in queries(documents)} == {work["id"]}
        [line] = [
            one
            for one in records(function)
            if one["trace_id"] == work["trace_id"] and "work" in one
        ]
        assert (line["work"], line["failed"]) == (name, False)
        assert line["request_id"]


def test_trap_20_its_own_lines_lead_to_its_trace(function: Function, daemon: Daemon) -> None:
    function.invoke(events.command("trap_views.plain"))

    [line] = [one for one in records(function) if one["message"] == "in the function"]
    work = named(daemon.documents, "trap_views.plain")
    assert line["trace_id"] == work["trace_id"]
    assert line["request_id"] in function.log.partition("START RequestId: ")[2].partition("\n")[0]


def test_trap_20_an_error_is_logged_with_its_trace_and_still_fails(
    function: Function, daemon: Daemon
) -> None:
    with pytest.raises(FunctionError, match="the plain work fails"):
        function.invoke(events.command("trap_views.plain_failing"))

    work = named(daemon.documents, "trap_views.plain_failing")
    assert work["fault"] is True
    assert work["cause"]["exceptions"][0]["stack"][-1]["label"] == "plain_failing"
    [line] = [one for one in records(function) if one["level"] == "ERROR"]
    assert line["message"] == "trap_views.plain_failing failed"
    assert "LookupError: the plain work fails" in line["exc_info"]
    assert line["trace_id"] == work["trace_id"]
    assert line["request_id"]


def test_trap_20_parts_stand_below_it_and_below_each_other(
    function: Function, daemon: Daemon
) -> None:
    function.invoke(events.command("trap_views.with_parts"))

    documents = daemon.documents
    work, outer, inner = (
        named(documents, name) for name in ("trap_views.with_parts", "outer part", "inner part")
    )
    [query] = queries(documents)
    assert [outer["parent_id"], inner["parent_id"], query["parent_id"]] == [
        work["id"],
        outer["id"],
        inner["id"],
    ]


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (events.command("trap_views.sleeping"), "trap_views.sleeping"),
        (events.manage("sleeps"), "manage sleeps"),
    ],
    ids=["function", "manage"],
)
def test_trap_25_its_deadline_is_the_end_of_the_functions_time(
    make_function: MakeFunction, daemon: Daemon, event: dict[str, Any], name: str
) -> None:
    function = make_function(
        'XRAY_TRACING = XRAY_TRACING | {"DEADLINE_SECONDS": 1}\n'
        'INSTALLED_APPS = [*INSTALLED_APPS, "trap_app"]\n',
        files={
            "trap_app/__init__.py": "",
            "trap_app/management/__init__.py": "",
            "trap_app/management/commands/__init__.py": "",
            "trap_app/management/commands/sleeps.py": SLEEPS,
        },
    )

    killed_once_told(function, lambda: function.invoke(event, timeout=4))

    documents = daemon.documents
    child = named(documents, "deadline")
    facts = child["metadata"]["tracing"]["deadline"]
    assert facts["remaining_seconds"] <= 1.0  # the margin, however long after DEADLINE_SECONDS
    assert facts["where"].rpartition(" ")[2] in ("sleeping", "handle")
    assert {one["id"] for one in documents if one["name"] == name} == {child["parent_id"]}
    assert f"{name} has not finished after" in function.log


SLEEPS = """
import time
from django.core.management.base import BaseCommand

class Command(BaseCommand):
    def handle(self, *args, **options):
        time.sleep(60)
"""


def test_stale_connections_are_closed_before_each_call(make_function: MakeFunction) -> None:
    function = make_function('DATABASES["default"]["CONN_MAX_AGE"] = 0\n')
    fresh = events.command("trap_views.connection_is_fresh")

    assert [function.invoke(fresh), function.invoke(fresh)] == [True, True]


def test_zappas_own_handler_does_as_well(make_function: MakeFunction, daemon: Daemon) -> None:
    function = make_function(handler="handler.lambda_handler")

    assert function.invoke(events.command("trap_views.plain")) == "done"
    assert function.request("GET", "/ok/")["statusCode"] == 200

    assert (
        queries(daemon.documents)[0]["parent_id"]
        == named(daemon.documents, "trap_views.plain")["id"]
    )


def test_keep_warm_is_no_work(function: Function, daemon: Daemon) -> None:
    warm = events.scheduled("zappa-keep-warm-handler.keep_warm_callback", lambda_name="service-dev")

    function.invoke(warm)
    assert daemon.documents == []

    function.invoke(events.command("trap_views.plain"))
    assert daemon.documents


def test_trap_20_what_lambda_cannot_return_is_a_failure_with_its_trace(
    function: Function, daemon: Daemon
) -> None:
    with pytest.raises(FunctionError, match="not JSON serializable"):
        function.invoke(events.command("trap_views.returns_what_is_no_json"))

    work = named(daemon.documents, "trap_views.returns_what_is_no_json")
    assert work["fault"] is True
    lines = [one for one in records(function) if one["trace_id"] == work["trace_id"]]
    assert [one["level"] for one in lines] == ["ERROR", "INFO"]
    assert "not JSON serializable" in lines[0]["message"]
    assert lines[1]["failed"] is True


def test_trap_06_lambdas_own_line_of_an_error_has_no_query_string(
    function: Function, daemon: Daemon
) -> None:
    with pytest.raises(FunctionError, match=r"no answer from https://example.org/\n"):
        function.invoke(events.command("trap_views.fails_with_a_url"))

    assert "[ERROR] LookupError: no answer from https://example.org/\n" in function.log
    assert "SECRET@" not in function.log.replace('"https://anna:" + "SECRET@', "")
    assert b"SECRET" not in b"".join(daemon.packets)
