"""Whose scripts may read what the service answers: the settings of django-cors-headers."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

ANY = "*"


def origin_faults(cors: Mapping[str, Any] | None) -> list[str]:
    """Return what is wrong with the origins, each with how to mend it. Takes a Rehearsal's `cors`."""
    return [
        f"CORS_ALLOWED_ORIGINS holds {origin!r}, which no browser sends: write scheme and host, such as"
        " https://app.example.org, without a path, a slash at the end or blanks"
        for origin in (cors or {}).get("CORS_ALLOWED_ORIGINS", [])
        if not is_origin(origin)
    ]


def is_origin(text: str) -> bool:
    """Return whether a browser could send it: https://developer.mozilla.org/docs/Web/HTTP/Headers/Origin"""
    parts = urlsplit(text)
    return text == "null" or text == f"{parts.scheme}://{parts.netloc}".lower() and "*" not in text


def origin_for_all(cors: Mapping[str, Any]) -> str:
    """Return the one origin that an answer can name which is the same for everybody: the only one that
    there is, `*` for several, an empty text for none."""
    patterns = cors.get("CORS_ALLOWED_ORIGIN_REGEXES")
    origins = cors.get("CORS_ALLOWED_ORIGINS", [])
    if cors.get("CORS_ALLOW_ALL_ORIGINS") or patterns or len(origins) > 1:
        return ANY
    return origins[0] if origins else ""
