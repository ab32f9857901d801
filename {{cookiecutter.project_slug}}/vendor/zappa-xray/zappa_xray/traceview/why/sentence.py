"""A verdict -> the one sentence that explains a request."""

from collections.abc import Callable

from zappa_xray.traceview.printable import one_line
from zappa_xray.traceview.why.verdict import Cause, Verdict

LONGEST_STATEMENT = 120
COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def sentence(verdict: Verdict) -> str:
    """Return what became of the request, in printable text of one line that ends in a full stop."""
    parts = [BEGINNINGS[verdict.cause](verdict), *_end(verdict)]
    return one_line("; ".join(parts)) + "."


def _end(verdict: Verdict) -> list[str]:
    """Return what the client got, when Lambda killed it, and what that cost others."""
    parts = []
    if verdict.status is not None:
        parts.append(f"the client got {verdict.status}{_after(verdict.answered_at)}")
    if verdict.killed_at is not None:
        parts.append(f"Lambda killed it at {_seconds(verdict.killed_at)}")
    if verdict.cold_starts:
        parts.append(_paid(verdict.cold_starts))
    return parts


def _paid(seconds: tuple[float, ...]) -> str:
    count, longest = len(seconds), _seconds(max(seconds))
    if count == 1:
        return f"the next request paid {longest} of cold start"
    number = COUNTED[count] if count < len(COUNTED) else str(count)
    return f"the next {number} requests paid up to {longest} of cold start"


def _cold_start(verdict: Verdict) -> str:
    why = f" ({verdict.what})" if verdict.what else ""
    return f"{verdict.title} waited{_for(verdict.seconds)} for a cold start{why}"


def _waited_for(what: str) -> Callable[[Verdict], str]:
    def beginning(verdict: Verdict) -> str:
        named = what.format(quoted(verdict.what) if verdict.what else "what is not known")
        return f"{verdict.title} waited{_for(verdict.seconds)} for {named}{_at(verdict.where)}"

    return beginning


def _ran(kind: str, unknown: str) -> Callable[[Verdict], str]:
    def beginning(verdict: Verdict) -> str:
        where = f", in {verdict.where}" if verdict.where else f"; {unknown}"
        return f"{verdict.title} ran{_for(verdict.seconds)} in {kind}{where}"

    return beginning


def _threw(verdict: Verdict) -> str:
    what = verdict.what or "an exception"
    return f"{verdict.title} failed{_after(verdict.seconds)} of {what}{_at(verdict.where)}"


def _crashed(verdict: Verdict) -> str:
    how = f" ({verdict.what})" if verdict.what else ""
    return f"The process of {verdict.title} ended{_after(verdict.seconds)}{how}{_at(verdict.where)}"


def _out_of_memory(verdict: Verdict) -> str:
    had = f" its {verdict.what}" if verdict.what else " all its memory"
    return f"{verdict.title} used up{had}{_after(verdict.seconds)}, and its process was killed"


def _refused(verdict: Verdict) -> str:
    why = f": {verdict.what}" if verdict.what else ""
    return f"API Gateway itself refused {verdict.title}, which never reached Lambda{why}"


def _throttled(verdict: Verdict) -> str:
    why = f": {verdict.what}" if verdict.what else ""
    return f"{verdict.title} was throttled and never reached Django{why}"


def _too_large(verdict: Verdict) -> str:
    made = f", made{_after(verdict.seconds)}," if verdict.seconds is not None else ""
    return f"The answer to {verdict.title}{made} is larger than the 6 MB that Lambda passes on"


def _answered(verdict: Verdict) -> str:
    return f"{verdict.title} was answered{_after(verdict.seconds)}, and nothing stands out"


def _unknown(verdict: Verdict) -> str:
    why = f": {verdict.what}" if verdict.what else ""
    return f"What {verdict.title} waited for is not known{why}"


BEGINNINGS: dict[Cause, Callable[[Verdict], str]] = {
    Cause.QUERY: _waited_for("{}"),
    Cause.CONNECT: _waited_for("a connection to {}"),
    Cause.CALL: _waited_for("the answer to {}"),
    Cause.OWN_CODE: _ran("the service's own code", "its line is not known"),
    Cause.C_CODE: _ran(
        "C code that lets no other thread run",
        'XRAY_TRACING["FAULTHANDLER"] would print its line',
    ),
    Cause.COLD_START: _cold_start,
    Cause.THROTTLED: _throttled,
    Cause.CRASHED: _crashed,
    Cause.OUT_OF_MEMORY: _out_of_memory,
    Cause.TOO_LARGE: _too_large,
    Cause.REFUSED: _refused,
    Cause.FAILED: _threw,
    Cause.ANSWERED: _answered,
    Cause.UNKNOWN: _unknown,
}


def quoted(text: str) -> str:
    """Return a statement or an address on one line, shortened, between backquotes."""
    line = one_line(text)
    return f"`{line}`" if len(line) <= LONGEST_STATEMENT else f"`{line[: LONGEST_STATEMENT - 1]}…`"


def _seconds(seconds: float) -> str:
    return f"{round(seconds, 1):g} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _for(seconds: float | None) -> str:
    return "" if seconds is None else f" {_seconds(seconds)}"


def _after(seconds: float | None) -> str:
    return "" if seconds is None else f" after {_seconds(seconds)}"


def _at(where: str) -> str:
    return f" ({where})" if where else ""
