"""The SDK's client of AWS, which waits until something is sampled by AWS's rules."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.sampling.sampler import DefaultSampler
from django.conf import settings
from zappa_xray.tracing import sampling_client

RULE = {
    "RuleName": "notes",
    "Priority": 100,
    "FixedRate": 0.5,
    "ReservoirSize": 1,
    "Host": "*",
    "ServiceName": "*",
    "HTTPMethod": "*",
    "URLPath": "*",
    "ServiceType": "*",
    "ResourceARN": "*",
    "Version": 1,
}


class XRay(BaseHTTPRequestHandler):
    """The daemon's TCP side, which passes AWS's rules on."""

    def do_POST(self) -> None:
        body = json.dumps({"SamplingRuleRecords": [{"SamplingRule": RULE}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def daemon() -> Iterator[DaemonConfig]:
    with ThreadingHTTPServer(("127.0.0.1", 0), XRay) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield DaemonConfig(f"tcp:127.0.0.1:{server.server_port} udp:127.0.0.1:1")
        server.shutdown()
        thread.join()


@pytest.fixture
def sampler(daemon: DaemonConfig) -> DefaultSampler:
    """The SDK's own, as its recorder makes one outside Lambda."""
    sampler = DefaultSampler()
    sampler.load_settings(daemon, Context())
    return sampler


def test_it_is_made_when_rules_are_asked_for_with_what_the_sdk_was_told(
    sampler: DefaultSampler,
) -> None:
    connector, context = sampler._connector, sampler._connector.context
    assert type(connector) is sampling_client.ServiceConnector
    [rule] = connector.fetch_sampling_rules()
    assert (rule.name, rule.rate) == ("notes", 0.5)
    assert type(connector).__module__ == sampling_client.CONNECTOR
    assert connector.context is context


def test_a_client_of_the_service_s_own_is_asked(sampler: DefaultSampler) -> None:
    own = SimpleNamespace(get_sampling_rules=lambda: {"SamplingRuleRecords": []})
    sampler.xray_client = own
    sampler.load_settings(DaemonConfig(), Context())
    assert sampler._connector.fetch_sampling_rules() == []


def test_what_is_told_after_the_first_question_is_heard(sampler: DefaultSampler) -> None:
    sampler._connector.fetch_sampling_rules()
    test_a_client_of_the_service_s_own_is_asked(sampler)


def test_no_command_waits_for_botocore_to_be_imported() -> None:
    names = "print('aws_xray_sdk.core' in sys.modules, 'botocore' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", f"import django, sys; django.setup(); {names}"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.split() == ["True", "False"]
