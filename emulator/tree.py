"""The documents of one trace as a tree that a person can read."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

Document = dict[str, Any]

MARK_STYLES = {"fault": "bold red", "error": "yellow", "throttle": "magenta"}
COLUMN_LIST = re.compile(r"^SELECT .{24,}? FROM ")


def tree(documents: Iterable[Document]) -> Tree:
    """Return the trace that `documents` make up, one line for each segment and what it says.

    `documents` are those of one trace in any order; of two with the same id the later one counts, so
    that a document sent at a request's start gives way to the one sent at its end. Raises
    ValueError when there is no document.
    """
    latest = {document["id"]: document for document in unfolded(documents)}
    if not latest:
        raise ValueError("There is no trace without a document.")
    known = sorted(latest.values(), key=lambda document: document["start_time"])
    drawn = Tree(Text(f"trace {known[0]['trace_id']}", style="bold"), guide_style="dim")
    for parent in dict.fromkeys(document.get("parent_id") for document in known):
        if parent not in latest:
            made_by_aws = Text(f"segment {parent} of the Lambda function, made by AWS", style="dim")
            grow(drawn if parent is None else drawn.add(made_by_aws), parent, known)
    return drawn


def lines(documents: Iterable[Document], width: int = 100) -> list[str]:
    """Return the lines of `tree(documents)` as plain text, none wider than `width`."""
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(tree(documents), no_wrap=True, overflow="ellipsis")
    return [line.rstrip() for line in captured.get().splitlines()]


def unfolded(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield each document and the subsegments inside it, which get the trace and the parent."""
    for document in documents:
        yield document
        above = {"trace_id": document["trace_id"], "parent_id": document["id"]}
        yield from unfolded({**above, **inner} for inner in document.get("subsegments", []))


def grow(branch: Tree, parent: str | None, known: list[Document]) -> None:
    for document in known:
        if document.get("parent_id") == parent:
            twig = branch.add(headline(document))
            for detail in details(document):
                twig.add(detail)
            grow(twig, document["id"], known)


def headline(document: Document) -> Text:
    """Return a segment's line: name, request, status, marks, duration, query."""
    http = document.get("http", {})
    request, status = http.get("request", {}), http.get("response", {}).get("status")
    line = line_of(Text(document["name"], style="cyan"))
    if request:
        line.append(f"  {request.get('method', '')} {urlsplit(request.get('url', '')).path}")
    if status is not None:
        line.append(f"  {status}")
    for mark in (mark for mark in MARK_STYLES if document.get(mark)):
        line.append(f" {mark}", MARK_STYLES[mark])
    line.append(f"  {duration(document)}", "bold")
    if query := document.get("sql", {}).get("sanitized_query"):
        line.append(f"  {shortened(query)}", "dim")
    return line


def details(document: Document) -> Iterator[Text]:
    """Yield a segment's annotations, the names of its metadata, and the exceptions behind a fault."""
    if annotations := document.get("annotations"):
        pairs = " ".join(f"{key}={value}" for key, value in annotations.items())
        yield line_of(Text(pairs, style="green"))
    if metadata := document.get("metadata"):
        names = [f"{space}.{key}" for space, values in metadata.items() for key in values]
        yield line_of(Text(f"metadata: {' '.join(names)}", style="dim"))
    for exception in exceptions(document):
        place = exception["stack"][-1] if exception.get("stack") else None
        where = f" ({place['path']}:{place['line']})" if place else ""
        yield line_of(Text(f"{exception['type']}: {exception['message']}{where}", style="red"))


def exceptions(document: Document) -> list[Document]:
    """Return the exceptions of a document's cause; a cause may also be the id of another one."""
    cause = document.get("cause")
    return cause.get("exceptions", []) if isinstance(cause, dict) else []


def duration(document: Document) -> str:
    """Return how long a segment took in milliseconds, or that it has not ended."""
    if "end_time" not in document:
        return "in progress"
    return f"{(document['end_time'] - document['start_time']) * 1000:.1f} ms"


def shortened(query: str) -> str:
    """Return a query on one line, without the quotes and long column lists that Django writes."""
    one_line = " ".join(query.replace('"', "").replace("`", "").split())
    return COLUMN_LIST.sub("SELECT … FROM ", one_line)


def line_of(text: Text) -> Text:
    return Text(no_wrap=True, overflow="ellipsis").append_text(text)
