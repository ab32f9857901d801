from typing import Any


def tick(event: dict[str, Any], context: Any) -> str:
    return "ticked"
