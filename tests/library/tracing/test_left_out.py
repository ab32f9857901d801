from typing import Any

import pytest
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from zappa_xray.tracing.left_out import LeftOut

SEGMENT = Segment("work")


@pytest.fixture(autouse=True)
def at_most_two(settings: Any) -> None:
    settings.XRAY_TRACING = {"MAX_SUBSEGMENTS": 2}


def ended(seconds: float = 0.001, parent: Any = SEGMENT, *, fault: bool = False) -> Subsegment:
    subsegment = Subsegment("part", "local", SEGMENT)
    subsegment.parent_id = parent.id
    subsegment.end_time = subsegment.start_time + seconds
    if fault:
        subsegment.add_fault_flag()
    return subsegment


def test_later_quick_ones_are_counted_slow_and_failed_ones_sent() -> None:
    left_out = LeftOut()
    several = [ended(), ended(), ended(), ended(0.06), ended(fault=True), ended(0.002)]

    assert [left_out.leaves_out(one) for one in several] == [False, False, True, False, False, True]
    assert left_out.subsegments == 2
    assert left_out.seconds == pytest.approx(0.003, abs=1e-6)


@pytest.mark.parametrize("number", [0, 2], ids=["within the limit", "beyond it"])
def test_the_parent_of_what_was_sent_is_sent(number: int) -> None:
    left_out = LeftOut()
    for _ in range(number):
        left_out.leaves_out(ended())
    parent = ended()
    above = ended()
    parent.parent_id = above.id

    assert not left_out.leaves_out(ended(parent=parent, fault=True))
    for _ in range(2):
        left_out.leaves_out(ended())
    assert left_out.leaves_out(ended())
    assert not left_out.leaves_out(parent)
    assert not left_out.leaves_out(above)


def test_what_goes_with_its_parent_is_counted_with_it() -> None:
    left_out = LeftOut()
    for _ in range(2):
        left_out.leaves_out(ended())
    quick, failed = ended(), ended()
    quick.subsegments.append(ended())
    failed.subsegments.append(ended(fault=True))

    assert [left_out.leaves_out(one) for one in (quick, failed)] == [True, False]
    assert left_out.subsegments == 2
