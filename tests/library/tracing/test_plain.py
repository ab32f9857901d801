"""Values of a service as JSON has them: how much of them, and without using them up."""

import sys

from zappa_xray.tracing.plain import REST, plain


def test_a_value_that_leads_to_everything_is_cut_and_says_so() -> None:
    everything = plain({"modules": sys.modules, "other": "kept"})

    assert everything["other"] == "kept"
    assert REST in str(everything["modules"])
    assert plain(list(range(200_000)))[-1] == REST
    assert plain(list(range(1_000))) == list(range(1_000))


def test_what_can_be_read_only_once_is_left_to_the_service() -> None:
    rows = iter([1, 2])

    assert "iterator" in plain({"rows": rows})["rows"]
    assert list(rows) == [1, 2]
