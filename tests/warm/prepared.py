"""Imported by a warm interpreter: takes from each command of a stage what it waits for, and what it reads anew.

Zappa and its hooks ask again at once: the emulated AWS has no work left when it has answered. How often
they ask is not limited by that, nor what they ask for. Nor does Zappa ask PyPI for a newer one of itself.
The SDK's descriptions of AWS's services are read once.
"""

from __future__ import annotations

import time
from functools import cache
from types import SimpleNamespace

import boto3  # type: ignore[import-untyped]  # it has no types
import zappa.cli  # type: ignore[import-not-found]  # of a service's environment, as all below
import zappa.core  # type: ignore[import-not-found]  # as above
from botocore.loaders import JSONFileLoader
from zappa_xray.deployment import stack, touch

SECONDS = 0.05
SERVICES = ("apigateway", "cloudformation", "cloudwatch", "events", "iam", "lambda", "logs")
BESIDE = ("apigatewayv2", "cognito-idp", "dynamodb", "efs", "route53", "s3", "sns", "sts", "xray")


def pause(_seconds: float) -> None:
    time.sleep(SECONDS)


zappa.core.time = SimpleNamespace(**{**vars(time), "sleep": pause})
stack.SECONDS_BETWEEN = touch.SECONDS_BETWEEN = SECONDS
zappa.cli.check_new_version_available = lambda _version: False

read_once = cache(JSONFileLoader().load_file)
JSONFileLoader.load_file = lambda _loader, path: read_once(path)
for service in (*SERVICES, *BESIDE):
    boto3.Session().client(service, region_name="eu-central-1")
