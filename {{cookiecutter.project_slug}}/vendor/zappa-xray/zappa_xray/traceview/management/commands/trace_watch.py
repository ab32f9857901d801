import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zappa_xray.traceview.daemon import Receiver, daemon_address
from zappa_xray.traceview.filters import Filter, add_options, every, from_options, from_words
from zappa_xray.traceview.requirements import needs
from zappa_xray.traceview.store import Store
from zappa_xray.traceview.summary import summary_of
from zappa_xray.traceview.trace import Trace
from zappa_xray.traceview.watch import worth_telling


class Command(BaseCommand):
    help = "Play AWS's daemon: print each trace that is sent to it as a tree with times."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("filter", nargs="*", help="words as in the page's field: 5xx '>200ms'")
        add_options(parser)
        parser.add_argument(
            "--address", type=address, help="host:port; default: where this service sends its own"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object for each trace")
        parser.add_argument("--count", type=count, help="end after so many traces")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["json"]:
            needs("rich")
        wanted = every(from_options(options), from_words(" ".join(options["filter"])))
        receiver = self._receiver(options["address"])
        store = Store()
        printed = 0
        try:
            for trace_id in worth_telling(receiver, store):
                printed += self._tell(trace_id, store, wanted, options)
                if printed == options["count"]:
                    break
        except KeyboardInterrupt:
            self.stderr.write("")
        finally:
            receiver.close()
            self._tell_what_is_missing(store, receiver)

    def _tell(self, trace_id: str, store: Store, wanted: Filter, options: dict[str, Any]) -> bool:
        """Print a trace that is wanted; return whether it was."""
        try:
            trace = store.trace(trace_id)
            if trace is None or not wanted(summary_of(trace).so_far(time.time())):
                return False
            self._print(trace, options)
        except OSError:  # the reader of our output is gone
            raise
        except Exception as error:  # the next trace is told all the same
            self.stderr.write(f"{trace_id} cannot be read: {type(error).__name__}")
            return False
        return True

    def _receiver(self, asked_for: tuple[str, int] | None) -> Receiver:
        wanted = asked_for or daemon_address()
        try:
            receiver = Receiver(wanted, to_all=asked_for is not None)
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

    def _print(self, trace: Trace, options: dict[str, Any]) -> None:
        if options["json"]:
            summary = summary_of(trace).so_far(time.time())
            shown = asdict(summary) | {"documents": trace.documents}
            self.stdout.write(json.dumps(shown))
        else:
            from zappa_xray.traceview.terminal import console_for, print_trace

            print_trace(console_for(self.stdout._out, options["no_color"]), trace, time.time())
        self.stdout.flush()

    def _tell_what_is_missing(self, store: Store, receiver: Receiver) -> None:
        for count, what in (
            (store.malformed, "malformed"),
            (store.dropped, "dropped"),
            (receiver.refused, "of other machines refused (--address takes them, too)"),
        ):
            if count:
                self.stderr.write(f"{count} packets {what}.")


def count(text: str) -> int:
    """Return a number of traces."""
    if not text.isdecimal() or not 0 < len(text) < 10 or not int(text):
        raise ArgumentTypeError(f"{text!r} is no number of traces: write 1 or more")
    return int(text)


def address(text: str) -> tuple[str, int]:
    """Return host and port of a text such as 127.0.0.1:2000; port 0 is any free one."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise ArgumentTypeError(f"{text!r} is no address: write 127.0.0.1:2000")
    return host, int(port)
