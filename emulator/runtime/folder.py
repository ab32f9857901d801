"""The folder that plays Lambda's `/var/runtime`: made once in a checkout for each Python."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from filelock import FileLock

from emulator.processes import CACHE, requirements, run, uv_binary

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")


@cache
def python_version(python: Path) -> str:
    """Return the version of an interpreter as major.minor."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.check_output([python, "-I", "-c", code], text=True, timeout=30).strip()


@cache
def lambda_runtime(python: Path) -> Path:
    """Return a folder with `bootstrap.py`, AWS's runtime client, boto3 and all that they need.

    `python` is an interpreter of a version for which awslambdaric has wheels: 3.12 or newer.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
    """
    libraries = requirements("lambda-runtime")
    version = hashlib.sha256(" ".join(libraries).encode()).hexdigest()[:8]
    folder = CACHE / f"lambda-runtime-{python_version(python)}-{version}"
    CACHE.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock", timeout=300):
        if not folder.exists():
            unfinished = Path(tempfile.mkdtemp(dir=CACHE))
            options = ["--quiet", "--python", str(python), "--target", str(unfinished)]
            options += ["--compile-bytecode", "--only-binary", ":all:"]
            run([str(uv_binary()), "pip", "install", *options, *libraries], folder=CACHE)
            unfinished.chmod(0o755)
            unfinished.rename(folder)
        replace(folder / BOOTSTRAP.name, BOOTSTRAP.read_text())
    return folder


def replace(file: Path, text: str) -> None:
    """Give a file another text in one step, so that who starts it meanwhile reads all of one text."""
    if not file.exists() or file.read_text() != text:
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_text(text)
        unfinished.rename(file)
