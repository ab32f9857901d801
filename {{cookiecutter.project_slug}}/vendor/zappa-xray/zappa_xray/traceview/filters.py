"""Which traces are wanted: the options of the commands, and the words in the page's field."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any, Protocol

from zappa_xray.traceview.documents import TRACE_ID
from zappa_xray.traceview.durations import seconds_in

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
LONGEST_AGE_DAYS = 455
STATUS = re.compile(r"[1-5](\d\d|xx)")
EXACTLY = re.compile(r'"([^"]*)"')
LONGER_THAN = re.compile(r">\s*(\d+(?:\.\d+)?)\s*(ms|s|m)?(?!\S)")


class Filtered(Protocol):
    """What a filter looks at; `text` is all that words are looked for in."""

    @property
    def method(self) -> str: ...
    @property
    def route(self) -> str: ...
    @property
    def status(self) -> int | None: ...
    @property
    def duration(self) -> float | None: ...
    @property
    def text(self) -> str: ...


Filter = Callable[[Filtered], bool]


def from_words(text: str) -> Filter:
    """Read what a person writes into one field, such as `notes 5xx >200ms`.

    A status or its class is one, `>` begins a duration (in ms unless told), `"GET /notes/"` in
    quotes is exactly this route, with or without its method, and of a header X-Amzn-Trace-Id the
    trace's id counts. Any other word stands somewhere in the method, route, URL, service, marks or
    id. All of them have to hold.
    """
    text = text.lower()
    exact = EXACTLY.findall(text)
    text = EXACTLY.sub(" ", text)
    durations = [f"{number}{unit or 'ms'}" for number, unit in LONGER_THAN.findall(text)]
    words = LONGER_THAN.sub(" ", text).split()
    return every(
        *(is_exactly(route) for route in exact),
        *(longer_than(seconds_in(duration)) for duration in durations),
        *(has_status(word) if STATUS.fullmatch(word) else mentions(word) for word in words),
    )


def is_exactly(text: str) -> Filter:
    """Return the filter of a route such as /notes/, or of a method and a route."""
    return lambda trace: text in (trace.route.lower(), f"{trace.method} {trace.route}".lower())


def from_options(options: dict[str, Any]) -> Filter:
    """Read the options that `add_options` has added."""
    filters: dict[str, Callable[[Any], Filter]] = {
        "route": route_contains,
        "status": has_status,
        "slower_than": longer_than,
    }
    given = [name for name in filters if options[name] is not None]
    return every(*(filters[name](options[name]) for name in given))


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--route", help="only routes that contain this text")
    parser.add_argument("--status", type=status, help="only this status, such as 404 or 5xx")
    parser.add_argument("--slower-than", type=duration, help="only longer ones: 200ms, 1.5s")


def duration(text: str) -> float:
    """Return seconds, for argparse."""
    try:
        return seconds_in(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def age(text: str) -> float:
    """Return how many seconds to look back, for argparse."""
    seconds = duration(text)
    if seconds > LONGEST_AGE_DAYS * 86_400:
        raise ArgumentTypeError(f"AWS keeps figures for {LONGEST_AGE_DAYS}d: {text} is longer")
    return seconds


def status(text: str) -> str:
    """Return a status or a class of them, for argparse."""
    if not STATUS.fullmatch(text):
        raise ArgumentTypeError(f"{text!r} is no status: write 404 or 5xx")
    return text


def every(*filters: Filter) -> Filter:
    return lambda trace: all(takes(trace) for takes in filters)


def route_contains(text: str) -> Filter:
    return lambda trace: text.lower() in trace.route.lower()


def has_status(wanted: str) -> Filter:
    """Return the filter of a status such as 404, or of a class such as 5xx."""
    if wanted.endswith("xx"):
        return lambda trace: trace.status is not None and trace.status // 100 == int(wanted[0])
    return lambda trace: trace.status == int(wanted)


def longer_than(seconds: float) -> Filter:
    return lambda trace: trace.duration is not None and trace.duration > seconds


def mentions(word: str) -> Filter:
    if found := TRACE_ID.search(word):
        word = found[0]
    return lambda trace: word in trace.text.lower()
