import json
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zappa_xray.traceview.daemon import Receiver, daemon_address
from zappa_xray.traceview.filters import add_options, from_options
from zappa_xray.traceview.requirements import needs
from zappa_xray.traceview.store import Store
from zappa_xray.traceview.summary import summary_of
from zappa_xray.traceview.trace import Trace
from zappa_xray.traceview.watch import complete


class Command(BaseCommand):
    help = "Play AWS's daemon: print each trace that is sent to it as a tree with times."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_options(parser)
        parser.add_argument(
            "--address", type=address, help="host:port; default: where this service sends its own"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object for each trace")
        parser.add_argument("--count", type=int, help="end after so many traces")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["json"]:
            needs("rich")
        wanted = from_options(options)
        receiver = self._receiver(options["address"] or daemon_address())
        store = Store()
        traces = (trace for trace in complete(receiver, store) if wanted(summary_of(trace)))
        try:
            for trace in islice(traces, options["count"]):
                self._print(trace, options["json"])
        except KeyboardInterrupt:
            self.stderr.write("")
        finally:
            receiver.close()
            self._tell_what_is_missing(store.malformed, store.dropped)

    def _receiver(self, wanted: tuple[str, int]) -> Receiver:
        try:
            receiver = Receiver(wanted)
        except OSError as error:
            raise CommandError(
                "{}:{} is not to be had: {}. If runserver has it, its page /__traces__/ shows these "
                "traces. Stop it, or watch another address (--address 127.0.0.1:2001) and start "
                "what you watch with AWS_XRAY_DAEMON_ADDRESS set to that.".format(
                    *wanted, error.strerror
                )
            ) from error
        self.stderr.write("Listening on {}:{}, Ctrl-C ends.".format(*receiver.address))
        return receiver

    def _print(self, trace: Trace, as_json: bool) -> None:
        if as_json:
            shown = asdict(summary_of(trace)) | {"documents": trace.documents}
            self.stdout.write(json.dumps(shown))
        else:
            from zappa_xray.traceview.terminal import console_for, print_trace

            print_trace(console_for(self.stdout._out), trace)
        self.stdout.flush()

    def _tell_what_is_missing(self, malformed: int, dropped: int) -> None:
        for count, what in ((malformed, "malformed"), (dropped, "dropped")):
            if count:
                self.stderr.write(f"{count} packets {what}.")


def address(text: str) -> tuple[str, int]:
    """Return host and port of a text such as 127.0.0.1:2000; port 0 is any free one."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise ArgumentTypeError(f"{text!r} is no address: write 127.0.0.1:2000")
    return host, int(port)
