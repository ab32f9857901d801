"""The account that `make verify-aws` works in: whose it is, whether it may, and how it is asked."""

from __future__ import annotations

import os
import urllib.parse
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # it has no types

LOOPBACK = ("127.0.0.1", "localhost", "::1")
QUESTION = """\
This is the account {account}, as {arn}, in {region}.

A stage {function} is made there: a role, a function, a REST API, a schedule, a sampling rule, a bucket,
log groups. It is asked some twenty times, one request is killed, and all of it is taken away again, also
when something fails. That costs cents: https://aws.amazon.com/xray/pricing/ and so on; nothing is left
that could cost more. Give it credentials of a sandbox, not of production.
"""


class Account:
    """AWS as this process' environment reaches it, in a region."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.session = boto3.session.Session(region_name=region)
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Return a boto3 client, such as `client("xray")`."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service)
        return self._clients[service]

    @cached_property
    def identity(self) -> Mapping[str, str]:
        """Whose credentials these are: Account, Arn. Raises botocore's errors."""
        found: Mapping[str, str] = self.client("sts").get_caller_identity()
        return found

    @property
    def endpoint(self) -> str:
        """The address of an emulated AWS, empty for the real one."""
        return os.environ.get("AWS_ENDPOINT_URL", "")

    @property
    def is_emulated(self) -> bool:
        return urllib.parse.urlsplit(self.endpoint).hostname in LOOPBACK

    def may(self, function: str) -> bool:
        """Return whether this account may be touched: an emulated one, or one that a person named."""
        if self.is_emulated or os.environ.get("YES") == "1":
            return True
        account = self.identity["Account"]
        named = {"account": account, "arn": self.identity["Arn"], "region": self.region}
        print(QUESTION.format(**named, function=function))
        try:
            return input(f"Type {account} to go on: ").strip() == account
        except EOFError:
            print("\nNobody answers here: YES=1 says yes.")
            return False

    def environment(self) -> dict[str, str]:
        """Return the variables with which a command reaches this account."""
        home = Path.home() / ".aws"
        return {
            "AWS_CONFIG_FILE": str(home / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "false",
            **{name: value for name, value in os.environ.items() if name.startswith("AWS_")},
        }

    def url(self, api: str, stage: str) -> str:
        """Return the address of a stage of a REST API."""
        if self.is_emulated:
            return f"{self.endpoint}/_aws/execute-api/{api}/{stage}"
        return f"https://{api}.execute-api.{self.region}.amazonaws.com/{stage}"
