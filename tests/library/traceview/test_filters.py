from argparse import ArgumentParser

import pytest
from zappa_xray.traceview import durations
from zappa_xray.traceview.filters import add_options, from_options, from_words
from zappa_xray.traceview.summary import summary_of

from tests.library.traceview import recorded

CREATED = summary_of(recorded("created"))  # POST /api/notes/ 201 in 6.8 ms
FAILED = summary_of(recorded("failed"))  # GET /fail/{what} 500 in 17.3 ms, a fault


@pytest.mark.parametrize(
    ("options", "taken"),
    [
        ([], True),
        (["--route=notes"], True),
        (["--route=Notes"], True),
        (["--route=users"], False),
        (["--status=201"], True),
        (["--status=2xx"], True),
        (["--status=4xx"], False),
        (["--slower-than=6ms"], True),
        (["--slower-than=7ms"], False),
        (["--route=notes", "--status=500"], False),
    ],
)
def test_options_take_what_they_say(options: list[str], taken: bool) -> None:
    parser = ArgumentParser()
    add_options(parser)
    assert from_options(vars(parser.parse_args(options)))(CREATED) is taken


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        ("", "both"),
        ("  ", "both"),
        ("api/notes", "created"),
        ("NOTES post", "created"),
        ("/notes get", ""),
        ("201", "created"),
        ("5xx", "failed"),
        ("fault", "failed"),
        ("fail >10ms", "failed"),
        (">10", "failed"),
        ("> 10 ms", "failed"),
        (">1ms", "both"),
        (">0.01s", "failed"),
        ("> 1 m", ""),
        ("/api/ >1 ms 2xx", "created"),
        ("GET /fail/{what}", "failed"),
        (">fast", ""),
        ("[", ""),
        ('"/api/notes/"', "created"),
        ('"POST /api/notes/" 2xx', "created"),
        ('"/api/note"', ""),
        ('"GET /api/notes/"', ""),
        ("Root=1-6b03135a-e2d86f1c320c2bf9f1dad5d1;Parent=53995c3f42cd8ad8;Sampled=1", "failed"),
        ("1-6b03135a-e2d86f1c320c2bf9f1dad5d1", "failed"),
    ],
)
def test_words_take_what_they_say(words: str, taken: str) -> None:
    takes = from_words(words)
    assert takes(CREATED) is (taken in ("created", "both"))
    assert takes(FAILED) is (taken in ("failed", "both"))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("200ms", 0.2), ("1.5s", 1.5), (" 30 m", 1800), ("1h", 3600), ("7d", 604800), ("2w", 1209600)],
)
def test_a_duration_is_read_with_its_unit(text: str, seconds: float) -> None:
    assert durations.seconds_in(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "5", "s", "1y", "-1s", "1s2s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration: write 200ms"):
        durations.seconds_in(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.00004, "0.0 ms"), (0.0123, "12.3 ms"), (29, "29.00 s"), (None, "not ended")],
)
def test_a_duration_is_written_short(seconds: float | None, text: str) -> None:
    assert durations.as_text(seconds) == text
