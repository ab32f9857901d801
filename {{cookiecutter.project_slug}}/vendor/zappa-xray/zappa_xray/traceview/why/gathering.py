"""Asks AWS for all that is known of a request: the gateway's log, the function's, X-Ray."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import CommandError

from zappa_xray.traceview.aws import reason
from zappa_xray.traceview.stage import Stage
from zappa_xray.traceview.why.access import access_of
from zappa_xray.traceview.why.events import Event, Group
from zappa_xray.traceview.why.evidence import ColdStart, Evidence
from zappa_xray.traceview.why.invocation import Invocation, invocation_of
from zappa_xray.traceview.why.joined import cold_seconds
from zappa_xray.traceview.xray import found_trace

BEFORE_SECONDS = 900.0  # an environment that was started for it, and clocks that differ
AFTER_SECONDS = 1200.0  # the longest invocation, and what comes after it
FOLLOWED = 5
ABSENT = "ResourceNotFoundException"


class Gathering:
    """Gathers the evidence of the request with a trace id; `logs` and `xray` are boto3's clients."""

    def __init__(self, logs: Any, xray: Any, stage: Stage, trace_id: str) -> None:
        self._evidence, self._has_answered = Evidence(trace_id), False
        self._xray, self._trace_id = xray, trace_id
        self._began = float(int(trace_id[2:10], 16))
        times = (max(self._began - BEFORE_SECONDS, 0.0), self._began + AFTER_SECONDS)
        self._access = Group(logs, f"/aws/apigateway/{stage.function}", *times)
        self._function = Group(logs, f"/aws/lambda/{stage.function}", *times)

    def evidence(self) -> Evidence:
        """Return all that can be had; what cannot is among `unknown`.

        Raises CommandError when AWS is not to be reached at all.
        """
        self._try(self._ask_gateway, "what the client got is not known", "There is no access log")
        self._try(self._ask_function, "what Lambda did is not known", "The function has no log")
        self._try(self._ask_x_ray, "X-Ray's copies are not known", "X-Ray has nothing")
        return self._evidence

    def _try(self, ask: Callable[[], None], left_open: str, absent: str) -> None:
        try:
            ask()
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, BotoCoreError) and not self._has_answered:
                raise CommandError(str(error)) from error  # the others would be tried as long
            self._evidence.refusals.append(reason(error))
            is_absent = isinstance(error, ClientError) and error.response["Error"]["Code"] == ABSENT
            self._evidence.unknown.append(
                f"{absent}: {left_open}." if is_absent else f"{reason(error)}: {left_open}."
            )
        self._has_answered = True

    def _ask_gateway(self) -> None:
        lines = [
            event.line
            for event in self._access.with_text(self._trace_id)
            if event.line.get("traceId") == self._trace_id
        ]
        if not lines:
            self._evidence.unknown.append(
                "The access log has no line of it: what the client got is not known."
            )
            return
        answers = [access_of(line) for line in lines]
        # Of several requests of one trace id the one that hurt.
        self._evidence.access = max(answers, key=lambda one: (one.status or 0, one.latency or 0))

    def _ask_function(self) -> None:
        own = self._function.with_text(self._trace_id)
        access = self._evidence.access
        request_id = (access.request_id if access else "") or self._request_id(own)
        named = self._function.with_text(request_id) if request_id else []
        streams = [event.stream for event in named if event.message.startswith("START")]
        if not streams:
            return
        events = self._function.of_stream(streams[0])
        invocation = invocation_of(events, request_id)
        self._evidence.invocation = invocation
        self._evidence.cold_starts = self._paid_for(invocation, request_id, streams[0], events)

    def _request_id(self, events: list[Event]) -> str:
        """Return the request's id by lines with its trace's: its own, Lambda's, the next process's."""
        for event in events:
            line = event.line
            if line.get("trace_id") == self._trace_id and line.get("request_id"):
                return str(line["request_id"])
            if event.message.startswith("REPORT RequestId: "):
                return event.message.split()[2]
        killed = (
            each.line for each in events if each.line.get("killed_trace_id") == self._trace_id
        )
        return next((str(line.get("killed_request_id")) for line in killed), "")

    def _paid_for(
        self, invocation: Invocation, request_id: str, stream: str, events: list[Event]
    ) -> list[ColdStart]:
        """Return the cold starts of requests that came while this one held its process, and of the
        first that came to the same environment when that had lost it."""
        if not (invocation.deadline or invocation.killed_after or invocation.exited):
            return []
        first = invocation.started or self._began
        last = first + (invocation.duration or 0.0)
        found: list[ColdStart] = []
        has_followed = False
        for event in self._function.with_cold_start():
            other_id, follows = str(event.line.get("request_id")), event.stream == stream
            if event.at < first or other_id == request_id or (follows and has_followed):
                continue
            others = events if follows else self._function.of_stream(event.stream)
            other = invocation_of(others, other_id)
            seconds, started = cold_seconds(other), other.started or event.at
            if seconds is None or event.line != other.end or not (follows or started <= last):
                continue
            has_followed = has_followed or follows
            title = f"{event.line.get('method', '')} {event.line.get('route', '')}".strip()
            found.append(ColdStart(title, started, seconds))
            if len(found) == FOLLOWED:
                break
        return sorted(found, key=lambda start: start.at)

    def _ask_x_ray(self) -> None:
        moment = datetime.fromtimestamp(self._began, UTC)
        trace, where = found_trace(self._xray, self._trace_id, moment)
        self._evidence.trace = trace
        if trace is None:
            hidden = f" ({where.found})" if where and where.is_search else ""
            self._evidence.unknown.append(f"X-Ray has no trace of it: it was not sampled{hidden}.")
