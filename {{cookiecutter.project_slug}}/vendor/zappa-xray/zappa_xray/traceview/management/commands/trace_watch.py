import json
import time
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zappa_xray.traceview.arguments import Filter, address, rich_is_there
from zappa_xray.traceview.collector import daemon_address
from zappa_xray.traceview.forward import Forwarder
from zappa_xray.traceview.lines import summary_of
from zappa_xray.traceview.packets import Receiver
from zappa_xray.traceview.store import Store
from zappa_xray.traceview.trace import Trace

LOOK_SECONDS = 0.1
QUIET_SECONDS = 0.3  # how long after its last document a trace is complete
PATIENCE_SECONDS = 60.0  # how long one in progress is waited for: twice what a gateway waits


class Command(BaseCommand):
    help = "Play AWS's daemon: print each trace that is sent to it as a tree with times."

    def add_arguments(self, parser: CommandParser) -> None:
        Filter.add_to(parser)
        parser.add_argument(
            "--address", type=address, help="host:port; default: where this service sends its own"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object for each trace")
        parser.add_argument("--count", type=int, help="end after so many traces")
        parser.add_argument("--forward", action="store_true", help="send them on to X-Ray as well")
        parser.add_argument("--region", help="X-Ray's, default: that of your AWS configuration")

    def handle(self, *args: Any, **options: Any) -> None:
        rich_is_there()
        wanted = Filter(options["route"], options["status"], options["slower_than"])
        receiver = self._receiver(options["address"] or daemon_address())
        forwarder = self._forwarder(options["region"]) if options["forward"] else None
        store = Store()
        try:
            traces = (it for it in complete(receiver, store, forwarder) if wanted.takes(it))
            for _, trace in zip(range(options["count"] or 2**63), traces, strict=False):
                self._print(trace, options["json"])
        except KeyboardInterrupt:
            self.stderr.write("")
        finally:
            receiver.close()
            self._tell_what_happened(receiver, store, forwarder)

    def _receiver(self, at: tuple[str, int]) -> Receiver:
        try:
            receiver = Receiver(at)
        except OSError as error:
            raise CommandError(
                "{}:{} is not to be had: {}. If make run has it, its page /__traces__/ shows these "
                "traces. Stop it, or watch another address (--address 127.0.0.1:2001) and start "
                "what you watch with AWS_XRAY_DAEMON_ADDRESS set to that.".format(
                    *at, error.strerror
                )
            ) from error
        self.stderr.write("Listening on {}:{}, Ctrl-C ends.".format(*at))
        return receiver

    def _forwarder(self, region: str | None) -> Forwarder:
        from zappa_xray.traceview.xray import client

        return Forwarder(client(region), self.stderr.write)

    def _print(self, trace: Trace, as_json: bool) -> None:
        from zappa_xray.traceview.terminal import console_for, print_trace

        if as_json:
            self.stdout.write(json.dumps(summary_of(trace) | {"documents": trace.documents}))
        else:
            print_trace(console_for(self.stdout._out), trace)
        self.stdout.flush()

    def _tell_what_happened(
        self, receiver: Receiver, store: Store, forwarder: Forwarder | None
    ) -> None:
        counts = {"malformed": store.malformed, "dropped": receiver.dropped + store.dropped}
        if forwarder:
            forwarder.close()
            counts |= {"not forwarded": forwarder.lost, "refused by X-Ray": forwarder.refused}
            self.stderr.write(f"{forwarder.sent} documents forwarded.")
        for what, count in counts.items():
            if count:
                self.stderr.write(f"{count} packets {what}.")


def complete(receiver: Receiver, store: Store, forwarder: Forwarder | None) -> Iterator[Trace]:
    """Each trace once nothing of it is in progress and no more of it comes."""
    changed: dict[str, float] = {}
    looked = 0.0
    while True:
        packet = receiver.receive(timeout=LOOK_SECONDS)
        now = time.monotonic()
        document = store.add(packet) if packet else None
        if packet and document:
            changed[document["trace_id"]] = now
            if forwarder:
                forwarder.forward(packet.partition(b"\n")[2])
        if now - looked > LOOK_SECONDS:
            looked = now
            yield from _quiet(changed, store, now)


def _quiet(changed: dict[str, float], store: Store, now: float) -> Iterator[Trace]:
    for trace_id in [it for it, last in changed.items() if now - last > QUIET_SECONDS]:
        trace = store.trace(trace_id)
        is_done = trace and not trace.in_progress
        if trace is None or is_done or now - changed[trace_id] > PATIENCE_SECONDS:
            del changed[trace_id]
            if trace:
                yield trace
