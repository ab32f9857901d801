"""The service's own tracing settings: the dictionary XRAY_TRACING, each value read when asked."""

import os
from collections.abc import Collection
from functools import cached_property
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed

DEFAULTS: dict[str, Any] = {
    "RECORD": ("exception_message",),
    "DEADLINE_SECONDS": 29.0,
    "MARGIN_SECONDS": 1.0,
    "MAX_SUBSEGMENTS": 500,
    "PATCH_ON_IMPORT": ("botocore", "requests", "httpx"),
    "FAULTHANDLER": False,
    "LOG_PATHS": False,
}

RECORDABLE = ("query_string", "client_address", "user_agent", "exception_message")


class TracingSettings:
    """Reads each of XRAY_TRACING once, and again when override_settings changes it."""

    def __init__(self) -> None:
        setting_changed.connect(self._forget, weak=False)

    def _forget(self, setting: str, **signal: Any) -> None:
        if setting == "XRAY_TRACING":
            vars(self).clear()

    def _read(self, key: str) -> Any:
        return (DEFAULTS | getattr(django_settings, "XRAY_TRACING", {}))[key]

    @cached_property
    def record(self) -> Collection[str]:
        """What may hold personal data and is recorded all the same: names from RECORDABLE."""
        names: Collection[str] = self._read("RECORD")
        return names

    @cached_property
    def deadline_seconds(self) -> float:
        """Seconds from the start of a request until the gateway gives up on it."""
        return float(self._read("DEADLINE_SECONDS"))

    @cached_property
    def margin_seconds(self) -> float:
        """Seconds before the end of the function's time that are kept to record what happened."""
        return float(self._read("MARGIN_SECONDS"))

    @cached_property
    def max_subsegments(self) -> int:
        """How many subsegments of one request are sent one by one; later quick ones are counted."""
        return int(self._read("MAX_SUBSEGMENTS"))

    @cached_property
    def patch_on_import(self) -> Collection[str]:
        """Libraries whose outgoing calls become subsegments, patched when they are imported."""
        libraries: Collection[str] = self._read("PATCH_ON_IMPORT")
        return libraries

    @cached_property
    def faulthandler(self) -> bool:
        """Whether a stack is printed to the log when C code keeps the deadline from being told."""
        return bool(self._read("FAULTHANDLER"))

    @cached_property
    def log_paths(self) -> bool:
        """Whether Django's log lines of a 4xx keep the raw path in place of the route."""
        return bool(self._read("LOG_PATHS"))

    @cached_property
    def stage(self) -> str:
        """The stage's name, which Zappa puts into the environment; `local` elsewhere."""
        return os.environ.get("STAGE", "local")


settings = TracingSettings()
