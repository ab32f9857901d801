"""What many tests start from. The slow steps are done once in a run, whichever worker comes first."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from emulator.aws import EmulatedAWS
from emulator.daemon import Daemon
from emulator.processes import run
from emulator.service import TEMPLATE, Service, interpreter, offered_python
from tests import choices
from tests.asking_the_index import once_in_ten_minutes
from tests.baking import templates_compiled_once
from tests.choices import Once
from tests.distribution import in_order, missing, workers
from tests.managing import Managed, managed
from tests.scratch import scratch_in_memory

# How long an example takes says more of the machine than of the code.
settings.register_profile("on any machine", deadline=None)
settings.load_profile("on any machine")

if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker has the environment of who started it
    once_in_ten_minutes()

# Run in environments of their own, with Django, by tests/test_library.py.
collect_ignore = ["library"]

RecordProperty = Callable[[str, object], None]


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    processors = yield
    return processors if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else workers(processors)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = in_order(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests that run other tests have to say of them, `record_property("said", ...)`."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "said":
                terminalreporter.write_line(str(value))
    config = terminalreporter.config
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not (
        config.option.keyword or config.option.markexpr
    )
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    took = [(report.nodeid, report.duration) for report in reports if hasattr(report, "duration")]
    if whole and (names := missing(took)):
        terminalreporter.write_line(f"LONG in tests/distribution.py lacks {', '.join(names)}")


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Once:
    """Return a function that calls `make(folder)` once in a run of all workers; it returns folder."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock", timeout=900):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return once


@pytest.fixture(scope="session", autouse=True)
def quick_bakes() -> Iterator[None]:
    """What is baked in the process of the tests takes half as long."""
    with templates_compiled_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def scratch() -> Iterator[None]:
    with scratch_in_memory():
        yield


@pytest.fixture(scope="session")
def python() -> Path:
    """An interpreter that a service can have: AWS's runtime client has no wheel for all others."""
    found = interpreter(offered_python())
    assert found is not None, "This machine has none of the Python versions that are offered."
    return found


@pytest.fixture(scope="session")
def service(once: Once) -> Service:
    """A service of the default answers; its folder is shared, so no test may change it."""
    return choices.baked(once, offered_python(), choices.DATABASE)


@pytest.fixture(scope="session")
def checked(once: Once) -> str:
    """What `make check` and `make test` of the same service print after `make install`."""
    return choices.checked(once, offered_python(), choices.DATABASE)


@pytest.fixture(scope="session")
def installed(service: Service, checked: str) -> Service:
    """The same service after these commands, which leave the bytecode of what they import: the functions
    that are made of it write none.
    """
    return service


@pytest.fixture(scope="session")
def commands(installed: Service) -> Iterator[Managed]:
    """The management commands of the installed service, without an interpreter's start for each."""
    with managed(installed) as commands:
        yield commands


@pytest.fixture(scope="session")
def packaged(once: Once) -> Service:
    """Another service of the default answers, after `make package` in a folder that was worked in."""
    return choices.packaged(once, offered_python(), choices.DATABASE)


@pytest.fixture(scope="session")
def package(packaged: Service, once: Once) -> Path:
    """The unpacked zip of its stage dev."""
    return once("package", packaged.unpack)


@pytest.fixture(scope="session")
def aws() -> Iterator[EmulatedAWS]:
    """An emulated AWS account of this worker."""
    with EmulatedAWS() as aws:
        yield aws


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    """An X-Ray daemon that has received nothing yet."""
    with Daemon() as daemon:
        yield daemon


@pytest.fixture(scope="session")
def demonstrated(once: Once) -> str:
    """What the demo prints where there is no terminal."""

    def demonstrate(folder: Path) -> None:
        command = [sys.executable, "-m", "emulator.demo", "--folder", str(folder / "demo")]
        (folder / "printed").write_text(run(command, folder=TEMPLATE, timeout=900))

    return (once("demonstrated", demonstrate) / "printed").read_text()
