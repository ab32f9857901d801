"""Evidence -> what happened when, in seconds since the request came."""

from zappa_xray.traceview.printable import one_line
from zappa_xray.traceview.why.evidence import Evidence
from zappa_xray.traceview.why.invocation import Invocation
from zappa_xray.traceview.why.joined import verdict_of
from zappa_xray.traceview.why.sentence import quoted
from zappa_xray.traceview.why.verdict import Cause

WAITS = (Cause.QUERY, Cause.CONNECT, Cause.CALL)


def time_line(evidence: Evidence) -> list[tuple[float, str]]:
    """Return the moments in their order: seconds since the request came, and a few printable words."""
    began = evidence.began
    if began is None:
        return []
    moments = [*_of_gateway(evidence, began)]
    if evidence.invocation:
        moments += _of_lambda(evidence.invocation)
        moments += _of_wait(evidence, evidence.invocation)
    for start in evidence.cold_starts:
        moments.append((start.at, f"{start.title} pays {start.seconds:.1f} s of cold start"))
    in_order = sorted(moments, key=lambda moment: moment[0])
    return [(round(at - began, 3), one_line(text)) for at, text in in_order]


def _of_gateway(evidence: Evidence, began: float) -> list[tuple[float, str]]:
    access = evidence.access
    if access is None:
        return []
    moments = [(began, f"API Gateway gets {access.method} from a client")]
    if access.latency is not None:
        why = f", {access.error}" if access.error else ""
        moments.append((began + access.latency, f"the client gets {access.status}{why}"))
    return moments


def _of_lambda(invocation: Invocation) -> list[tuple[float, str]]:
    started, moments = invocation.started, []
    if started is None:
        return []
    if invocation.init_seconds is not None:
        paid = f"a process starts, {invocation.init_seconds:.1f} s"
        moments.append((started - invocation.init_seconds, paid))
    again = ", with a process that has to start first" if invocation.init_in_time else ""
    moments.append((started, f"Lambda begins{again}"))
    if invocation.deadline_at is not None:
        where = invocation.deadline.get("where") or "code that is not the service's own"
        moments.append((invocation.deadline_at, f"its deadline passes in {where}"))
    if invocation.ended_at is not None:
        status = invocation.end.get("status")
        moments.append((invocation.ended_at, f"Django has answered {status}"))
    if invocation.killed_after is not None:
        moments.append((started + invocation.killed_after, "Lambda kills its process"))
    elif invocation.exited:
        at = started + (invocation.duration or 0.0)
        moments.append((at, f"its process ends: {invocation.exited}"))
    return moments


def _of_wait(evidence: Evidence, invocation: Invocation) -> list[tuple[float, str]]:
    """Return when the wait began that the deadline found."""
    verdict = verdict_of(evidence)
    if verdict.cause not in WAITS or verdict.seconds is None or invocation.deadline_at is None:
        return []
    at = max(invocation.deadline_at - verdict.seconds, invocation.started or 0.0)
    return [(at, f"the wait for {quoted(verdict.what)} begins")]
