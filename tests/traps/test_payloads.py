"""Answers and requests at the limits of Lambda and API Gateway, through the gateway."""

import pytest

from emulator.daemon import Daemon
from emulator.function import Function
from emulator.gateway import Gateway
from tests.emulator.asking import ask
from tests.traps.conftest import MakeFunction
from tests.traps.reading import complete

pytestmark = pytest.mark.slow

FITS = ("json/6200000", "picture/4600000", "stream/6200000")
TOO_LARGE = ("json/6300000", "picture/4800000")
DETAIL = "The answer is larger than the 6 MB that AWS Lambda passes on: ask for less at a time."


def test_an_answer_that_lambda_would_not_take_says_so_and_one_that_it_takes_arrives(
    function: Function, daemon: Daemon
) -> None:
    with Gateway(function) as gateway:
        for path in FITS:
            fits = ask(f"{gateway.url}/sized/{path}/")
            assert (fits.status, len(fits.body)) == (200, int(path.partition("/")[2]))
        for path in TOO_LARGE:
            daemon.clear()
            answer = ask(f"{gateway.url}/sized/{path}/")
            assert (answer.status, answer.json) == (500, {"detail": DETAIL})
            document = complete(daemon.documents)
            assert document["annotations"]["status"] == 500
            [exception] = document["cause"]["exceptions"]
            assert exception["type"] == "PayloadTooLarge"
        daemon.clear()
        assert ask(f"{gateway.url}/sized/stream/6300000/").status == 500
    [exception] = complete(daemon.documents)["cause"]["exceptions"]
    assert exception["type"] == "PayloadTooLarge"
    assert "The answer of GET sized/<str:kind>/<int:size>/ is too large: " in function.log


def test_without_the_middleware_it_is_a_bare_502(make_function: MakeFunction) -> None:
    function = make_function("\nMIDDLEWARE.remove('zappa_xray.payloads.PayloadLimitMiddleware')\n")
    with Gateway(function) as gateway:
        answer = ask(f"{gateway.url}/sized/json/6300000/")
    assert (answer.status, answer.json) == (502, {"message": "Internal server error"})


def test_a_request_that_is_too_large_is_a_413_whoever_refuses_it(function: Function) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with Gateway(function) as gateway:
        sizes = (2_000_000, 3_000_000, 4_800_000, 10 * 2**20 + 1)
        answers = [
            ask(f"{gateway.url}/form/", "POST", b"field=" + b"x" * size, form) for size in sizes
        ]
    assert [answer.status for answer in answers] == [200, 413, 413, 413]
    assert answers[0].body == b"2000000"
    assert "detail" in answers[1].json
    assert answers[2].json == answers[3].json == {"message": "Request Too Long"}
