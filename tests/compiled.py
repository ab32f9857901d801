"""What Python and mypy made of one service's environment, handed on to the next: uv installs no bytecode."""

from __future__ import annotations

import os
import shutil

from emulator.service import Service


def hand_on(first: Service, service: Service) -> None:
    """Give an installed service the bytecode of `first`, of the same Python, and its cache of mypy.

    Neither can tell something false. Python takes bytecode whose source has the time and size that
    it notes: so has the same file of uv's cache, linked into both environments. mypy compares the
    time, and then the hash, of each source.
    """
    own, others = service.site_packages, first.site_packages
    if own.parent.name != others.parent.name:
        raise ValueError(f"{own.parent.name} does not read the bytecode of {others.parent.name}")
    for compiled in others.rglob("__pycache__/*.pyc"):
        folder = own / compiled.parent.relative_to(others)
        if folder.parent.is_dir():
            folder.mkdir(exist_ok=True)
            if not (folder / compiled.name).exists():
                os.link(compiled, folder / compiled.name)
    cache = service.folder / ".mypy_cache"
    shutil.copytree(first.folder / ".mypy_cache", cache, dirs_exist_ok=True)
