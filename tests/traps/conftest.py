"""The service with URLs that misbehave, in Lambda mode: one process for the tests of a worker that need no
other settings and no cold start, and one of its own for each that does.
"""

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


def made(
    service: Service, daemon: Daemon, folder: Path, settings: str = "", **arguments: Any
) -> Function:
    """Return a function of the service with these settings beside its own, its data in `folder`."""
    environment = {
        "INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT": "true",
        "DJANGO_SECRET_KEY": "a key for tests",
        "TMPDIR": str(folder),  # on Lambda each execution environment has its own /tmp
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
    } | arguments.pop("environment", {})
    zappa_settings = {"django_settings": "trap_settings"} | arguments.pop("zappa_settings", {})
    files = {"trap_views.py": VIEWS.read_text(), "trap_settings.py": SETTINGS + settings}
    files |= arguments.pop("files", {})
    return Function.from_installed(
        service,
        daemon.address,
        environment=environment,
        zappa_settings=zappa_settings,
        files=files,
        **arguments,
    )


@pytest.fixture(scope="session")
def only_daemon() -> Iterator[Daemon]:
    with Daemon() as daemon:
        yield daemon


@pytest.fixture
def daemon(only_daemon: Daemon) -> Daemon:
    """The X-Ray daemon of all functions here, which has received nothing yet."""
    only_daemon.clear()
    return only_daemon


@pytest.fixture(scope="session")
def running(
    installed: Service, only_daemon: Daemon, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Function]:
    with made(installed, only_daemon, tmp_path_factory.mktemp("traps")) as function:
        yield function


@pytest.fixture
def function(running: Function, daemon: Daemon) -> Function:
    """The service as it is, with the URLs of views.py: a warm process, whose log begins with the test."""
    if not running.is_warm:
        running.kill()
        running.request("GET", "/ok/")
    running.clear_log()
    daemon.clear()
    return running


@pytest.fixture
def make_function(installed: Service, daemon: Daemon, tmp_path: Path) -> Iterator[MakeFunction]:
    """A factory of functions; `settings` is Python that is added to the service's own."""
    with ExitStack() as functions:

        def make(settings: str = "", **arguments: Any) -> Function:
            return functions.enter_context(made(installed, daemon, tmp_path, settings, **arguments))

        yield make


@pytest.fixture
def cold_function(make_function: MakeFunction) -> Function:
    """The service as it is, with the URLs of views.py, before its first invocation."""
    return make_function()
