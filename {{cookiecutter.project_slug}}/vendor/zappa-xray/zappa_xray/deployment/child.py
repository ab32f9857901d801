"""Asks a module of this package in a Python process of its own, where Django can be set up."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import click

SECONDS = 120


def answer_of(module: str, question: Any, environment: Mapping[str, str] | None = None) -> Any:
    """Run `python -m module` in this folder: the question goes to its input, its last line is JSON.

    `environment` takes the place of this process's. Raises click.ClickException.
    """
    try:
        ran = subprocess.run(  # noqa: S603 - this package's own modules
            [sys.executable, "-B", "-m", module],
            input=json.dumps(question),
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise click.ClickException(f"{module} was still at work after {SECONDS} s") from error
    try:
        return json.loads(ran.stdout.splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise click.ClickException(f"{module} failed:\n{ran.stderr[-4000:]}") from error
