"""Where the children of the tests write what they throw away."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

MEMORY = Path("/dev/shm")
LEAST_FREE = 4 * 2**30  # bytes: Zappa writes a package three times, and several workers do


@contextmanager
def scratch_in_memory() -> Iterator[None]:
    """Lead the temporary files of child processes into memory, where there is much of it.

    On a disk they cost the system half a second of each package. This process keeps its own
    folder: uv installs by links from its cache, which have to be on one disk with it.
    """
    tempfile.gettempdir()  # remembered by tempfile from here on
    if not roomy(MEMORY):
        yield
        return
    with (
        tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as folder,
        patch.dict(os.environ, TMPDIR=folder),
    ):
        os.chmod(folder, 0o1777)  # as /tmp is: a database's server runs as a user of its own
        yield


def roomy(folder: Path) -> bool:
    """Return whether programs can be written to the folder, and run there: Docker's is small and forbids it."""
    return (
        os.access(folder, os.W_OK)
        and not os.statvfs(folder).f_flag & os.ST_NOEXEC
        and shutil.disk_usage(folder).free >= LEAST_FREE
    )
