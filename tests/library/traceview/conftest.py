"""AWS's services, each of which answers what it is told and nothing else."""

import time
from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from tests.library.traceview.report_calls import Stubs


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubs]:
    """X-Ray, CloudWatch and its logs; at the end each was asked for all that it was told to answer."""
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
    clients = {
        name: boto3.client(name, region_name="eu-central-1", **keys)
        for name in ("xray", "logs", "cloudwatch")
    }
    monkeypatch.setattr(boto3.session.Session, "client", lambda _, name, **__: clients[name])
    monkeypatch.setattr(time, "sleep", lambda _: None)
    stubs = {name: Stubber(client) for name, client in clients.items()}
    for stub in stubs.values():
        stub.activate()
    yield stubs
    for stub in stubs.values():
        stub.assert_no_pending_responses()
