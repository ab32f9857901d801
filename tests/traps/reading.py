"""Reading the documents that a function has sent."""

from typing import Any

Document = dict[str, Any]


def request_documents(documents: list[Document]) -> list[Document]:
    """The copies of the request's own subsegment; the report of its deadline is a child of it."""
    return [
        one
        for one in documents
        if "method" in one.get("annotations", {}) and one["name"] != "deadline"
    ]


def complete(documents: list[Document]) -> Document:
    """The one complete copy of the request's own subsegment."""
    found = [one for one in request_documents(documents) if not one["in_progress"]]
    assert len(found) == 1, documents
    return found[0]


def in_progress(documents: list[Document]) -> list[Document]:
    """The copies of the request's own subsegment that were sent before its end."""
    return [one for one in request_documents(documents) if one["in_progress"]]


def timed_out(documents: list[Document]) -> Document:
    """The copy that was sent when the request passed its deadline."""
    found = [one for one in in_progress(documents) if one["annotations"].get("timed_out")]
    assert len(found) == 1, documents
    return found[0]


def queries(documents: list[Document]) -> list[Document]:
    """The subsegments of SQL queries."""
    return [one for one in documents if "sanitized_query" in one.get("sql", {})]
