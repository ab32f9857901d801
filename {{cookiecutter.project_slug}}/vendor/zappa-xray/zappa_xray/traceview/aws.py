"""AWS's clients of a stage's region and profile, and its errors as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import CommandError

from zappa_xray.traceview.stage import Stage

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


def client(stage: Stage, service: str) -> Any:
    """Return boto3's client of a service; it waits and tries again when AWS asks for patience."""
    with readable_errors():
        session = boto3.session.Session(region_name=stage.region, profile_name=stage.profile)
        config = Config(retries={"mode": "adaptive", "max_attempts": 10})
        return session.client(service, config=config)


@contextmanager
def readable_errors() -> Iterator[None]:
    """Raise AWS's errors as CommandError, without a traceback."""
    try:
        yield
    except ClientError as error:
        needed = "what reading traces needs: zappa-xray's README.md, Permissions"
        raise CommandError(f"{error} ({needed})") from error
    except BotoCoreError as error:
        raise CommandError(str(error)) from error


def reason(error: Exception) -> str:
    """Return why AWS did not answer, in a few words for the end of a sentence."""
    if isinstance(error, ClientError):
        return f"{error.operation_name} answered {error.response['Error']['Code']}"
    return str(error)


def is_denied(error: ClientError) -> bool:
    """Whether a permission is missing."""
    return error.response["Error"]["Code"] in DENIED
