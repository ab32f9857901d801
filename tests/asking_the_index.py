"""Has uv ask the package index once in ten minutes, and not at each of a run's hundreds of calls.

PyPI says of its answers how long they hold, and many a mirror of it does not: uv then asks anew for all that
it has in its cache, and builds the metadata of source distributions again.
"""

from __future__ import annotations

import os
from pathlib import Path

from emulator.processes import CACHE, run, uv_binary

MACHINE_CONFIGURATION = Path("/etc/uv/uv.toml")
# PyPI's own words: of what there is of a package, and of a file.
CONFIGURATION = """[[index]]
name = "index"
url = "{address}"
default = true
cache-control = {{ api = "max-age=600", files = "max-age=365000000, immutable" }}
"""


def once_in_ten_minutes() -> None:
    """Give the calls of uv in this process, and in those it starts, a machine's configuration.

    What a person's own configuration says goes before it, so nothing else changes:
    https://docs.astral.sh/uv/concepts/configuration-files/. An address with a password is not written down.
    """
    address = index()
    if "XDG_CONFIG_DIRS" in os.environ or MACHINE_CONFIGURATION.exists() or "@" in address:
        return
    written = CACHE / "machine/uv/uv.toml"
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(CONFIGURATION.format(address=address))
    os.environ["XDG_CONFIG_DIRS"] = str(written.parent.parent)


def index() -> str:
    """Return the address of the index that uv asks."""
    CACHE.mkdir(exist_ok=True)
    command = [str(uv_binary()), "pip", "compile", "--quiet", "--emit-index-url", os.devnull]
    lines = run(command, folder=CACHE, timeout=60).splitlines()
    option = "--index-url "
    return next((line.removeprefix(option) for line in lines if line.startswith(option)), "@")
