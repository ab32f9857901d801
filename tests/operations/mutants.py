"""Policies from which something was taken, and whether anybody notices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.operations.simulator import Document, Request, decide


def actions_of(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


def mutants(document: Document) -> Iterator[tuple[str, set[str], Document]]:
    """Yield the policy without a statement, and without an action: what lacks, and the rest."""
    for number, statement in enumerate(document["Statement"]):
        others = [other for other in document["Statement"] if other is not statement]
        actions = actions_of(statement)
        yield statement["Sid"], set(actions), document | {"Statement": others}
        for action in actions if len(actions) > 1 else ():
            rest = statement | {"Action": [other for other in actions if other != action]}
            changed = [*others[:number], rest, *others[number:]]
            yield f"{statement['Sid']} {action}", {action}, document | {"Statement": changed}


def unnoticed(document: Document, requests: list[Request]) -> tuple[list[str], set[str]]:
    """Return the names of all mutants, and of those that still allow every request."""
    cases = list(mutants(document))
    asked = [
        (name, request)
        for name, actions, _ in cases
        for request in requests
        if request.action in actions
    ]
    decisions = decide({name: rest for name, _, rest in cases}, asked)
    noticed = {name for (name, _), allowed in zip(asked, decisions, strict=True) if not allowed}
    return [name for name, *_ in cases], {name for name, *_ in cases} - noticed
