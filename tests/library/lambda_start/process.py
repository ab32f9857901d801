"""A Python process that has just started, as Lambda starts one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def run(code: str, *folders: Path, **environment: str) -> Any:
    """Return what `code` prints as JSON in its last line; `folders` are the first of sys.path."""
    finished = subprocess.run(
        [sys.executable, "-c", code],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([*map(str, folders), *sys.path]),
            # Without it each of these processes would compile the libraries anew.
            "PYTHONPYCACHEPREFIX": sys.pycache_prefix or "",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1])
