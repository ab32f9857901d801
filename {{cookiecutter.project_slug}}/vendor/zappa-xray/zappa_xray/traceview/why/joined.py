"""Evidence -> verdict: what a request waited for, or failed of."""

from dataclasses import replace
from typing import Any

from zappa_xray.traceview.amounts import milliseconds, status_in
from zappa_xray.traceview.documents import Document
from zappa_xray.traceview.slowest import cause_of
from zappa_xray.traceview.why.access import Access
from zappa_xray.traceview.why.evidence import Evidence
from zappa_xray.traceview.why.invocation import Invocation
from zappa_xray.traceview.why.verdict import Cause, Verdict
from zappa_xray.traceview.why.waiting import deadline_facts, waiting_of

SLOW_SECONDS = 1.0
THROTTLED = ("THROTTLED", "QUOTA_EXCEEDED")
NO_ROOM = "Lambda had no room for another execution"


def verdict_of(evidence: Evidence) -> Verdict:
    """Return what became of the request."""
    known = replace(_cause(evidence), title=evidence.title)
    access, invocation = evidence.access, evidence.invocation
    root = evidence.trace.root if evidence.trace else None
    if access is not None:
        known = replace(known, status=access.status, answered_at=access.latency)
    elif root is not None and root is not evidence.trace.request and status_in(root.status):  # type: ignore[union-attr]  # a root is of a trace
        known = replace(known, status=status_in(root.status), answered_at=root.duration)
    killed_at = invocation.killed_after if invocation else None
    paid = tuple(round(start.seconds, 3) for start in evidence.cold_starts)
    return replace(known, killed_at=killed_at, cold_starts=paid)


def _cause(evidence: Evidence) -> Verdict:
    invocation = evidence.invocation
    if invocation is None or invocation.started is None:
        return _before_lambda(evidence.access)
    deadline = _deadline(evidence, invocation)
    if deadline and not _failed_by_itself(evidence.access, invocation.end):
        waiting = waiting_of(deadline)
        return Verdict("", waiting.cause, waiting.seconds, waiting.what, waiting.where)
    if invocation.out_of_memory:
        return Verdict("", Cause.OUT_OF_MEMORY, invocation.duration, invocation.out_of_memory)
    if invocation.exited:
        started = invocation.init_in_time and not evidence.was_in_django
        how = f"{invocation.exited}, while it started" if started else invocation.exited
        return Verdict("", Cause.CRASHED, invocation.duration, how)
    if invocation.killed_after is not None:
        return _killed_in_silence(evidence, invocation)
    return _ended(evidence, invocation)


def _before_lambda(access: Access | None) -> Verdict:
    """Return the verdict of a request of which the function's log has nothing."""
    if access is None:
        return Verdict("", Cause.UNKNOWN, what="no log has anything of it")
    why = access.message or access.error
    if access.error in THROTTLED or 429 in (access.status, access.integration_status):
        is_lambda_s = access.integration_status == 429
        return Verdict("", Cause.THROTTLED, what=NO_ROOM if is_lambda_s else why)
    if access.error.startswith("INTEGRATION"):
        return Verdict("", Cause.UNKNOWN, what="the function's log has nothing of it")
    if access.error:
        return Verdict("", Cause.REFUSED, what=f"{access.error}, {why}" if why else access.error)
    return Verdict("", Cause.UNKNOWN, what="the function's log has nothing of it")


def _deadline(evidence: Evidence, invocation: Invocation) -> dict[str, Any]:
    """Return what the deadline reported, by X-Ray's copy or by the line in the log."""
    if evidence.trace and (facts := deadline_facts(evidence.trace.request)):
        return facts
    line = invocation.deadline
    return line | {"seconds": milliseconds(line.get("ms"))} if line else {}


def _killed_in_silence(evidence: Evidence, invocation: Invocation) -> Verdict:
    """Return the verdict of a request whose deadline nobody could report."""
    seconds = invocation.killed_after
    if invocation.dumped or evidence.was_in_django:
        return Verdict("", Cause.C_CODE, seconds, where=invocation.dumped)
    if invocation.init_in_time:
        return Verdict("", Cause.COLD_START, seconds, "which did not end in the function's time")
    return Verdict("", Cause.UNKNOWN, what="Lambda killed it before Django said a word")


def _ended(evidence: Evidence, invocation: Invocation) -> Verdict:
    end, duration = invocation.end, invocation.duration
    took = milliseconds(end.get("ms"))
    if invocation.too_large or (_is_fine(end) and _was_not_taken(evidence.access)):
        return Verdict("", Cause.TOO_LARGE, took)
    if not end or (status_in(end.get("status")) or 0) >= 500:
        what = (cause_of(evidence.trace) if evidence.trace else "") or _raised(invocation)
        # What zappa_xray.payloads answers in place of it.
        cause = Cause.TOO_LARGE if "PayloadTooLarge" in what else Cause.FAILED
        return Verdict("", cause, took if end else duration, what)
    paid = cold_seconds(invocation)
    whole = (duration or 0.0) + (invocation.init_seconds or 0.0)
    if paid is not None and whole >= SLOW_SECONDS and paid > whole / 2:
        killed = end.get("killed_title")
        return Verdict("", Cause.COLD_START, paid, f"Lambda had killed {killed}" if killed else "")
    return Verdict("", Cause.ANSWERED, took)


def _failed_by_itself(access: Access | None, end: Document) -> bool:
    """Whether the client got an error that Django has answered, late as it was."""
    status = status_in(end.get("status")) or 0
    return access is not None and access.status == status and status >= 500


def _is_fine(end: Document) -> bool:
    return 0 < (status_in(end.get("status")) or 0) < 500


def _was_not_taken(access: Access | None) -> bool:
    """Whether the gateway made an error of what the function answered."""
    return access is not None and access.status == 502 and access.error == "INTEGRATION_FAILURE"


def cold_seconds(invocation: Invocation) -> float | None:
    """Return what an invocation paid for the start of its process; None where it was warm.

    After a kill Lambda starts it within the time of the next invocation, and tells no Init Duration.
    """
    if invocation.init_seconds is not None:
        return invocation.init_seconds
    took = milliseconds(invocation.end.get("ms"))
    if invocation.end.get("cold_start") is not True or invocation.duration is None or took is None:
        return None
    return max(invocation.duration - took, 0.0)


def _raised(invocation: Invocation) -> str:
    """Return the exception of a request, as its traceback in the log ends."""
    for event in invocation.events:
        traceback = event.line.get("exc_info") or event.line.get("exc_text")
        if isinstance(traceback, str) and traceback.strip():
            return traceback.strip().splitlines()[-1]
        if event.message.startswith("[ERROR]"):
            return event.message.splitlines()[0].removeprefix("[ERROR]").strip()
    return ""
