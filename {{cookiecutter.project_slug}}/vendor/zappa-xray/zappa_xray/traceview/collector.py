"""What feeds the page: a thread of the development server that plays AWS's daemon."""

import logging
import secrets
import threading
import time

from aws_xray_sdk.core.exceptions.exceptions import InvalidDaemonAddressException

from zappa_xray.traceview.daemon import Receiver, daemon_address
from zappa_xray.traceview.store import Store

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2.0


class Collector:
    """Reads packets into its `store`. `problem` says why it does not, and what to do about it."""

    def __init__(self) -> None:
        self.run_id = secrets.token_hex(4)
        self.store = Store()
        self.problem: str | None = "Only the development server (runserver) collects traces."
        self.address = ""
        self._receiver: Receiver | None = None

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
                self._take(packet)

    def _take(self, packet: bytes) -> None:
        try:
            self.store.add(packet)
        except Exception:  # the next packet is taken all the same
            self.store.malformed += 1
            logger.debug("A packet was not taken", exc_info=True)

    @property
    def refused(self) -> int:
        """How many packets of other machines came."""
        return self._receiver.refused if self._receiver else 0


collector = Collector()
