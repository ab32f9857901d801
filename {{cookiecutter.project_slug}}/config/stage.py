"""Addresses below the path a request came in on.

API Gateway serves the service below `/<stage>/`, a custom domain serves the same function at `/`:
so the prefix belongs to each request, and not to a setting, which Django reads once.
"""

from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import get_script_prefix


class StageStaticFilesStorage(StaticFilesStorage):
    """Static files, for the admin's and the docs' pages."""

    def url(self, name: str | None) -> str:
        return get_script_prefix().rstrip("/") + super().url(name)


def add_server(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Tell the docs page where to send its requests: a hook of drf-spectacular."""
    return result | {"servers": [{"url": get_script_prefix().rstrip("/") or "/"}]}
