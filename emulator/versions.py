"""Versions of a function: moto counts those that are there, gives a number twice, and forgets a processor.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html: a number is not used again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.awslambda.models import LambdaFunction, LambdaStorage

Change = Callable[[LambdaFunction, dict[str, Any]], dict[str, Any]]
Publish = Callable[..., LambdaFunction | None]


def install() -> None:
    LambdaStorage.publish_version = numbered(LambdaStorage.publish_version)  # type: ignore[method-assign]  # moto counts anew
    LambdaFunction.update_function_code = on_its_processor(LambdaFunction.update_function_code)  # type: ignore[method-assign, assignment]  # moto keeps the first


def numbered(publish: Publish) -> Publish:
    """Change LambdaStorage.publish_version: a new version has a number above all that are there."""

    def publish_version(
        self: LambdaStorage, name_or_arn: str, description: str = ""
    ) -> LambdaFunction | None:
        name = self.get_function_by_name_or_arn_forbid_qualifier(name_or_arn).function_name
        before = list(self._functions[name]["versions"])
        arns = dict(self._arns)
        published = publish(self, name_or_arn, description)
        highest = max((int(version.version) for version in before), default=0)
        if published is None or published in before or int(published.version) > highest:
            return published
        self._arns.pop(published.function_arn)
        published.set_version(highest + 1)
        self._arns.update(arns | {published.function_arn: published})
        return published

    return publish_version


def on_its_processor(change: Change) -> Change:
    """Change LambdaFunction.update_function_code: new code may come for another processor.

    https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
    """

    def update_function_code(self: LambdaFunction, spec: dict[str, Any]) -> dict[str, Any]:
        self.architectures = spec.get("Architectures", self.architectures)
        return change(self, spec)

    return update_function_code
