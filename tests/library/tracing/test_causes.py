"""Exceptions with what they came from, as X-Ray links them."""

from collections.abc import Callable
from typing import Any

import pytest
from zappa_xray.tracing.causes import MOST, cause_of


def chain(cause: dict[str, Any]) -> list[str]:
    """The types along the links, from the first exception on."""
    by_id = {entry["id"]: entry for entry in cause["exceptions"]}
    entry = cause["exceptions"][0]
    types = [entry["type"]]
    while entry := by_id.get(entry.get("cause")):
        types.append(entry["type"])
    return types


def linked() -> None:
    try:
        int("x")
    except ValueError as error:
        raise LookupError("no such order") from error


def while_handling() -> None:
    try:
        int("x")
    except ValueError:
        raise LookupError("while handling")  # noqa: B904  # what is tested


def hidden() -> None:
    try:
        int("x")
    except ValueError:
        raise LookupError("instead") from None


def test_what_an_exception_was_raised_from_is_linked() -> None:
    with pytest.raises(LookupError) as caught:
        linked()

    cause = cause_of(caught.value)
    assert chain(cause) == ["LookupError", "ValueError"]
    outer, inner = cause["exceptions"]
    assert outer["message"] == "no such order"
    assert inner["message"] == "invalid literal for int() with base 10: 'x'"
    assert outer["stack"][-1]["label"] == inner["stack"][-1]["label"] == "linked"
    assert outer["stack"][-1]["line"] != inner["stack"][-1]["line"]


@pytest.mark.parametrize(
    ("function", "types"),
    [(while_handling, ["LookupError", "ValueError"]), (hidden, ["LookupError"])],
)
def test_what_was_handled_is_linked_unless_it_was_hidden_on_purpose(
    function: Callable[[], None], types: list[str]
) -> None:
    with pytest.raises(LookupError) as caught:
        function()

    assert chain(cause_of(caught.value)) == types


def test_a_group_has_its_members() -> None:
    member = ValueError("one")
    member.__cause__ = KeyError("why")

    cause = cause_of(ExceptionGroup("several", [member, OSError("two")]))

    assert [entry["type"] for entry in cause["exceptions"]] == [
        "ExceptionGroup",
        "ValueError",
        "OSError",
        "KeyError",
    ]
    assert chain(cause) == ["ExceptionGroup", "ValueError", "KeyError"]


def test_a_circle_ends_and_a_long_chain_is_cut() -> None:
    first, second = ValueError("first"), KeyError("second")
    first.__cause__, second.__cause__ = second, first
    assert chain(cause_of(first)) == ["ValueError", "KeyError"]

    innermost = outermost = ValueError("0")
    for number in range(100):
        outermost = ValueError(str(number))
        outermost.__cause__, innermost = innermost, outermost
    cause = cause_of(outermost)
    assert len(cause["exceptions"]) == len(chain(cause)) == MOST
