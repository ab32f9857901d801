"""A warm interpreter of a service: `uv run` of its commands without importing Django and mypy each time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from emulator.service import Service
from tests.warm.interpreter import warm

LIKE = """
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

from importlib import import_module

import django.core.management.commands
import django.test
import mypy.main
import mypy_django_plugin.main
from _pytest.config import default_plugins
from django.core.management import call_command
from django.core.management.commands import check, makemigrations, startapp

django.setup()
call_command("makemigrations", "--check", verbosity=0)
for plugin in default_plugins:
    import_module(f"_pytest.{plugin}")
from django.urls import get_resolver
for pattern in get_resolver().url_patterns:
    getattr(pattern, "url_patterns", None)
from rest_framework import test

# pytest rewrites its plugins when they are imported, and says so of one that is there already.
for name in [name for name in sys.modules if name.partition(".")[0] == "zappa_xray"]:
    del sys.modules[name]
"""


@contextmanager
def warm_commands(service: Service) -> Iterator[dict[str, str]]:
    """Yield the environment in which `make` in a copy of the installed service is led to a warm interpreter."""
    with warm(service.folder / ".venv", LIKE, service.folder) as interpreter:
        yield {"PATH": os.pathsep.join([str(interpreter.uv()), os.environ.get("PATH", os.defpath)])}
