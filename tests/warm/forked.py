"""Imported by a warm interpreter of deploys: what the hooks ask a Python of its own is asked a fork.

Only for commands in which Django has not been set up: the fork starts from what they have imported.
"""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from subprocess import TimeoutExpired
from types import SimpleNamespace
from typing import Any

from zappa_xray.deployment import child


def run(command: Sequence[str], *, input: str, env: Mapping[str, str] | None, **_: Any) -> Any:
    """Do for `python -B -m module` what subprocess.run does, without the import of Django."""
    sys.stdout.flush()
    sys.stderr.flush()
    with (
        tempfile.TemporaryFile("w+") as asked,
        tempfile.TemporaryFile("w+") as answered,
        tempfile.TemporaryFile("w+") as failed,
    ):
        asked.write(input)
        asked.seek(0)
        if not (forked := os.fork()):
            become(command[-1], [file.fileno() for file in (asked, answered, failed)], env)
        os.waitpid(forked, 0)
        for file in (answered, failed):
            file.seek(0)
        return SimpleNamespace(stdout=answered.read(), stderr=failed.read())


def become(module: str, descriptors: Sequence[int], env: Mapping[str, str] | None) -> None:
    """Run the module in this process, as in the folder that it is in, and end."""
    try:
        for standard, descriptor in enumerate(descriptors):
            os.dup2(descriptor, standard)
        if env is not None:
            os.environ.clear()
            os.environ.update(env)
        sys.path.insert(0, os.getcwd())
        sys.modules.pop(module, None)
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except BaseException:  # noqa: BLE001 - what a Python would print of it at its end
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


child.subprocess = SimpleNamespace(run=run, TimeoutExpired=TimeoutExpired)
