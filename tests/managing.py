"""Programs of a service's environment, run where its libraries are imported already."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from emulator.aws import EmulatedAWS
from emulator.processes import CommandFailed, clean_environment, read_all
from emulator.service import Service
from tests.warm.ask import ask
from tests.warm.interpreter import Warm, warm

# What the commands of a stage import of libraries before they do anything.
LIKE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django
django.setup()
import boto3
import zappa.cli
from django.core.management import call_command
import prepared
from zappa_xray.deployment import after_deploy, before_deploy, doctor
from zappa_xray.traceview.management.commands import trace_report, trace_show, trace_why
call_command("trace_doctor", verbosity=0)
"""


@dataclass(frozen=True)
class Managed:
    """A service and the interpreter that has imported what its `.venv` holds."""

    service: Service
    interpreter: Warm

    def run(self, program: Sequence[str], environment: Mapping[str, str]) -> str:
        """Run a Python program in the service's folder and return what it printed, its errors as well.

        `environment` is added to a clean one. Raises CommandFailed.
        """
        folder = str(self.service.folder)
        with tempfile.TemporaryFile() as printed:
            variables = clean_environment(environment)
            code = ask(self.interpreter.address, list(program), folder, variables, printed.fileno())
            output = read_all(printed)
        if code:
            raise CommandFailed(program, f"exit code {code}", output)
        return output

    def manage(self, aws: EmulatedAWS, *arguments: str, **variables: str) -> str:
        """Run a management command against the account and return what it printed.

        Raises CommandFailed.
        """
        return self.run(["manage.py", *arguments], aws.environment() | variables)


@contextmanager
def managed(service: Service) -> Iterator[Managed]:
    """Start the interpreter of an installed service."""
    with warm(service.folder / ".venv", LIKE, service.folder) as interpreter:
        yield Managed(service, interpreter)
