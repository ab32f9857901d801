"""Functions made of the text of their handler."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from emulator.daemon import Daemon
from emulator.function import Function

MakeFunction = Callable[..., Function]


@pytest.fixture
def make_function(tmp_path: Path, daemon: Daemon, python: Path) -> Iterator[MakeFunction]:
    """A factory of functions from the text of their handler."""
    with ExitStack() as functions:

        def make(handler: str, **arguments: Any) -> Function:
            package = tmp_path / "package"
            package.mkdir()
            (package / "handler.py").write_text(textwrap.dedent(handler))
            function = Function(package, daemon.address, python=python, **arguments)
            return functions.enter_context(function)

        yield make
