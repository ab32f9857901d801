"""The service with URLs that misbehave, in Lambda mode, in a process of its own for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from emulator.daemon import Daemon
from emulator.function import Function
from emulator.service import Service

VIEWS = Path(__file__).with_name("views.py")
SETTINGS = """
from config.settings import *

ROOT_URLCONF = "trap_views"
MIDDLEWARE = [*MIDDLEWARE[:1], "trap_views.StuckMiddleware", *MIDDLEWARE[1:]]
"""

MakeFunction = Callable[..., Function]


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    with Daemon() as daemon:
        yield daemon


@pytest.fixture
def make_function(installed: Service, daemon: Daemon, tmp_path: Path) -> Iterator[MakeFunction]:
    """A factory of functions; `settings` is Python that is added to the service's own."""
    with ExitStack() as functions:

        def make(settings: str = "", **arguments: Any) -> Function:
            environment = {
                "INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT": "true",
                "DJANGO_SECRET_KEY": "a key for tests",
                "TMPDIR": str(tmp_path),  # on Lambda each execution environment has its own /tmp
                "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
            } | arguments.pop("environment", {})
            zappa_settings = {"django_settings": "trap_settings"} | arguments.pop(
                "zappa_settings", {}
            )
            files = {"trap_views.py": VIEWS.read_text(), "trap_settings.py": SETTINGS + settings}
            files |= arguments.pop("files", {})
            function = Function.from_installed(
                installed,
                daemon.address,
                environment=environment,
                zappa_settings=zappa_settings,
                files=files,
                **arguments,
            )
            return functions.enter_context(function)

        yield make


@pytest.fixture
def function(make_function: MakeFunction) -> Function:
    """The service as it is, with the URLs of views.py."""
    return make_function()
