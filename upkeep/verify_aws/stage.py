"""The stage that is made in an account: its names, its commands, its answers and its log."""

from __future__ import annotations

import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from botocore.exceptions import ClientError

from emulator import events
from emulator.service import Service
from upkeep.verify_aws.account import Account
from upkeep.verify_aws.claims import expect

MADE_UP_DATABASE = "postgresql://verify:verify@database.invalid/verify"
LOG_SECONDS, LOG_SECONDS_BETWEEN = 60.0, 2.0
NOT_THERE = ("404", "NoSuchBucket", "ResourceNotFoundException")


@dataclass(frozen=True)
class Answer:
    """What a client got: `sampled` is what the answer's trace header says, if anything."""

    status: int
    trace_id: str
    seconds: float
    sampled: str


@dataclass
class Stage:
    """The stage `name` of a service in an account.

    killed_after     seconds of the function's life while a request hangs, in place of its own
    made_its_bucket  whether the bucket of its packages was not there before
    """

    service: Service
    account: Account
    name: str
    killed_after: int | None = None
    made_its_bucket: bool = False
    variables: dict[str, str] = field(default_factory=dict, repr=False)  # secrets are among them

    @property
    def function(self) -> str:
        return f"{self.service.stage_settings(self.name)['project_name']}-{self.name}"

    @cached_property
    def api(self) -> str:
        found = self.account.client("cloudformation").describe_stack_resource(
            StackName=self.function, LogicalResourceId="Api"
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    @property
    def url(self) -> str:
        return self.account.url(self.api, self.name)

    def is_there(self) -> bool:
        """Return whether the account has such a function already; remember whether it has the bucket."""
        bucket = str(self.service.stage_settings(self.name)["s3_bucket"])
        self.made_its_bucket = not exists(
            lambda: self.account.client("s3").head_bucket(Bucket=bucket)
        )
        client = self.account.client("lambda")
        return exists(lambda: client.get_function_configuration(FunctionName=self.function))

    @contextmanager
    def shorter_life(self) -> Iterator[None]:
        """Let the function be killed after `killed_after` seconds meanwhile, if that is given."""
        client = self.account.client("lambda")
        kept = client.get_function_configuration(FunctionName=self.function)["Timeout"]
        self.set_timeout(self.killed_after or kept)
        yield
        self.set_timeout(kept)

    def set_timeout(self, seconds: int) -> None:
        client = self.account.client("lambda")
        client.update_function_configuration(FunctionName=self.function, Timeout=seconds)
        client.get_waiter("function_updated_v2").wait(FunctionName=self.function)

    def logged(self, group: str, phrase: str, fits: Callable[[str], object]) -> str:
        """Return the line of a log group that holds a phrase and fits, once it is there."""
        client, end = self.account.client("logs"), time.monotonic() + LOG_SECONDS
        while True:
            pages = client.get_paginator("filter_log_events").paginate(logGroupName=group)
            lines = (event["message"] for page in pages for event in page["events"])
            if line := next((line for line in lines if phrase in line and fits(line)), None):
                return str(line).strip()
            expect(time.monotonic() < end, f"{group} has no such line in {LOG_SECONDS:g} s")
            time.sleep(LOG_SECONDS_BETWEEN)

    def ask(self, path: str, sampled: str = "1") -> Answer:
        """Send a request as a client does that wants to be traced; `sampled` empty: as any other."""
        root = events.trace_id()
        header = f"Root={root}" + (f";Sampled={sampled}" if sampled else "")
        request = urllib.request.Request(self.url + path, headers={"X-Amzn-Trace-Id": header})
        started = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                status, got = response.status, response.headers
        except urllib.error.HTTPError as error:
            with error:
                status, got = error.code, error.headers
        fields = events.trace_fields(got.get("X-Amzn-Trace-Id", ""))
        return Answer(status, root, time.monotonic() - started, fields.get("Sampled", ""))

    def make(self, target: str, arguments: str = "") -> str:
        if not self.variables:
            self.variables |= {
                "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
                "DATABASE_URL": MADE_UP_DATABASE,
            }
        environment = self.account.environment() | self.variables
        return self.service.make(target, STAGE=self.name, ARGS=arguments, environment=environment)


def exists(ask: Callable[[], object]) -> bool:
    """Return whether AWS has what is asked for. Raises ClientError when it may not be asked."""
    try:
        ask()
    except ClientError as error:
        if error.response["Error"]["Code"] not in NOT_THERE:
            raise
        return False
    return True
