"""One service in one emulated account, from its first deploy to its undeploy, all calls recorded."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from emulator.processes import CommandFailed, run
from emulator.service import Service, bake, offered_python
from tests.compiled import hand_on
from tests.managing import Managed, managed
from tests.operations.needs import Call

RECORDER = Path(__file__).with_name("recorder.py")
SECRETS = {
    "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
    "DATABASE_URL": f"postgresql://notes:{secrets.token_urlsafe(20)}@database.invalid/notes",
}


@dataclass
class Operations:
    """The stage dev of a service, and what its owner does with it."""

    managed: Managed
    aws: EmulatedAWS
    folder: Path
    printed: dict[str, str] = field(default_factory=dict)
    recording: str = "calls"  # the file that the calls are written to
    traced: bool | None = None  # whether the stage was, after its update

    @property
    def service(self) -> Service:
        return self.managed.service

    @property
    def function(self) -> str:
        return self.service.function_name("dev")

    def environment(self, faults: Mapping[str, str | int]) -> dict[str, str]:
        return {
            **self.aws.environment(),
            **SECRETS,
            "PYTHONPATH": str(self.folder / "plugin"),
            "AWS_CALLS": str(self.folder / self.recording),
            "AWS_FAULTS": json.dumps(faults),
        }

    def make(self, command: str, arguments: str = "", **faults: str | int) -> str:
        """Run `make command STAGE=dev` and return what it printed. Raises CommandFailed."""
        environment = self.environment(faults)
        return self.service.make(command, STAGE="dev", ARGS=arguments, environment=environment)

    def run(self, *command: str, **faults: str | int) -> str:
        """Run a program of the service's `.venv`, where its libraries are imported already; return what it
        printed. Raises CommandFailed.
        """
        name, *arguments = command
        program = "manage.py" if name == "manage.py" else self.program(name)
        return self.managed.run([str(RECORDER), program, *arguments], self.in_venv(faults))

    def start(self, *command: str, **faults: str | int) -> str:
        """Run a program as `run` does, in a process that imports all by itself."""
        return run(
            [self.program(command[0]), *command[1:]],
            folder=self.service.folder,
            environment=self.in_venv(faults),
            timeout=120,
        )

    def program(self, name: str) -> str:
        return str(self.service.folder / ".venv/bin" / name)

    def in_venv(self, faults: Mapping[str, str | int]) -> dict[str, str]:
        packaged = str(self.service.folder / ".lambda")  # as the service's Makefile has it
        return self.environment(faults) | {"VIRTUAL_ENV": packaged}

    def manage(self, *arguments: str, **faults: str | int) -> str:
        return self.run("manage.py", *arguments, **faults)

    def fails(self, *arguments: str, **faults: str | int) -> str:
        """Run a management command that must fail and return what it printed."""
        with pytest.raises(CommandFailed) as failed:
            self.manage(*arguments, **faults)
        return failed.value.output

    def calls(self, recording: str = "calls") -> list[Call]:
        """Return every call to AWS of all commands so far, in their order."""
        lines = (self.folder / recording).read_text().splitlines()
        return [Call(*json.loads(line)) for line in lines]

    def change_settings(self, **keys: Any) -> None:
        """Change keys of the stage dev in zappa_settings.json."""
        file = self.service.folder / "zappa_settings.json"
        stages = json.loads(file.read_text())
        stages["dev"].update(keys)
        file.write_text(json.dumps(stages, indent=4))


@pytest.fixture(scope="session")
def operations(packaged: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operations]:
    """A service whose role was made by `make role`, and that was deployed by `make deploy`."""
    folder = tmp_path_factory.mktemp("operations")
    (folder / "plugin").mkdir()
    shutil.copy(RECORDER, folder / "plugin/sitecustomize.py")
    service = bake(folder, {"python_version": offered_python()})
    service.install()
    hand_on(packaged, service)
    with EmulatedAWS() as aws, managed(service) as commands:
        started = Operations(commands, aws, folder, recording="calls of make role")
        started.printed["role"] = started.make("role")
        started.recording = "calls"
        started.printed["deploy"] = started.make("deploy")
        yield started
