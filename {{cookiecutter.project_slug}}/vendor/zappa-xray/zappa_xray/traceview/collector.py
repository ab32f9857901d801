"""What feeds the page: a thread of the development server that plays AWS's daemon."""

import atexit
import os
import secrets
import tempfile
import threading
import time

from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.exceptions.exceptions import InvalidDaemonAddressException
from django.conf import settings

from zappa_xray.traceview.packets import Receiver
from zappa_xray.traceview.store import Store

KEPT = "TRACEVIEW_KEPT"
RETRY_SECONDS = 2.0


def daemon_address() -> tuple[str, int]:
    """Where the SDK sends its packets. Raises InvalidDaemonAddressException."""
    configured = getattr(settings, "XRAY_RECORDER", {}).get("AWS_XRAY_DAEMON_ADDRESS")
    address = DaemonConfig(configured)
    return address.udp_ip, address.udp_port


class Collector:
    """Reads packets into its `store`. `problem` says why it does not, and what to do about it."""

    def __init__(self) -> None:
        self.run_id = secrets.token_hex(4)
        self.store = Store()
        self.problem: str | None = "Only the server that make run starts collects traces."
        self.address = ""
        self._receiver: Receiver | None = None

    @property
    def dropped(self) -> int:
        return self.store.dropped + (self._receiver.dropped if self._receiver else 0)

    def start(self) -> None:
        """Take the daemon's address and read from it until the process ends."""
        self._listen()
        threading.Thread(target=self._run, name="traceview", daemon=True).start()

    def _listen(self) -> None:
        try:
            address = daemon_address()
            self.address = "{}:{}".format(*address)
            self._receiver, self.problem = Receiver(address), None
        except InvalidDaemonAddressException as error:
            self.problem = str(error)
        except OSError as error:
            self.problem = (
                f"{self.address}, where traces are sent, is not to be had here: {error.strerror}. "
                "If another server or trace_watch has it, it shows the traces of this one too. "
                "To see them here, stop it, or start this server with "
                "AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2001 (any free port) in its environment."
            )

    def _run(self) -> None:
        while True:
            if self._receiver is None:
                time.sleep(RETRY_SECONDS)
                self._listen()
            elif packet := self._receiver.receive():
                self.store.add(packet)


collector = Collector()


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
