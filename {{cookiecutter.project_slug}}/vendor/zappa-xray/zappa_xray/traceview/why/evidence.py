"""All that is known of one request, and what is not known, and why."""

from dataclasses import dataclass, field

from zappa_xray.traceview.trace import Trace
from zappa_xray.traceview.why.access import Access
from zappa_xray.traceview.why.invocation import Invocation


@dataclass(frozen=True)
class ColdStart:
    """A request that waited for a process to start, because this one was busy or killed."""

    title: str
    at: float
    seconds: float


@dataclass
class Evidence:
    """Of one request; what nobody wrote down is None. `unknown` are sentences of what that leaves open.

    `refusals` say why AWS did not answer, once for each of the three that are asked.
    """

    trace_id: str
    access: Access | None = None
    invocation: Invocation | None = None
    trace: Trace | None = None
    cold_starts: list[ColdStart] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nobody has anything of it."""
        return self.access is None and self.invocation is None and self.trace is None

    @property
    def began(self) -> float | None:
        """When the request came, in seconds since 1970."""
        if self.access and self.access.at is not None:
            return self.access.at
        if self.invocation and self.invocation.started is not None:
            return self.invocation.started
        return self.trace.start if self.trace else None

    @property
    def title(self) -> str:
        """Method and route, as far as they are known."""
        if self.invocation:
            for line in (self.invocation.end, self.invocation.deadline):
                if line.get("method"):
                    return f"{line['method']} {line.get('route') or ''}".strip()
            if killed := self.invocation.next_word.get("killed_title"):
                return str(killed)
        if self.trace and (route := self.trace.request.annotations.get("route")):
            return f"{self.trace.request.annotations.get('method', '')} {route}".strip()
        method = self.access.method if self.access else ""
        return f"{method} (route not known)".strip()

    @property
    def was_in_django(self) -> bool:
        """Whether Django had begun with it."""
        if self.trace and "route" in self.trace.request.annotations:
            return True
        found = self.invocation
        return bool(found and (found.end or found.deadline or found.next_word))
