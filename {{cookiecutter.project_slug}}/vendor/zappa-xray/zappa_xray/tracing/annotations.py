"""The annotations of a document as X-Ray indexes them."""

import re
from typing import Any

from zappa_xray.tracing.documents import Document
from zappa_xray.tracing.plain import plain

MOST_ANNOTATIONS = 50
LONGEST_KEY = 500
LONGEST_ANNOTATION = 1_000
# Of a request that has too many these stay.
OURS = ("route", "method", "status", "stage", "cold_start", "timed_out")

_FOREIGN = re.compile(r"[^A-Za-z0-9_]")


def mended_annotations(document: Document, notes: list[str]) -> Document:
    """Makes the document's annotations valid and returns those that are more than 50.

    What was cut is added to `notes`.
    """
    given: Any = document["annotations"]
    annotations = {
        _key(key): _value(key, value, notes)
        for key, value in (given.items() if isinstance(given, dict) else ())
    }
    if len(annotations) <= MOST_ANNOTATIONS:
        document["annotations"] = annotations
        return {}
    ordered = sorted(
        annotations, key=lambda key: key not in OURS
    )  # stable: in the order of setting
    document["annotations"] = {key: annotations[key] for key in ordered[:MOST_ANNOTATIONS]}
    notes.append(f"annotations: {MOST_ANNOTATIONS} of {len(annotations)} are left")
    return {key: annotations[key] for key in ordered[MOST_ANNOTATIONS:]}


def _key(key: object) -> str:
    return _FOREIGN.sub("_", str(plain(key)))[:LONGEST_KEY] or "_"


def _value(key: object, value: Any, notes: list[str]) -> str | int | float | bool:
    value = plain(value)
    if isinstance(value, (bool, int, float)):
        return value
    text = str(value)
    if len(text) > LONGEST_ANNOTATION:
        notes.append(
            f"annotations.{_key(key)[:100]}: {LONGEST_ANNOTATION} of {len(text)} characters are left"
        )
    return text[:LONGEST_ANNOTATION]
