"""Kinds of values in zappa_settings.json: how each is told to a person, and what is of it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Wrong = Callable[[Any], str]  # returns what a value lacks, an empty text for one that fits


@dataclass(frozen=True)
class Kind:
    """A kind of value: `said` is what has to stand there, `wrong` looks closer at what is of `types`."""

    said: str
    types: tuple[type, ...]
    wrong: Wrong = lambda _value: ""

    def fault(self, value: Any) -> str:
        """Return why a value is none of this kind, an empty text when it is."""
        # JSON's true is no number, though Python's is.
        if not isinstance(value, self.types) or (
            isinstance(value, bool) and bool not in self.types
        ):
            return f"has to be {self.said}"
        return self.wrong(value)


def number(least: float, most: float) -> Kind:
    said = f"a whole number of {least:,} to {most:,}, without quotes"
    return Kind(said, (int,), lambda value: "" if least <= value <= most else f"has to be {said}")


def one_of(*choices: str) -> Kind:
    said = " or ".join(f'"{choice}"' for choice in choices)
    return Kind(said, (str,), lambda value: "" if value in choices else f"has to be {said}")


def text_like(pattern: str, said: str) -> Kind:
    fits = re.compile(pattern)
    return Kind(said, (str,), lambda text: "" if fits.fullmatch(text) else f"has to be {said}")


def list_of(kind: Kind, said: str) -> Kind:
    return Kind(said, (list,), lambda values: first(kind.fault(value) for value in values))


def names_to(kind: Kind, said: str) -> Kind:
    def wrong(values: dict[str, Any]) -> str:
        return first(
            f"has {name}, which {fault}"
            for name, value in values.items()
            if (fault := kind.fault(value))
        )

    return Kind(said, (dict,), wrong)


def first(faults: Iterable[str]) -> str:
    return next((fault for fault in faults if fault), "")


ANYTHING = Kind("anything", (object, bool))
FLAG = Kind("true or false, without quotes", (bool,))
TEXT = Kind("a text in quotes", (str,))
OBJECT = Kind("an object in braces", (dict,))
TEXTS = list_of(TEXT, "a list of texts")
OBJECTS = list_of(OBJECT, "a list of objects in braces")
NAMED_TEXTS = names_to(TEXT, "an object of texts in quotes")
