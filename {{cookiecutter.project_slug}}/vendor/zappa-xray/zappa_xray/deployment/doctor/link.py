"""One link of the chain, and how a look at it ends."""

from collections.abc import Callable
from dataclasses import dataclass

import click


class Broken(Exception):
    """A link does not hold: what was found, and what to do about it."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(found)
        self.found, self.remedy = found, remedy


class LeftOut(Exception):
    """A link could not be looked at; the message says why."""


@dataclass(frozen=True)
class Link:
    """What was found of one link: `holds` is None when it was left out."""

    name: str
    holds: bool | None
    found: str
    remedy: str = ""


def examined(name: str, look: Callable[[], str]) -> Link:
    """Return the link at which `look` looks: it returns what it found or raises Broken, LeftOut or
    click.ClickException."""
    try:
        return Link(name, True, look())
    except Broken as broken:
        return Link(name, False, broken.found, broken.remedy)
    except LeftOut as reason:
        return Link(name, None, str(reason))
    except click.ClickException as failure:
        return Link(name, False, failure.message)
