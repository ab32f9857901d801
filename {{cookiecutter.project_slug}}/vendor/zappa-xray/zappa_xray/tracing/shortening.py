"""Documents of more than X-Ray takes, cut step by step."""

import json
from typing import Any

from zappa_xray.tracing.documents import Document

ESSENTIAL = (
    *("id", "name", "trace_id", "parent_id", "type", "namespace", "start_time", "end_time"),
    *("in_progress", "origin", "error", "throttle", "fault"),
)
ESSENTIAL_ANNOTATIONS = ("route", "method", "status", "stage", "timed_out", "cold_start")
ALL_CUT = "all but the essentials is left out"
SIMPLE = (str, int, float, bool)
LONGEST_STRING = 2_000
LONGEST_STACK = 20
LONGEST_PATH = 100  # of a key of metadata in what is told about it


def shortened(document: Document, size: int) -> str:
    """A valid document as JSON of at most `size` bytes.

    Long texts are cut first, then the largest metadata, then stacks, then all but the essentials.
    What was cut stands in the metadata `tracing.shortened`.
    """
    document = json.loads(json.dumps(document))
    cut: list[str] = []
    for step in (_cut_strings, _cut_metadata, _cut_stacks, _keep_essentials):
        document = step(document, cut, size)
        document.setdefault("metadata", {}).setdefault("tracing", {})["shortened"] = cut[:20]
        if len(text := json.dumps(document)) <= size:
            break
    return text


def essentials_of(entity: Any) -> Document:
    """What is left of a segment or subsegment whose document cannot be made; it says so."""
    state = vars(entity)
    given = state.get("annotations")
    annotations = given if isinstance(given, dict) else {}
    document = {key: state[key] for key in ESSENTIAL if type(state.get(key)) in SIMPLE}
    document["annotations"] = {
        key: annotations[key]
        for key in ESSENTIAL_ANNOTATIONS
        if type(annotations.get(key)) in SIMPLE
    }
    if "parent_segment" in state:
        document["type"] = "subsegment"
    return document | {"metadata": {"tracing": {"shortened": [ALL_CUT]}}}


def _cut_strings(document: Document, cut: list[str], size: int) -> Document:
    def shorten(value: Any, path: str) -> Any:
        if isinstance(value, str) and len(value) > LONGEST_STRING:
            cut.append(
                f"{path[:LONGEST_PATH]}: {LONGEST_STRING} of {len(value)} characters are left"
            )
            return value[:LONGEST_STRING]
        if isinstance(value, dict):
            return {
                key: shorten(below, f"{path}.{key}".lstrip(".")) for key, below in value.items()
            }
        if isinstance(value, list):
            return [shorten(below, path) for below in value]
        return value

    return shorten(document, "")  # type: ignore[no-any-return]  # a dictionary stays one


def _cut_metadata(document: Document, cut: list[str], size: int) -> Document:
    entries = [
        (len(json.dumps(value)), namespace, key)
        for namespace, values in document["metadata"].items()
        for key, value in values.items()
    ]
    too_much = len(json.dumps(document)) - size
    for length, namespace, key in sorted(entries, reverse=True):
        if too_much > 0 and (namespace, key) != ("tracing", "shortened"):
            del document["metadata"][namespace][key]
            path = f"metadata.{namespace}.{key}"[:LONGEST_PATH]
            cut.append(f"{path}: {length} bytes are left out")
            too_much -= length - 100
    return document


def _cut_stacks(document: Document, cut: list[str], size: int) -> Document:
    cause = document.get("cause")
    for exception in cause["exceptions"] if isinstance(cause, dict) else ():
        stack = exception.get("stack") or []
        if len(stack) > LONGEST_STACK:
            cut.append(f"cause: {LONGEST_STACK} of {len(stack)} frames are left")
            exception["stack"] = stack[-LONGEST_STACK:]
    return document


def _keep_essentials(document: Document, cut: list[str], size: int) -> Document:
    annotations = document.get("annotations", {})
    kept = {key: document[key] for key in ESSENTIAL if key in document}
    kept["annotations"] = {k: annotations[k] for k in ESSENTIAL_ANNOTATIONS if k in annotations}
    cut.append(ALL_CUT)
    del cut[:-20]
    return kept
