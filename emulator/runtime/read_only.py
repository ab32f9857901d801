"""A function's folder is read-only while it runs, as `/var/task` is on Lambda."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# The folder mounts itself, read-only, where nobody but the command sees it: nothing on the disk
# changes, and writing fails with EROFS as on Lambda, also for root.
OF_ITS_OWN = (
    ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--map-root-user", "--mount")
)
MOUNTED = (*OF_ITS_OWN, "sh", "-euc", 'mount --bind --options ro "$0" "$0"; exec "$@"')

# Root without its capabilities obeys the modes of files.
WITHOUT_CAPABILITIES = ("setpriv", "--inh-caps=-all", "--bounding-set=-all")


@contextmanager
def read_only(folder: Path) -> Iterator[Sequence[str]]:
    """Yield what to put before a command so that it cannot write into `folder`.

    Where the machine gives a process no mounts of its own (some containers, some distributions), the
    folders inside lose their write mode until the block ends; files that are there could still be
    overwritten.
    """
    mounted = [found(MOUNTED[0]), *MOUNTED[1:], str(folder)]
    if subprocess.run([*mounted, "true"], capture_output=True, check=False).returncode == 0:
        yield mounted
        return
    inside = [Path(path) for path, _, _ in os.walk(folder)]
    modes = {path: path.stat().st_mode for path in inside}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        as_root = os.geteuid() == 0
        yield [found(WITHOUT_CAPABILITIES[0]), *WITHOUT_CAPABILITIES[1:]] if as_root else []
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def found(command: str) -> str:
    return shutil.which(command, path="/usr/bin:/bin:/usr/sbin:/sbin") or command
