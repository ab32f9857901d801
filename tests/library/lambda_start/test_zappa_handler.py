"""What a service says to `zappa_handler` in config/lambda_function.py."""

import gc

import pytest
from zappa_xray.lambda_start import without_garbage_collection, zappa_handler


def test_a_name_in_place_of_a_list_of_names_is_refused_with_what_to_write() -> None:
    with pytest.raises(TypeError, match=r"when_used is a list of libraries: \['pandas'\]"):
        zappa_handler(when_used="pandas")


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
