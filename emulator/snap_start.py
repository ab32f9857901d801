"""SnapStart of a function, which moto answers as off: a published version then starts from a snapshot.

https://docs.aws.amazon.com/lambda/latest/api/API_SnapStartResponse.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LambdaFunction

KEPT = "snap_start"


def install() -> None:
    """Let moto keep a function's SnapStart, in this process; a version is a copy of its function."""
    make, change = LambdaFunction.__init__, LambdaFunction.update_configuration
    tell = LambdaFunction.get_configuration

    def made(
        function: LambdaFunction, account_id: str, spec: Any, *more: Any, **named: Any
    ) -> None:
        make(function, account_id, spec, *more, **named)
        keep(function, spec)

    def changed(function: LambdaFunction, updates: dict[str, Any]) -> dict[str, Any]:
        keep(function, updates)
        return change(function, updates)

    def told(function: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        wanted = vars(function).get(KEPT, "None")
        published = str(function.version) != "$LATEST"
        status = "On" if wanted == "PublishedVersions" and published else "Off"
        answer = {"ApplyOn": wanted, "OptimizationStatus": status}
        return tell(function, on_create) | {"SnapStart": answer}

    LambdaFunction.__init__ = made  # type: ignore[method-assign, assignment] # moto forgets it
    LambdaFunction.update_configuration = changed  # type: ignore[method-assign, assignment] # likewise
    LambdaFunction.get_configuration = told  # type: ignore[method-assign, assignment] # likewise


def keep(function: LambdaFunction, spec: Mapping[str, Any]) -> None:
    if "SnapStart" in spec:
        vars(function)[KEPT] = spec["SnapStart"]["ApplyOn"]
