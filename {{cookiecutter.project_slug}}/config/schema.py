from typing import Any

from django.urls import get_script_prefix


def add_server(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Name the path below which the API answers, such as API Gateway's `/<stage>/`.

    A postprocessing hook of drf-spectacular: without it the docs page would send its requests past the stage.
    """
    return result | {"servers": [{"url": get_script_prefix().rstrip("/") or "/"}]}
