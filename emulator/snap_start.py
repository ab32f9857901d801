"""SnapStart of a function, which moto answers as off: a published version then starts from a snapshot.

https://docs.aws.amazon.com/lambda/latest/api/API_SnapStartResponse.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LambdaFunction

from emulator.kept import keep


def install() -> None:
    """Let moto keep a function's SnapStart, in this process."""
    keep("SnapStart", told)


def told(function: LambdaFunction, asked: Mapping[str, Any] | None) -> dict[str, Any]:
    wanted = asked["ApplyOn"] if asked else "None"
    published = str(function.version) != "$LATEST"
    status = "On" if wanted == "PublishedVersions" and published else "Off"
    return {"SnapStart": {"ApplyOn": wanted, "OptimizationStatus": status}}
