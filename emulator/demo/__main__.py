"""`make demo`: bake a service, deploy it into an emulated AWS, see why it is dark, and a kill explained."""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from emulator.aws import EmulatedAWS
from emulator.demo.claims import NotAsPromised
from emulator.demo.story import STAGE, Story
from emulator.deployed_stage import DeployedStage
from emulator.function import FunctionDied, FunctionError, FunctionTimedOut
from emulator.processes import CommandFailed
from emulator.progress import step
from emulator.service import TEMPLATE, Service, bake, offered_python

WIDTH_WITHOUT_TERMINAL = 110
FAILURES = (CommandFailed, FunctionError, FunctionDied, FunctionTimedOut)


def main() -> int:
    """Run the demo; return 0 when each step held, 1 when one did not, 130 when it was stopped."""
    folder = chosen_folder()
    width = None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL
    console = Console(highlight=False, soft_wrap=True, width=width)
    # A process started in the background of a script has inherited that SIGINT is ignored.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    started = time.monotonic()
    try:
        with ExitStack() as resources:
            service = demonstrate(console, resources, folder)
    except KeyboardInterrupt:
        console.print("Stopped. Nothing of the demo runs any more.")
        return 130
    except NotAsPromised as failure:
        console.print(f"Not as promised: {failure}", style="red", markup=False)
        return 1
    except FAILURES as failure:
        console.print(str(failure), style="red", markup=False)
        return 1
    console.print(f"\nAll held, in {time.monotonic() - started:.0f} s.\n", style="green")
    console.print(what_next(service), markup=False)
    return 0


def chosen_folder() -> Path:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument(
        "--folder",
        type=Path,
        default=TEMPLATE / ".demo",
        help="where the service is baked; emptied first (.demo in the checkout)",
    )
    folder: Path = parser.parse_args().folder.resolve()
    return folder


def demonstrate(console: Console, resources: ExitStack, folder: Path) -> Service:
    """Do all steps and return the baked service. Raises NotAsPromised or one of FAILURES."""
    service = make_service(console, folder)
    database = folder / "deployed.sqlite3"
    with step(console, "Start an emulated AWS on this machine"):
        aws = resources.enter_context(EmulatedAWS())
        stage = DeployedStage(
            aws,
            service.function_name(STAGE),
            STAGE,
            # This machine needs no PostgreSQL, and a late writer waits for the lock, not for an error.
            environment={
                "DATABASE_URL": f"sqlite:///{database}?timeout=600",
                "DJANGO_SUPERUSER_PASSWORD": secrets.token_urlsafe(12),
            },
            rie=True,
        )
        resources.enter_context(stage)
    Story(console, service, aws, stage, database).tell()
    return service


def make_service(console: Console, folder: Path) -> Service:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / ".gitignore").write_text("*\n")
    python = offered_python()
    with step(console, f"Bake a service with the default answers and Python {python}"):
        service = bake(folder, {"python_version": python})
    with step(console, f"Install {service.slug} (make install)"):
        service.install()
    return service


def what_next(service: Service) -> str:
    cookiecutter = from_here(Path(sys.executable).with_name("cookiecutter"))
    folder = from_here(service.folder)
    return f"""What next

  Make your own service:    {cookiecutter} {from_here(TEMPLATE)} --output-dir ..
  Run the one of the demo:  cd {folder} && make run
  Deploy it to your AWS:    see {folder}/README.md
"""


def from_here(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


if __name__ == "__main__":
    sys.exit(main())
