"""What became of a request, in sentences and with its stack: what a person wants to know first."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from zappa_xray.traceview.labels import exceptions_of, label_of, where_of
from zappa_xray.traceview.lines import REPEATED, grouped
from zappa_xray.traceview.printable import one_line, printable
from zappa_xray.traceview.stacks import folded, innermost_own
from zappa_xray.traceview.summary import Summary
from zappa_xray.traceview.trace import Trace
from zappa_xray.traceview.why.sentence import quoted, sentence
from zappa_xray.traceview.why.verdict import Cause, Verdict
from zappa_xray.traceview.why.waiting import killed

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Story:
    """Printable sentences, none where nothing stands out, and the stack with libraries folded."""

    sentences: list[str]
    stack: str


def story_of(trace: Trace, summary: Summary) -> Story:
    """Return the story of a trace; `summary` says how much time has gone by."""
    try:
        exception = _exception(trace)
        stack = printable(folded(exception)) if exception else ""
        return Story(list(_sentences(trace, summary, exception)), stack)
    except Exception:  # whatever somebody has sent, its lines are shown
        logger.debug("Trace %s has no story", trace.id, exc_info=True)
        return Story([], "")


def _sentences(trace: Trace, summary: Summary, exception: str) -> Iterator[str]:
    if verdict := killed(trace):
        yield sentence(verdict)
        yield _end(summary)
    elif exception and "fault" in summary.marks:
        what = one_line(exception.partition("\n")[0])
        title = f"{summary.method} {summary.route}".strip()
        seconds = None if summary.is_open else summary.duration
        where = innermost_own(exception)
        yield sentence(Verdict(title, Cause.FAILED, seconds, what, where))
    if repeated := _most_repeated(trace):
        yield repeated
    if summary.left_out:
        yield f"{summary.left_out} quick queries and calls more were counted and not sent."


def _end(summary: Summary) -> str:
    if summary.is_open:
        return f"Its end has not been told: {summary.took}."
    answered = "It ended" if summary.status is None else f"It answered {summary.status}"
    return f"{answered} after {summary.took}."


def _most_repeated(trace: Trace) -> str:
    groups = (group for entity in trace.entities for group in grouped(entity.children))
    most = max(groups, key=len, default=[])
    if len(most) < REPEATED:
        return ""
    where = where_of(most[0])
    return (
        f"The same query ran {len(most)} times (N+1){f', in {where}' if where else ''}: "
        f"{quoted(label_of(most[0]))}."
    )


def _exception(trace: Trace) -> str:
    for entity in (trace.request, *trace.request.children[:100]):
        if (entity is trace.request or entity.kind == "deadline") and (
            found := next(exceptions_of(entity.document), "")
        ):
            return found
    return ""
