"""What drf-spectacular's OpenAPI schema leaves out: hooks, named in SPECTACULAR_SETTINGS."""

from http import HTTPStatus
from typing import Any

from django.urls import get_script_prefix

ERROR = {
    "type": "object",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
}
# The messages by field, or `detail` when the body could not be read.
INVALID = {"type": "object", "additionalProperties": {}}


def add_server(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Name the path below which the API answers, such as API Gateway's `/<stage>/`.

    Without it the docs page would send its requests past the stage.
    """
    return result | {"servers": [{"url": get_script_prefix().rstrip("/") or "/"}]}


def add_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Describe the errors that REST framework answers by itself, on each operation that can."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(Error=ERROR, Invalid=INVALID)
    for operations in result["paths"].values():
        for operation in operations.values():
            for status in _errors(operation):
                operation["responses"].setdefault(str(status.value), _response(status))
    return result


def _errors(operation: dict[str, Any]) -> list[HTTPStatus]:
    parameters = operation.get("parameters", [])
    errors = [HTTPStatus.NOT_ACCEPTABLE, HTTPStatus.TOO_MANY_REQUESTS]
    if "requestBody" in operation:
        errors += [HTTPStatus.UNSUPPORTED_MEDIA_TYPE]
    if "requestBody" in operation or any(parameter["in"] == "query" for parameter in parameters):
        errors += [HTTPStatus.BAD_REQUEST]
    if {} not in operation.get("security", [{}]):
        errors += [HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN]
    if any(parameter["in"] == "path" or parameter["name"] == "page" for parameter in parameters):
        errors += [HTTPStatus.NOT_FOUND]
    return sorted(errors)


def _response(status: HTTPStatus) -> dict[str, Any]:
    name = "Invalid" if status == HTTPStatus.BAD_REQUEST else "Error"
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": status.phrase, "content": {"application/json": {"schema": schema}}}
