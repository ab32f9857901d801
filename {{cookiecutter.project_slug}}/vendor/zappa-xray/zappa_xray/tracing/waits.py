"""What a stack waits for in well-known libraries, whether or not the SDK records such calls."""

import os
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


def _driver(vendor: str) -> Callable[[Names], Wait]:
    return lambda names: {"name": vendor, "sql": query_text(names["query"], vendor)}


def _driver_transaction(vendor: str) -> Callable[[Names], Wait]:
    return lambda names: {"name": vendor, "sql": "COMMIT"}


def _psycopg_connect(names: Names) -> Wait:
    return {
        "name": "postgresql",
        "call": f"connect {names.get('attempt', {}).get('host', '')}".rstrip(),
    }


def _pymysql_connect(names: Names) -> Wait:
    return {"name": "mysql", "call": f"connect {names['self'].host}"}


def _redis(names: Names) -> Wait:
    return {"name": "redis", "call": str(names["args"][0])}


def _program(names: Names) -> Wait:
    arguments = names["self"].args
    shell = isinstance(arguments, (str, bytes))  # which may begin with anything
    return {"name": "subprocess", "call": "a shell" if shell else os.fspath(arguments[0])}


def _connect(names: Names) -> Wait:
    return {"name": "socket", "call": f"connect {_host_and_port(names['address'])}"}


def _socket(names: Names) -> Wait:
    connection = getattr(names["self"], "_sock", None) or names["self"]
    return {"name": "socket", "call": _host_and_port(connection.getpeername())}


def _host_and_port(address: Any) -> str:
    return ":".join(map(str, address[:2])) if isinstance(address, tuple) else str(address)


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
    "psycopg.cursor.execute": ("sql", _driver("postgresql")),
    "psycopg.cursor.executemany": ("sql", _driver("postgresql")),
    "psycopg.connection.commit": ("transaction", _driver_transaction("postgresql")),
    "psycopg.connection.connect": ("call", _psycopg_connect),
    "pymysql.cursors.execute": ("sql", _driver("mysql")),
    "pymysql.connections.commit": ("transaction", _driver_transaction("mysql")),
    "pymysql.connections.connect": ("call", _pymysql_connect),
    "redis.client.execute_command": ("call", _redis),
    "subprocess.communicate": ("call", _program),
    "subprocess.wait": ("call", _program),
    "socket.create_connection": ("call", _connect),
    "socket.readinto": ("call", _socket),
    **{f"ssl.{name}": ("call", _socket) for name in ("do_handshake", "recv", "recv_into", "send")},
    "socket.getaddrinfo": ("address", _address),
}
