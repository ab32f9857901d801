"""What stands in for AWS in the demo and the tests: it has to fail as AWS does."""

from __future__ import annotations

import io
import json
import os
import select
import socket
import sys
import textwrap
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from emulator import events
from emulator.aws import EmulatedAWS
from emulator.daemon import Daemon, parse
from emulator.function import Function, FunctionDied, FunctionError, FunctionTimedOut
from emulator.gateway import Gateway
from emulator.processes import CommandFailed, clean_environment, run
from emulator.progress import step
from emulator.service import Service
from emulator.tree import lines

HEADER = b'{"format": "json", "version": 1}\n'
TRACE = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"
MakeFunction = Callable[..., Function]


def send(daemon: Daemon, *packets: bytes) -> None:
    host, port = daemon.address.split(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for packet in packets:
            sender.sendto(packet, (host, int(port)))


class TestDaemon:
    def test_keeps_packets_and_reads_documents(self, daemon: Daemon) -> None:
        document = {"id": "1", "trace_id": TRACE}
        packets = [HEADER + json.dumps(document).encode(), b"no header", HEADER + b"no document"]
        send(daemon, *packets)
        assert daemon.packets == packets
        assert daemon.documents == [document]
        assert daemon.of_trace(TRACE) == [document]
        assert daemon.of_trace("1-00000000-000000000000000000000000") == []

    def test_has_nothing_when_nothing_was_sent(self, daemon: Daemon) -> None:
        assert daemon.packets == []

    def test_forgets(self, daemon: Daemon) -> None:
        send(daemon, HEADER + b"{}")
        assert daemon.packets
        daemon.clear()
        assert daemon.packets == []

    def test_waits_for_a_number_of_documents(self, daemon: Daemon) -> None:
        send(daemon, HEADER + b'{"id": "1"}', HEADER + b'{"id": "2"}')
        assert daemon.wait_for(2) == [{"id": "1"}, {"id": "2"}]

    def test_waits_for_what_a_condition_wants(self, daemon: Daemon) -> None:
        send(daemon, HEADER + b'{"id": "1"}', HEADER + b'{"id": "2"}')
        found = daemon.wait_for(lambda documents: {"id": "2"} in documents)
        assert found[-1] == {"id": "2"}

    def test_says_what_came_when_it_waited_in_vain(self, daemon: Daemon) -> None:
        send(daemon, HEADER + b'{"id": "1"}')
        with pytest.raises(TimeoutError, match=r"After 0.01 s .*'id': '1'"):
            daemon.wait_for(2, timeout=0.01)

    def test_takes_the_packets_of_a_busy_request(self, daemon: Daemon) -> None:
        packets = [HEADER + json.dumps({"id": str(number)}).encode() for number in range(200)]
        send(daemon, *packets)
        assert daemon.packets == packets

    @pytest.mark.parametrize("header", [b"", b"{}", b'{"format": "json", "version": 2}'])
    def test_takes_no_document_behind_another_header(self, header: bytes) -> None:
        assert parse(HEADER + b"{}") == {}
        assert parse(header + b"\n{}") is None


@pytest.fixture
def make_function(tmp_path: Path, daemon: Daemon) -> Iterator[MakeFunction]:
    """A factory of functions from the text of their handler."""
    with ExitStack() as functions:

        def make(handler: str, **arguments: Any) -> Function:
            package = tmp_path / "package"
            package.mkdir()
            (package / "handler.py").write_text(textwrap.dedent(handler))
            function = Function(
                package,
                daemon.address,
                python=Path(sys.executable),
                libraries=[],
                **arguments,
            )
            return functions.enter_context(function)

        yield make


class TestFunction:
    def test_returns_what_the_handler_returns(self, make_function: MakeFunction) -> None:
        function = make_function("def lambda_handler(event, context): return {'got': event}")
        assert function.invoke({"a": [1, "ü"]}) == {"got": {"a": [1, "ü"]}}

    def test_keeps_its_process_between_invocations(self, make_function: MakeFunction) -> None:
        function = make_function("""
            seen = []
            def lambda_handler(event, context):
                seen.append(event["number"])
                return seen
        """)
        function.invoke({"number": 1})
        assert function.invoke({"number": 2}) == [1, 2]
        function.kill()
        assert function.invoke({"number": 3}) == [3]

    def test_raises_what_the_handler_raised(self, make_function: MakeFunction) -> None:
        function = make_function("""
            def lambda_handler(event, context):
                return 1 / event["by"]
        """)
        with pytest.raises(FunctionError, match="division by zero") as failed:
            function.invoke({"by": 0})
        assert failed.value.type == "ZeroDivisionError"
        assert "handler.py" in failed.value.stack
        assert function.invoke({"by": 1}) == 1

    def test_raises_when_the_handler_cannot_be_loaded(self, make_function: MakeFunction) -> None:
        function = make_function("import a_module_that_is_not_there")
        with pytest.raises(FunctionError, match="a_module_that_is_not_there") as failed:
            function.invoke({})
        assert failed.value.type == "ModuleNotFoundError"

    def test_refuses_a_result_that_is_no_json(self, make_function: MakeFunction) -> None:
        function = make_function("def lambda_handler(event, context): return object()")
        with pytest.raises(FunctionError, match="not JSON serializable"):
            function.invoke({})

    def test_is_killed_when_its_time_is_up(self, make_function: MakeFunction) -> None:
        function = make_function("""
            import signal, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            def lambda_handler(event, context):
                print("before", flush=False)
                time.sleep(event["seconds"])
                return "done"
        """)
        assert function.invoke({"seconds": 0}, timeout=5) == "done"
        with pytest.raises(FunctionTimedOut, match=r"Task timed out after 0.20 seconds\nbefore"):
            function.invoke({"seconds": 60}, timeout=0.2)
        assert not function.is_warm
        assert function.invoke({"seconds": 0}, timeout=5) == "done"

    def test_says_how_its_process_died(self, make_function: MakeFunction) -> None:
        function = make_function("""
            import os, signal
            def lambda_handler(event, context):
                print("out of memory")
                os.kill(os.getpid(), signal.SIGKILL)
        """)
        with pytest.raises(FunctionDied, match="SIGKILL\nout of memory"):
            function.invoke({})

    def test_context_counts_down_from_the_timeout(self, make_function: MakeFunction) -> None:
        function = make_function(
            """
            def lambda_handler(event, context):
                left = context.get_remaining_time_in_millis()
                while context.get_remaining_time_in_millis() == left:
                    pass
                return [left, context.get_remaining_time_in_millis(), context.function_name]
            """,
            name="notes-api-dev",
        )
        left, later, name = function.invoke({}, timeout=20)
        assert 19_000 < left <= 20_000
        assert left - 1000 < later < left
        assert name == "notes-api-dev"

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (f"Root={TRACE};Parent=0102030405060708;Sampled=1", None),
            (f"Root={TRACE};Lineage=1:a:0", None),
            ("", "not set"),
        ],
    )
    def test_has_the_trace_header(
        self, make_function: MakeFunction, given: str, expected: str | None
    ) -> None:
        function = make_function("""
            import os
            def lambda_handler(event, context):
                return os.environ.get("_X_AMZN_TRACE_ID", "not set")
        """)
        assert function.invoke({}).startswith("Root=1-")
        assert function.invoke({}, given) == (expected or given)

    def test_traces_a_request_in_the_trace_that_it_names(self, make_function: MakeFunction) -> None:
        function = make_function("""
            import os
            def lambda_handler(event, context):
                return [os.environ["_X_AMZN_TRACE_ID"], event["headers"]["X-Amzn-Trace-Id"]]
        """)
        header, named = function.invoke(events.rest_request("GET", "/"))
        root, parent, sampled = header.split(";")
        assert root == named
        assert parent.startswith("Parent=")
        assert sampled == "Sampled=1"

    def test_sees_lambdas_environment_and_no_other(
        self, make_function: MakeFunction, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OF_THE_DEVELOPER", "secret")
        function = make_function(
            """
            import os, sys
            def lambda_handler(event, context):
                return [dict(os.environ), os.getcwd(), sys.path]
            """,
            environment={"DATABASE_URL": "sqlite://"},
        )
        environment, folder, search_path = function.invoke({})
        assert "OF_THE_DEVELOPER" not in environment
        assert environment["DATABASE_URL"] == "sqlite://"
        assert environment["AWS_XRAY_DAEMON_ADDRESS"] == daemon.address
        assert environment["LAMBDA_TASK_ROOT"] == folder == search_path[0] == str(function.package)
        assert not [path for path in search_path if "site-packages" in path]

    def test_log_has_prints_errors_and_lambdas_own_lines(self, make_function: MakeFunction) -> None:
        function = make_function("""
            import logging, sys
            def lambda_handler(event, context):
                print("printed")
                print("complained", file=sys.stderr)
                logging.warning("logged")
                return context.aws_request_id
        """)
        request_id = function.invoke({})
        printed, complained, logged = function.log.splitlines()
        assert (printed, complained) == ("printed", "complained")
        assert logged.startswith("[WARNING]\t")
        assert logged.endswith(f"Z\t{request_id}\tlogged")

    def test_request_and_response_pass_in_base64(self, make_function: MakeFunction) -> None:
        function = make_function("""
            def lambda_handler(event, context):
                return {"statusCode": 200, "body": event["body"], "isBase64Encoded": True}
        """)
        response = function.request("POST", "/", json={"title": "ü"})
        assert events.response_json(response) == {"title": "ü"}


class TestEvents:
    def test_request_is_what_a_rest_api_sends(self) -> None:
        event = events.rest_request(
            "GET", "/api/notes/?page=2&tag=a&tag=b", headers={"Accept": "application/json"}
        )
        assert event["path"] == "/api/notes/"
        assert event["queryStringParameters"] == {"page": "2", "tag": "b"}
        assert event["multiValueQueryStringParameters"] == {"page": ["2"], "tag": ["a", "b"]}
        assert event["requestContext"]["path"] == "/dev/api/notes/"
        assert event["headers"]["Accept"] == "application/json"
        assert event["multiValueHeaders"]["Accept"] == ["application/json"]
        assert event["headers"]["Host"].endswith(".execute-api.eu-central-1.amazonaws.com")
        assert (event["body"], event["isBase64Encoded"]) == (None, False)

    def test_schedule_names_its_function_behind_the_last_dash(self) -> None:
        event = events.scheduled("notes.scheduled.count", lambda_name="notes-api-dev")
        assert event["resources"][0].endswith(":rule/notes-api-dev-notes.scheduled.count")

    def test_trace_header_without_tracing_has_no_decision(self) -> None:
        assert events.trace_header(TRACE, sampled=False).endswith(";Sampled=0")
        assert "Sampled" not in events.passthrough_trace_header(TRACE)


def zip_of(content: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("handler.py", content)
    return file.getvalue()


class TestEmulatedAWS:
    def test_keeps_the_code_of_a_function(self, aws: EmulatedAWS, tmp_path: Path) -> None:
        role = aws.client("iam").create_role(RoleName="of-code", AssumeRolePolicyDocument="{}")
        aws.client("lambda").create_function(
            FunctionName="code",
            Runtime="python3.13",
            Role=role["Role"]["Arn"],
            Handler="handler.lambda_handler",
            Code={"ZipFile": zip_of("answer = 42")},
            Environment={"Variables": {"COLOUR": "blue"}},
            TracingConfig={"Mode": "Active"},
        )
        folder = aws.download("code", tmp_path / "code")
        assert (folder / "handler.py").read_text() == "answer = 42"
        assert aws.function_environment("code") == {"COLOUR": "blue"}
        assert aws.function_tracing("code") == "Active"
        assert aws.function_tracing("another") is None

    def test_lists_no_function_urls_and_creates_permissions(self, aws: EmulatedAWS) -> None:
        client = aws.client("lambda")
        assert client.list_function_url_configs(FunctionName="any")["FunctionUrlConfigs"] == []
        role = aws.client("iam").create_role(RoleName="of-permit", AssumeRolePolicyDocument="{}")
        client.create_function(
            FunctionName="permit",
            Runtime="python3.13",
            Role=role["Role"]["Arn"],
            Handler="handler.lambda_handler",
            Code={"ZipFile": zip_of("")},
        )
        permission = client.add_permission(
            FunctionName="permit",
            StatementId="schedule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
        )
        assert permission["ResponseMetadata"]["HTTPStatusCode"] == 201

    def test_deletes_a_rest_api_with_its_stack(self, aws: EmulatedAWS) -> None:
        api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "stacked"}}
        stacks = aws.client("cloudformation")
        stacks.create_stack(
            StackName="stacked", TemplateBody=json.dumps({"Resources": {"Api": api}})
        )
        gateway = aws.client("apigateway")
        names = [found["name"] for found in gateway.get_rest_apis()["items"]]
        assert "stacked" in names
        stacks.delete_stack(StackName="stacked")
        assert "stacked" not in [found["name"] for found in gateway.get_rest_apis()["items"]]

    def test_reads_the_tracing_of_a_stage(self, aws: EmulatedAWS) -> None:
        gateway = aws.client("apigateway")
        api = gateway.create_rest_api(name="traced")["id"]
        root = gateway.get_resources(restApiId=api)["items"][0]["id"]
        gateway.put_method(
            restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE"
        )
        gateway.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
        assert aws.stage_tracing("traced", "dev") is None
        gateway.create_deployment(restApiId=api, stageName="dev")
        assert aws.stage_tracing("traced", "dev") is False
        switch_on = {"op": "replace", "path": "/tracingEnabled", "value": "true"}
        gateway.update_stage(restApiId=api, stageName="dev", patchOperations=[switch_on])
        assert aws.stage_tracing("traced", "dev") is True
        assert aws.stage_tracing("nothing of that name", "dev") is None

    def test_keeps_sampling_rules(self, aws: EmulatedAWS) -> None:
        client = aws.client("xray")
        rule = {
            "RuleName": "stage",
            "ResourceARN": "*",
            "Priority": 100,
            "FixedRate": 1.0,
            "ReservoirSize": 10,
            "ServiceName": "notes-api-dev/dev",
            "ServiceType": "AWS::ApiGateway::Stage",
            "Host": "*",
            "HTTPMethod": "*",
            "URLPath": "*",
        }

        def rates() -> dict[str, float]:
            records = client.get_sampling_rules()["SamplingRuleRecords"]
            rules = [record["SamplingRule"] for record in records]
            return {rule["RuleName"]: rule["FixedRate"] for rule in rules}

        client.create_sampling_rule(SamplingRule=rule | {"Version": 1})
        assert rates() == {"Default": 0.05, "stage": 1.0}
        with pytest.raises(client.exceptions.InvalidRequestException, match="exists already"):
            client.create_sampling_rule(SamplingRule=rule | {"Version": 1})
        client.update_sampling_rule(SamplingRuleUpdate={"RuleName": "stage", "FixedRate": 0.5})
        assert rates() == {"Default": 0.05, "stage": 0.5}
        client.delete_sampling_rule(RuleName="stage")
        assert rates() == {"Default": 0.05}
        with pytest.raises(client.exceptions.InvalidRequestException, match="no sampling rule"):
            client.delete_sampling_rule(RuleName="stage")

    def test_ends_with_its_block(self) -> None:
        with EmulatedAWS() as aws:
            urllib.request.urlopen(aws.url, timeout=10).close()
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(aws.url, timeout=10)


REDIRECTS_AND_ECHOES = """
    def lambda_handler(event, context):
        host = event["headers"]["Host"]
        return {
            "statusCode": 302,
            "multiValueHeaders": {
                "Location": [f"https://{host}/dev/next"],
                "X-Saw": [event["path"], str(event["headers"].get("Origin") == f"https://{host}")],
            },
            "body": event["body"] or "",
            "isBase64Encoded": event["isBase64Encoded"],
        }
"""


class DoNotFollow(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


class TestGateway:
    def answer(self, url: str, **request: Any) -> tuple[int, list[tuple[str, str]], bytes]:
        opener = urllib.request.build_opener(DoNotFollow)
        with pytest.raises(urllib.error.HTTPError) as answered:
            opener.open(urllib.request.Request(url, **request), timeout=10)
        with answered.value as response:
            return response.code, response.headers.items(), response.read()

    def test_translates_addresses_and_bodies(self, make_function: MakeFunction) -> None:
        with Gateway(make_function(REDIRECTS_AND_ECHOES)) as gateway:
            status, headers, body = self.answer(
                f"{gateway.url}/a/b?c=d", data=b"\xff\x00", headers={"Origin": gateway.origin}
            )
        assert status == 302
        assert ("Location", f"{gateway.url}/next") in headers
        assert ("X-Saw", "/a/b") in headers
        assert ("X-Saw", "True") in headers
        assert body == b"\xff\x00"

    def test_refuses_what_is_outside_of_the_stage(self, make_function: MakeFunction) -> None:
        with Gateway(make_function(REDIRECTS_AND_ECHOES)) as gateway:
            answers = [self.answer(gateway.origin + path)[0] for path in ("/", "/device", "/dev")]
        assert answers == [403, 403, 302]

    def test_hides_why_a_function_failed(self, make_function: MakeFunction) -> None:
        failing = make_function("""
            import time
            def lambda_handler(event, context):
                if event["path"] == "/slow":
                    time.sleep(60)
                raise RuntimeError("a secret")
        """)
        failing.timeout = 0.3
        with Gateway(failing) as gateway:
            assert self.answer(f"{gateway.url}/slow")[0] == 504
            status, _, body = self.answer(f"{gateway.url}/fails")
        assert status == 502
        assert json.loads(body) == {"message": "Internal server error"}


class TestProcesses:
    def test_environment_is_clean(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in (
            "AWS_PROFILE",
            "DJANGO_DEBUG",
            "DATABASE_URL",
            "MAKEFLAGS",
            "ARGS",
            "VIRTUAL_ENV",
        ):
            monkeypatch.setenv(name, "of the developer")
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
        environment = clean_environment({"DJANGO_SECRET_KEY": "given"})
        assert "of the developer" not in environment.values()
        assert environment["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
        assert environment["HTTPS_PROXY"] == "http://proxy"
        assert environment["DJANGO_SECRET_KEY"] == "given"

    def test_failure_has_the_output(self, tmp_path: Path) -> None:
        command = ["sh", "-c", "echo out; echo err >&2; exit 3"]
        with pytest.raises(CommandFailed, match=r"exit code 3\nout\nerr"):
            run(command, folder=tmp_path)
        assert run(["sh", "-c", "echo out; echo err >&2"], folder=tmp_path) == "out\nerr\n"

    def test_timeout_ends_the_whole_group(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "held")
        held = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
        try:
            with pytest.raises(CommandFailed, match=r"not done after 0.5 s\nstarted"):
                run(
                    ["sh", "-c", "exec 3> held; echo started; sleep 600; echo never"],
                    folder=tmp_path,
                    timeout=0.5,
                )
            # The sleep holds the pipe as well: its end is seen here once nobody has it open.
            assert select.select([held], [], [], 10)[0]
            assert os.read(held, 1) == b""
        finally:
            os.close(held)


class TestService:
    def test_stage_settings_have_what_they_extend(self, tmp_path: Path) -> None:
        stages = {
            "dev": {"a": 1, "b": 2},
            "production": {"extends": "dev", "b": 3},
            "trial": {"extends": "production", "c": 4},
        }
        (tmp_path / "zappa_settings.json").write_text(json.dumps(stages))
        assert Service(tmp_path).stage_settings("trial") == {"a": 1, "b": 3, "c": 4}


OUTER = {
    "id": "00000000000000a1",
    "name": "notes-api",
    "trace_id": TRACE,
    "parent_id": "00000000000000f0",
    "type": "subsegment",
    "start_time": 100.0,
}
QUERY = {
    "id": "00000000000000b2",
    "name": "execute",
    "trace_id": TRACE,
    "parent_id": OUTER["id"],
    "start_time": 100.001,
    "end_time": 100.0025,
    "sql": {
        "sanitized_query": 'SELECT "notes_note"."id", "notes_note"."owner_id", "notes_note"."title"'
        '\n  FROM "notes_note" WHERE "notes_note"."id" = %s'
    },
}
REQUEST = {"method": "GET", "url": "https://a.example/dev/api/notes/7/?secret=1"}


class TestTree:
    def test_finished_request(self) -> None:
        finished = OUTER | {
            "end_time": 100.0123,
            "http": {"request": REQUEST, "response": {"status": 200}},
            "annotations": {"route": "/api/notes/{id}/", "status": 200},
            "metadata": {"tracing": {"shortened": "yes"}},
            "in_progress": False,
        }
        started = OUTER | {"in_progress": True, "http": {"request": REQUEST}}
        assert lines([started, QUERY, finished], width=90) == [
            "trace 1-5f84c7a1-e7d1852db8c4fd35d88bf49a",
            "└── segment 00000000000000f0 of the Lambda function, made by AWS",
            "    └── notes-api  GET /dev/api/notes/7/  200  12.3 ms",
            "        ├── route=/api/notes/{id}/ status=200",
            "        ├── metadata: tracing.shortened",
            "        └── execute  1.5 ms  SELECT … FROM notes_note WHERE notes_note.id = %s",
        ]

    def test_failed_request(self) -> None:
        stack = [
            {"path": "views.py", "line": 1, "label": "dispatch"},
            {"path": "notes/views.py", "line": 12, "label": "list"},
        ]
        exception = {"type": "KeyError", "message": "'colour'", "stack": stack}
        failed = OUTER | {
            "end_time": 100.5,
            "http": {"request": REQUEST, "response": {"status": 500}},
            "fault": True,
            "cause": {"exceptions": [exception]},
        }
        assert lines([failed]) == [
            "trace 1-5f84c7a1-e7d1852db8c4fd35d88bf49a",
            "└── segment 00000000000000f0 of the Lambda function, made by AWS",
            "    └── notes-api  GET /dev/api/notes/7/  500 fault  500.0 ms",
            "        └── KeyError: 'colour' (notes/views.py:12)",
        ]

    def test_request_that_never_ended(self) -> None:
        started = OUTER | {"in_progress": True, "http": {"request": REQUEST}}
        assert lines([started])[2:] == ["    └── notes-api  GET /dev/api/notes/7/  in progress"]

    def test_segment_of_a_local_server_with_subsegments_inside(self) -> None:
        inner = {"id": "00000000000000c3", "name": "render", "start_time": 1.0, "end_time": 1.001}
        segment = {key: OUTER[key] for key in ("id", "name", "trace_id", "start_time")}
        segment |= {"end_time": 101.0, "error": True, "throttle": True, "subsegments": [inner]}
        segment["http"] = {"request": REQUEST, "response": {"status": 429}}
        assert lines([segment]) == [
            "trace 1-5f84c7a1-e7d1852db8c4fd35d88bf49a",
            "└── notes-api  GET /dev/api/notes/7/  429 error throttle  1000.0 ms",
            "    └── render  1.0 ms",
        ]

    def test_no_line_is_wider_than_asked_for(self) -> None:
        finished = OUTER | {"end_time": 101.0}
        printed = lines([finished, QUERY], width=60)
        assert printed[-1] == "        └── execute  1.5 ms  SELECT … FROM notes_note WHERE…"
        assert len(printed[-1]) == 60

    def test_nothing_is_no_trace(self) -> None:
        with pytest.raises(ValueError, match="without a document"):
            lines([])


class TestProgress:
    def printed(self, error: Exception | None = None) -> str:
        file = io.StringIO()
        console = Console(file=file, width=60)
        try:
            with step(console, "Bake a service"):
                if error:
                    raise error
        except ValueError:
            pass
        return file.getvalue()

    def test_tick(self) -> None:
        assert self.printed() == "✓ Bake a service 0.0 s\n"

    def test_cross(self) -> None:
        assert self.printed(ValueError()) == "✗ Bake a service 0.0 s\n"

    def test_sign_of_life_without_a_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("emulator.progress.SIGN_OF_LIFE_SECONDS", 0.01)
        file = io.StringIO()
        with step(Console(file=file, width=60), "Bake"):
            give_up = time.monotonic() + 10
            while "still" not in file.getvalue() and time.monotonic() < give_up:
                time.sleep(0.01)
        assert file.getvalue().startswith("  Bake: still at it after 0 s\n")
