"""What a service says to `zappa_handler` in config/lambda_function.py."""

import gc
from pathlib import Path

import pytest
from zappa_xray.lambda_start import without_garbage_collection, zappa_handler

from tests.library.lambda_start.process import run

HANDLER = """
import sys, django
from django.conf import settings
settings.configure(ROOT_URLCONF="handler", DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3"}})
django.setup()
import requests
urlpatterns = []
loaded = "get" in vars(requests)
lambda_handler = lambda event, context: event
"""


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        ("", False),
        ("in_each_request=['requests']", True),
        ("when_used=['requests'], in_each_request=['requests']", True),
    ],
)
def test_what_each_request_needs_is_loaded_before_one_waits(
    tmp_path: Path, arguments: str, loaded: bool
) -> None:
    (tmp_path / "handler.py").write_text(HANDLER)
    code = f"""
import json
from zappa_xray.lambda_start import zappa_handler, init_phase
zappa_handler({arguments})
import handler
print(json.dumps([handler.loaded, "requests" in init_phase.measured.packages]))
"""
    assert run(code, tmp_path) == [loaded, loaded]


@pytest.mark.parametrize("name", ["when_used", "in_each_request"])
def test_a_name_in_place_of_a_list_of_names_is_refused_with_what_to_write(name: str) -> None:
    with pytest.raises(TypeError, match=rf"{name} is a list of libraries: \['pandas'\]"):
        zappa_handler(**{name: "pandas"})


def start_that_fails() -> None:
    with without_garbage_collection():
        assert not gc.isenabled()
        raise ImportError


def test_garbage_is_collected_again_when_the_start_fails() -> None:
    before = gc.get_freeze_count()
    try:
        with pytest.raises(ImportError):
            start_that_fails()
        assert gc.isenabled()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()
