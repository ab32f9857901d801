"""The traces outlive the reloads of the development server, each of which is a new process."""

import atexit
import os
import tempfile

from zappa_xray.traceview.collector import collector

KEPT = "TRACEVIEW_KEPT"


def keep_over_reloads() -> None:
    """For the reloader's own process: hand an unnamed file down to the servers it will start."""
    with tempfile.TemporaryFile() as unnamed:
        descriptor = os.dup(unnamed.fileno())
    os.set_inheritable(descriptor, True)
    os.environ[KEPT] = str(descriptor)


def restore_and_save() -> None:
    """For a server that the reloader has started: take over the traces, hand them on at the end."""
    descriptor = os.environ.get(KEPT)
    if descriptor is None:
        return
    kept = os.fdopen(int(descriptor), "r+", encoding="utf-8")
    kept.seek(0)
    collector.store.restore(kept.read())

    @atexit.register
    def save() -> None:
        kept.seek(0)
        kept.truncate()
        kept.write(collector.store.saved())
        kept.flush()
