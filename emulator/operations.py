"""Which operation of AWS's API a request asks for, as AWS's own service models describe them.

https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import io
import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from botocore.session import Session

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Credential=KEY/DATE/REGION/SERVICE/aws4_request in the Authorization header:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
LARGEST_FORM = 100_000


def asked(environ: WSGIEnvironment) -> set[str]:
    """Return the operations that a request may mean, such as {"CreateFunction"}.

    More than one where they differ in headers only; none when the request is not signed.
    """
    service = service_of(environ)
    if not service:
        return set()
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return {target.rpartition(".")[2]}
    if "Action" in (form := form_of(environ)):
        return {form["Action"]}
    return by_path(service, environ)


def service_of(environ: WSGIEnvironment) -> str:
    """Return the service that a request is signed for, empty when it is not signed."""
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return scope["service"] if scope else ""


def form_of(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the fields of a form; the body stays there for who reads it next."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    if not form or length > LARGEST_FORM:
        return {}
    body = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def by_path(service: str, environ: WSGIEnvironment) -> set[str]:
    query = parse_qs(environ["QUERY_STRING"], keep_blank_values=True)
    fits = [
        (rank, name)
        for name, method, path, keys, rank in routes(service)
        if method == environ["REQUEST_METHOD"]
        and path.fullmatch(environ["PATH_INFO"])
        and keys <= set(query)
    ]
    best = max((rank for rank, _ in fits), default=None)
    return {name for rank, name in fits if rank == best}


@cache
def routes(service: str) -> list[tuple[str, str, re.Pattern[str], set[str], tuple[int, int]]]:
    """Return of each operation its name, method, path, query keys, and how exact these are."""
    model = Session().get_service_model(service)
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        if service == "s3" and not path.startswith("/{Bucket}"):
            path = f"/{{Bucket}}{path.rstrip('/')}"
        keys = set(parse_qs(query, keep_blank_values=True))
        pattern = re.sub(
            r"\\{\w+(\\\+)?\\}", lambda part: ".+" if part[1] else "[^/]+", re.escape(path)
        )
        literal = len(re.sub(r"{[^}]*}", "", path))
        found.append((name, http["method"], re.compile(f"{pattern}/?"), keys, (len(keys), literal)))
    return found
