"""What Python and mypy made of one service's environment, handed on to the next: uv installs no bytecode."""

from __future__ import annotations

import os
import shutil

from emulator.service import Service

PACKAGED = ".lambda/bytecode.zip"  # zappa_xray/deployment/package.py


def hand_on(first: Service, service: Service) -> None:
    """Give an installed service the bytecode of `first`, of the same Python, its cache of mypy, and what
    is kept of its package.

    None can tell something false. Python takes bytecode whose source has the time and size that it
    notes: so has the same file of uv's cache, linked into both environments. mypy compares the
    time, and then the hash, of each source; the package has the hash as well.
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
    if (cache := first.folder / ".mypy_cache").exists():
        shutil.copytree(cache, service.folder / cache.name, dirs_exist_ok=True)
    if (kept := first.folder / PACKAGED).exists():
        (service.folder / PACKAGED).parent.mkdir(exist_ok=True)
        shutil.copy(kept, service.folder / PACKAGED)
