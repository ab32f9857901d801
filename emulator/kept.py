"""What moto forgets of a function's configuration, kept: a version is a copy of its function, with all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.awslambda.models import LambdaFunction

Tell = Callable[[LambdaFunction, Any], dict[str, Any]]


def keep(name: str, tell: Tell) -> None:
    """Have moto keep the key `name` of what a function is made or changed with, in this process.

    tell    returns what a function's configuration then says, by its keys; it is given the function and
            the value that was last asked for, None before any
    """
    make, change = LambdaFunction.__init__, LambdaFunction.update_configuration
    describe = LambdaFunction.get_configuration

    def made(
        function: LambdaFunction, account_id: str, spec: Any, *more: Any, **named: Any
    ) -> None:
        make(function, account_id, spec, *more, **named)
        vars(function)[name] = spec.get(name)

    def changed(function: LambdaFunction, updates: dict[str, Any]) -> dict[str, Any]:
        vars(function)[name] = updates.get(name, vars(function).get(name))
        return change(function, updates)

    def described(function: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        return describe(function, on_create) | tell(function, vars(function).get(name))

    LambdaFunction.__init__ = made  # type: ignore[method-assign, assignment] # moto forgets it
    LambdaFunction.update_configuration = changed  # type: ignore[method-assign, assignment] # likewise
    LambdaFunction.get_configuration = described  # type: ignore[method-assign, assignment] # likewise
