"""A library is imported without another one that it imports, and works all the same."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.library.lambda_start.process import run

WITHOUT_BOTO3 = """
import json, sys
from zappa_xray.lambda_start.postponed import import_without

import_without("zappa.utilities", "boto3", "botocore")
import_without("zappa.asynchronous", "boto3", "botocore")
loaded = [name for name in ("boto3", "botocore") if name in sys.modules]
"""


class Lambda(BaseHTTPRequestHandler):
    """Answers each call of Lambda's Invoke and keeps its body."""

    invoked: list[Any] = []

    def do_POST(self) -> None:
        self.invoked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(202)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def aws() -> Iterator[str]:
    """The address of an AWS that takes invocations of functions."""
    Lambda.invoked = []
    with HTTPServer(("127.0.0.1", 0), Lambda) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_zappa_s_tasks_are_imported_without_boto3() -> None:
    imported = run(f"""{WITHOUT_BOTO3}
from zappa.asynchronous import task
print(json.dumps([loaded, [name for name in ("boto3", "botocore") if name in sys.modules]]))
""")
    assert imported == [[], []]


def test_what_was_postponed_is_there_when_it_is_used() -> None:
    same = run(f"""{WITHOUT_BOTO3}
import zappa.asynchronous, zappa.utilities
used = [module.boto3.Session for module in (zappa.asynchronous, zappa.utilities)]
import boto3
print(json.dumps([loaded, [one is boto3.Session for one in used]]))
""")
    assert same == [[], [True, True]]


def test_a_task_is_sent_to_lambda_by_the_client_that_zappa_made_at_its_import(aws: str) -> None:
    sent = run(
        f"""{WITHOUT_BOTO3}
from zappa.asynchronous import LAMBDA_CLIENT, get_async_response, run
from json import dumps

response = run(dumps, args=["A-1"], remote_aws_lambda_function_name="notes-api-dev")
print(json.dumps([loaded, response.sent, LAMBDA_CLIENT.meta.service_model.service_name]))
""",
        AWS_ENDPOINT_URL=aws,
        AWS_LAMBDA_FUNCTION_NAME="notes-api-dev",
    )
    assert sent == [[], True, "lambda"]
    [message] = Lambda.invoked
    assert message["command"] == "zappa.asynchronous.route_lambda_task"
    assert (message["task_path"], message["args"]) == ("json.dumps", ["A-1"])


def test_a_module_that_is_loaded_already_is_used_as_it_is() -> None:
    same = run(f"""{WITHOUT_BOTO3}
import boto3
import_without("zappa.core", "boto3")
import zappa.core
print(json.dumps(zappa.core.boto3 is boto3))
""")
    assert same is True
