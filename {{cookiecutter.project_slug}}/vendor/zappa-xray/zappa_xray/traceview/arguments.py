"""What the commands understand on their command line, and which traces that means."""

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management.base import CommandError, CommandParser

from zappa_xray.traceview.trace import Trace

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


def duration(text: str) -> float:
    """Seconds of a text such as 200ms, 1.5s, 30m, 1h or 7d."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration: write 200ms, 1.5s, 30m, 1h, 7d")
    return float(found[1]) * UNITS[found[2]]


def status(text: str) -> Callable[[int], bool]:
    """Whether a status is meant by a text such as 404 or 5xx."""
    if not re.fullmatch(r"[1-5](\d\d|xx)", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no status: write 404 or 5xx")
    return lambda code: str(code).startswith(text.removesuffix("xx"))


def address(text: str) -> tuple[str, int]:
    """Host and port of a text such as 127.0.0.1:2000."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no address: write 127.0.0.1:2000")
    return host, int(port)


@dataclass(frozen=True)
class Filter:
    """Which traces to show; None means all of them."""

    route: str | None = None
    status: Callable[[int], bool] | None = None
    slower_than: float | None = None

    @staticmethod
    def add_to(parser: CommandParser) -> None:
        parser.add_argument("--route", help="only routes that contain this text")
        parser.add_argument("--status", type=status, help="only this status, such as 404 or 5xx")
        parser.add_argument("--slower-than", type=duration, help="only longer ones: 200ms, 1.5s")

    def takes(self, trace: Trace) -> bool:
        if self.route is not None and self.route not in trace.route:
            return False
        if self.status and not (isinstance(trace.status, int) and self.status(trace.status)):
            return False
        return self.slower_than is None or trace.duration > self.slower_than


def rich_is_there() -> None:
    """Raises CommandError with what to do when the development tools are not installed."""
    try:
        import rich  # noqa: F401  # looked for, not used
    except ImportError as error:
        raise CommandError("rich is missing: run make install, which brings it.") from error
