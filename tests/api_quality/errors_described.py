"""What drf-spectacular leaves out of the schema: the errors that REST framework answers by itself."""

# Runs in the service's environment:
# mypy: ignore-errors

from http import HTTPStatus

ERROR = {
    "type": "object",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
}
# The messages by field, `detail` when the body could not be read, or a list of mere messages.
INVALID = {"oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "string"}}]}


def describe(result, **_):
    """Describe them on each operation that can answer so: a hook of drf-spectacular."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(Error=ERROR, Invalid=INVALID)
    for operations in result["paths"].values():
        for operation in operations.values():
            for status in statuses(operation):
                operation["responses"].setdefault(str(status.value), response(status))
    return result


def statuses(operation):
    parameters = operation.get("parameters", [])
    yield HTTPStatus.NOT_ACCEPTABLE
    yield HTTPStatus.TOO_MANY_REQUESTS
    if "requestBody" in operation:
        yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if "requestBody" in operation or any(parameter["in"] == "query" for parameter in parameters):
        yield HTTPStatus.BAD_REQUEST
    if {} not in operation.get("security", [{}]):
        yield HTTPStatus.UNAUTHORIZED
        yield HTTPStatus.FORBIDDEN
    if any(parameter["in"] == "path" or parameter["name"] == "page" for parameter in parameters):
        yield HTTPStatus.NOT_FOUND


def response(status):
    name = "Invalid" if status == HTTPStatus.BAD_REQUEST else "Error"
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": status.phrase, "content": {"application/json": {"schema": schema}}}
