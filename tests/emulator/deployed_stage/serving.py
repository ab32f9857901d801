"""The function behind a deployed stage, and what X-Ray has of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.deployed_stage import DeployedStage
from emulator.events import trace_fields
from tests.emulator.asking import Answer

HANDLER = """
    import json, os, socket, time
    starts = 0
    def lambda_handler(event, context):
        global starts
        starts += 1
        header = os.environ.get("_X_AMZN_TRACE_ID", "")
        path = event.get("path") or event.get("seen", "/")
        print(f"saw {path}")
        fields = dict(field.split("=", 1) for field in header.split(";") if "=" in field)
        if fields.get("Sampled") == "1":
            host, port = os.environ["AWS_XRAY_DAEMON_ADDRESS"].split(":")
            document = {
                "id": os.urandom(8).hex(), "name": "inside", "type": "subsegment",
                "trace_id": fields["Root"], "parent_id": fields["Parent"],
                "start_time": time.time(), "in_progress": True,
            }
            packet = b'{"format": "json", "version": 1}\\n'
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                send = lambda: sender.sendto(packet + json.dumps(document).encode(), (host, int(port)))
                send()
                if path == "/hangs":
                    time.sleep(60)
                del document["in_progress"]
                document["end_time"] = time.time()
                send()
        elif path == "/hangs":
            time.sleep(60)
        if path == "/raises":
            raise LookupError("nothing there")
        status = int(path[1:]) if path[1:].isdigit() else 200
        body = {"header": header, "starts": starts, "colour": os.environ.get("COLOUR")}
        return {"statusCode": status, "body": json.dumps(body)}
"""


Serve = Callable[..., DeployedStage]


def traced(stage: DeployedStage, answer: Answer) -> list[dict[str, Any]]:
    """Return what X-Ray has of the trace that an answer names."""
    return stage.documents(trace_fields(answer.headers["X-Amzn-Trace-Id"])["Root"])


def by_origin(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {document["origin"]: document for document in documents}
