"""Requests as Zappa's handler serves them, and views whose responses are sent bit by bit."""

import io
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from wsgiref.handlers import SimpleHandler

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import path
from werkzeug.wrappers import Response


def answer(path: str, **environ: Any) -> Response:
    """The response to a request, not read and not closed yet."""
    return Response.from_app(WSGIHandler(), RequestFactory(**environ).get(path).environ)


def serve(path: str, **environ: Any) -> bytes:
    """The whole body, read and closed."""
    with answer(path, **environ) as response:
        return response.get_data()


def serve_as_wsgiref(path: str) -> bytes:
    """The whole body, as `runserver` sends it: a file by the server's own file wrapper."""
    output, environ = io.BytesIO(), RequestFactory().get(path).environ
    handler = SimpleHandler(io.BytesIO(), output, io.StringIO(), environ)
    handler.run(WSGIHandler())
    return output.getvalue().partition(b"\r\n\r\n")[2]


def count(name: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s AS {name}", [name])
        return str(cursor.fetchone()[0]).encode()


def pieces(request: HttpRequest) -> StreamingHttpResponse:
    def content() -> Iterator[bytes]:
        yield count("first")
        time.sleep(0.05)
        yield count("second")

    return StreamingHttpResponse(content())


def batch(request: HttpRequest) -> HttpResponse:
    inner = serve("/whole/")
    count("after")
    return HttpResponse(inner)


def hangs(request: HttpRequest) -> StreamingHttpResponse:
    def content() -> Iterator[bytes]:
        yield b"first"
        time.sleep(0.3)
        yield b"second"

    return StreamingHttpResponse(content())


def breaks(request: HttpRequest) -> StreamingHttpResponse:
    def content() -> Iterator[bytes]:
        if "late" in request.GET:
            yield b"first"
        raise ValueError("broken while it is sent")

    return StreamingHttpResponse(content())


def asynchronous(request: HttpRequest) -> StreamingHttpResponse:
    async def content() -> AsyncIterator[bytes]:
        yield b"first"
        raise ValueError("broken in a coroutine")

    return StreamingHttpResponse(content())


class BreaksInClose(StreamingHttpResponse):
    def close(self) -> None:
        super().close()
        raise OSError("broken while it is closed")


class BrokenFile(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise OSError("the disk is gone")


def broken_file(request: HttpRequest) -> FileResponse:
    return FileResponse(BrokenFile(b"x" * 10_000))


urlpatterns = [
    path("whole/", lambda request: HttpResponse("ok")),
    path("batch/", batch),
    path("pieces/", pieces),
    path("hangs/", hangs),
    path("breaks/", breaks),
    path("asynchronous/", asynchronous),
    path("breaks-in-close/", lambda request: BreaksInClose([b"whole"])),
    path("file/", lambda request: FileResponse(io.BytesIO(b"x" * 10_000))),
    path("broken-file/", broken_file),
]
