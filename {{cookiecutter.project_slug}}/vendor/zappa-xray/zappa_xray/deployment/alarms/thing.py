"""One thing in AWS that the alarms are made of."""

from collections.abc import Mapping
from typing import Any, Protocol

from zappa_xray.deployment.stage import CallFailed

Facts = Mapping[str, Any]

# What AWS's services say of a thing that is not there.
NOT_THERE = (
    "NotFound",
    "NotFoundException",
    "ResourceNotFound",
    "ResourceNotFoundException",
    "InvalidRequestException",
)


class Thing(Protocol):
    """A thing with its name, such as `the alarm notes-dev-5xx`, and how it should be."""

    name: str
    wanted: Facts

    def read(self) -> Facts | None:
        """Return how it is, None when it is not there. Raises CallFailed, as the others do."""

    def write(self) -> None:
        """Make it, or make it as it should be."""

    def delete(self) -> None:
        """Take it away; it is there."""


def holds(wanted: Any, found: Any) -> bool:
    """Return whether all that is wanted was found; what AWS adds to it does not count."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            key in found and holds(value, found[key]) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list) and len(wanted) == len(found) and all(map(holds, wanted, found))
        )
    return bool(wanted == found)


def unless_missing(failure: CallFailed) -> None:
    """Raise what AWS answered unless it says that the thing is not there."""
    if failure.code not in NOT_THERE:
        raise failure
