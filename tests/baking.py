"""Bake the template in a test: a folder on success, the hook's own words on refusal."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any
from unittest.mock import patch

from jinja2 import Environment
from pytest_cookies.plugin import Cookies

TEMPLATE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Baked:
    """A generated service: its folder, and cookiecutter's context of answers and private values."""

    folder: Path
    context: dict[str, Any]

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Return each file's content by its path with slashes."""
        return {
            file.relative_to(self.folder).as_posix(): file.read_bytes()
            for file in sorted(self.folder.rglob("*"))
            if file.is_file()
        }


class Refused(Exception):
    """The template was not baked. The text is all that cookiecutter and its hooks printed."""


def bake(cookies: Cookies, template: Path = TEMPLATE, **answers: Any) -> Baked:
    """Bake `template` with `answers` and the defaults. Takes `cookies` or `cookies_session`.

    Raises Refused.
    """
    with printed() as words:
        result = cookies.bake(extra_context=answers, template=str(template))
    if result.exception is not None:
        raise Refused("\n".join([*words, str(result.exception)])) from result.exception
    return Baked(result.project_path, result.context)


@contextmanager
def templates_compiled_once() -> Iterator[None]:
    """Keep what Jinja compiled: cookiecutter lets it compile the same text again for each bake and answer."""
    compile_anew = Environment.compile
    compiled: dict[tuple[object, ...], CodeType] = {}

    def compile_once(
        self: Environment, source: Any, name: Any = None, filename: Any = None
    ) -> CodeType:
        key = (source, name, filename, tuple(self.extensions))
        if key not in compiled:
            compiled[key] = compile_anew(self, source, name, filename)
        return compiled[key]

    with patch.object(Environment, "compile", compile_once):
        yield


@contextmanager
def printed() -> Iterator[list[str]]:
    """Collect what this process and its children write. The list is filled when the block ends."""
    words: list[str] = []
    kept = [os.dup(descriptor) for descriptor in (1, 2)]
    with tempfile.TemporaryFile() as file:
        for descriptor in (1, 2):
            os.dup2(file.fileno(), descriptor)
        try:
            yield words
        finally:
            for descriptor, copy in zip((1, 2), kept, strict=True):
                os.dup2(copy, descriptor)
                os.close(copy)
            file.seek(0)
            words.append(file.read().decode("utf-8", "replace"))
