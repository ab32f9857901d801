"""What X-Ray has received of a stage in the last hour."""

import time
from collections.abc import Callable
from typing import Any

from zappa_xray.deployment.doctor import search
from zappa_xray.deployment.doctor.api import needs_a_rest_api
from zappa_xray.deployment.doctor.link import Broken
from zappa_xray.deployment.stage import Stage

LOOK_BACK_SECONDS = 3600
SECONDS_BETWEEN_LOOKS = 5

Wanted = Callable[[dict[str, Any]], bool]


def come_through_the_stage(stage: Stage, wait_seconds: float) -> str:
    needs_a_rest_api(stage)
    return waited_for(
        stage,
        wait_seconds,
        lambda trace: True,
        f"send a request to the stage and ask again after a minute (make doctor STAGE={stage.name})",
    )


def come_from_django(stage: Stage, wait_seconds: float) -> str:
    def is_annotated(trace: dict[str, Any]) -> bool:
        values = trace.get("Annotations", {}).get("stage", [])
        return {"StringValue": stage.name} in [value["AnnotationValue"] for value in values]

    remedy = f"look for what the SDK says in make logs STAGE={stage.name}"
    return waited_for(stage, wait_seconds, is_annotated, remedy)


def waited_for(stage: Stage, wait_seconds: float, wanted: Wanted, remedy: str) -> str:
    """Look for a trace of the last hour until one is there or `wait_seconds` are over."""
    deadline = time.monotonic() + wait_seconds
    while not (found := first_trace(stage, wanted)):
        if time.monotonic() >= deadline:
            search.refuse_to_look_in_vain(stage)
            raise Broken("none in the last hour", remedy)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return f"the last hour has {found}"


def first_trace(stage: Stage, wanted: Wanted) -> str | None:
    """Return the id of a trace of the stage or the function, None when there is none."""
    now = time.time()
    name = stage.function if stage.other_front else stage.xray_name
    pages = stage.pages(
        "xray",
        "get_trace_summaries",
        StartTime=now - LOOK_BACK_SECONDS,
        EndTime=now,
        # Some versions of AWS's guide forbid an annotation beside service(): it is looked at here.
        FilterExpression=f'service("{name}")',
    )
    return next(
        (trace["Id"] for page in pages for trace in page["TraceSummaries"] if wanted(trace)),
        None,
    )
