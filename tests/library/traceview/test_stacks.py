from zappa_xray.traceview.stacks import folded

OUTER = [
    "  django/core/handlers/base.py:197 _get_response",
    "  rest_framework/views.py:523 dispatch",
]
OWN = "  orders/views.py:41 create"
INNER = ["  django/db/models/query.py:665 create", "  django/db/backends/utils.py:105 _execute"]
INNERMOST = "  psycopg/cursor.py:97 execute"


def test_runs_of_library_frames_are_one_line_and_what_is_own_or_innermost_stays() -> None:
    stack = "\n".join(["DeadlinePassed: GET / hangs", *OUTER, OWN, *INNER, INNERMOST])
    assert folded(stack).splitlines() == [
        "DeadlinePassed: GET / hangs",
        "  … 2 frames of libraries",
        OWN,
        "  … 2 frames of libraries",
        INNERMOST,
    ]


def test_a_single_library_frame_and_a_message_of_several_lines_stay_as_they_are() -> None:
    text = "\n".join(["ValueError: one", "two: three", OUTER[0], OWN])
    assert folded(text) == text


def test_a_library_that_lies_in_a_module_of_its_own_is_one_and_the_service_s_is_not() -> None:
    text = "E: m\n  threading.py:1 run\n  threading.py:2 run\n  orders.py:3 go"
    assert folded(text).splitlines() == ["E: m", "  … 2 frames of libraries", "  orders.py:3 go"]
