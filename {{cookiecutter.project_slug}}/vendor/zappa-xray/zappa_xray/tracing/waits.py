"""What a stack waits for in well-known libraries, whether or not the SDK records such calls."""

from collections.abc import Callable
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from zappa_xray.tracing.queries import query_text
from zappa_xray.tracing.stack import Frames

Wait = dict[str, str]
Names = dict[str, Any]


def waits_of(frames: Frames) -> dict[str, Wait]:
    """What is waited for, by kind: `sql`, `transaction`, `pool`, `call`, `address`; outermost first.

    Of each kind the outermost: requests calls urllib3, which calls http.client.
    """
    found: dict[str, Wait] = {}
    for frame, _ in frames:
        function = f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}"
        kind, describe = WAITS.get(function, (None, None))
        if kind and describe and kind not in found and (wait := _described(describe, frame)):
            found[kind] = wait
    return found


def _described(describe: Callable[[Names], Wait], frame: FrameType) -> Wait:
    try:
        return describe(frame.f_locals)
    except Exception:  # another version of the library names its variables otherwise
        return {"name": f"{frame.f_globals['__name__']}.{frame.f_code.co_name}"}


def without_secrets(url: object) -> str:
    """A URL without user, password, query string and fragment."""
    parts = urlsplit(str(url))
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _query(names: Names) -> Wait:
    database = names["self"].db
    return {"name": database.alias, "sql": query_text(names["sql"], database.vendor)}


def _transaction(statement: str) -> Callable[[Names], Wait]:
    return lambda names: {"name": names["self"].alias, "sql": statement}


def _begin(names: Names) -> Wait:
    return {} if names["autocommit"] else {"name": names["self"].alias, "sql": "BEGIN"}


def _pool(names: Names) -> Wait:
    return {"name": "pool", "call": "a free connection"}


def _botocore(names: Names) -> Wait:
    service = names["self"].meta.service_model.endpoint_prefix
    return {"name": service, "call": names["operation_name"]}


def _urllib(names: Names) -> Wait:
    request = names.get("req") or names["fullurl"]
    method = request.get_method() if hasattr(request, "get_method") else "GET"
    url = without_secrets(getattr(request, "full_url", request))
    return {"name": "urllib", "call": f"{method} {url}"}


def _urllib3(names: Names) -> Wait:
    pool = names["self"]
    port = f":{pool.port}" if pool.port else ""
    url = without_secrets(f"{pool.scheme}://{pool.host}{port}{urlsplit(names['url']).path}")
    return {"name": "urllib3", "call": f"{names['method']} {url}"}


def _httpx(names: Names) -> Wait:
    request = names["request"]
    return {"name": "httpx", "call": f"{request.method} {without_secrets(request.url)}"}


def _http_client(names: Names) -> Wait:
    connection = names["self"]
    method = names.get("method") or getattr(connection, "_method", None) or "connect"
    return {"name": "http.client", "call": f"{method} {connection.host}:{connection.port}"}


def _address(names: Names) -> Wait:
    return {"name": "DNS", "call": f"the address of {names['host']}"}


DATABASE = "django.db.backends"
WAITS: dict[str, tuple[str, Callable[[Names], Wait]]] = {
    f"{DATABASE}.utils.execute": ("sql", _query),
    f"{DATABASE}.utils.executemany": ("sql", _query),
    f"{DATABASE}.base.base._commit": ("transaction", _transaction("COMMIT")),
    f"{DATABASE}.base.base._rollback": ("transaction", _transaction("ROLLBACK")),
    f"{DATABASE}.base.base.set_autocommit": ("transaction", _begin),
    "psycopg_pool.pool.getconn": ("pool", _pool),
    "botocore.client._make_api_call": ("call", _botocore),
    "urllib.request.open": ("call", _urllib),
    "urllib3.connectionpool.urlopen": ("call", _urllib3),
    "httpx._client.send": ("call", _httpx),
    "http.client.connect": ("call", _http_client),
    "http.client.request": ("call", _http_client),
    "http.client.getresponse": ("call", _http_client),
    "socket.getaddrinfo": ("address", _address),
}
