"""An account of its own, with a function that is deployed for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from emulator.runtime.folder import python_version
from tests.emulator.deployed_stage.serving import HANDLER, Serve
from tests.emulator.deploying import Deployed, deploy


@pytest.fixture(scope="package")
def aws() -> Iterator[EmulatedAWS]:
    """An account whose sampling rules no other test sees."""
    with EmulatedAWS() as aws:
        yield aws


@pytest.fixture
def runtime(python: Path) -> str:
    return f"python{python_version(python)}"


@pytest.fixture
def deployed(aws: EmulatedAWS, runtime: str) -> Deployed:
    """A function with Active tracing and its API, whose stage is not traced."""
    return deploy(aws, HANDLER, runtime=runtime, timeout=3)


@pytest.fixture
def serve(aws: EmulatedAWS) -> Iterator[Serve]:
    """A factory of served stages."""
    with ExitStack() as stages:

        def serve(deployed: Deployed, **arguments: Any) -> DeployedStage:
            return stages.enter_context(DeployedStage(aws, deployed.name, **arguments))

        yield serve
