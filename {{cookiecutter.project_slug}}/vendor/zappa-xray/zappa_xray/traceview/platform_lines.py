"""Lambda's own lines of a function whose log format is JSON, as it writes them in text.

https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

from collections.abc import Callable
from typing import Any

from zappa_xray.traceview.documents import Document, mapping_at

WELL = "success"


def in_text(message: str, line: Document) -> str:
    """Return a line of a log; `line` is its JSON, empty where it is none."""
    written = WRITTEN.get(str(line.get("type")))
    return (written(mapping_at(line, "record")) or message) if written else message


def _start(record: Document) -> str:
    return f"START RequestId: {record.get('requestId')} Version: {record.get('version')}"


def _report(record: Document) -> str:
    metrics = mapping_at(record, "metrics")
    parts = [
        f"REPORT RequestId: {record.get('requestId')}",
        f"Duration: {metrics.get('durationMs')} ms",
        f"Memory Size: {metrics.get('memorySizeMB')} MB",
        f"Max Memory Used: {metrics.get('maxMemoryUsedMB')} MB",
    ]
    if "initDurationMs" in metrics:
        parts.append(f"Init Duration: {metrics['initDurationMs']} ms")
    parts += _status(record)
    if trace_id := mapping_at(record, "tracing").get("value"):
        parts.append(f"XRAY TraceId: {trace_id}")
    return "\t".join([*parts, ""])


def _init_report(record: Document) -> str:
    """Return the line of an init that failed; in text there is none of another."""
    if record.get("status") == WELL:
        return ""
    duration = mapping_at(record, "metrics").get("durationMs")
    parts = [f"INIT_REPORT Init Duration: {duration} ms", f"Phase: {record.get('phase')}"]
    return "\t".join([*parts, *_status(record)])


def _status(record: Document) -> list[str]:
    status: Any = record.get("status")
    if status == WELL:
        return []
    kind = [f"Error Type: {record['errorType']}"] if record.get("errorType") else []
    return [f"Status: {'timeout' if status == 'timeout' else 'error'}", *kind]


WRITTEN: dict[str, Callable[[Document], str]] = {
    "platform.start": _start,
    "platform.report": _report,
    "platform.initStart": lambda _record: "INIT_START",
    "platform.initReport": _init_report,
}
