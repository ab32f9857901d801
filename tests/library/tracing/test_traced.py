"""What `@traced` can be put on, and what it refuses."""

import asyncio
import contextvars
import functools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from zappa_xray import traced
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing.background import BackgroundWork


class Shop:
    @traced
    @classmethod
    def above(cls) -> type:
        return cls

    @classmethod
    @traced
    def below(cls) -> type:
        return cls

    @traced("named")
    @staticmethod
    def static(value: int) -> int:
        return value

    @property
    @traced
    def price(self) -> int:
        return 7


class Callable7:
    def __call__(self) -> int:
        return 7


class Awaitable7:
    async def __call__(self) -> int:
        return await asyncio.sleep(0, 7)


def seven(value: int) -> int:
    return value


def test_methods_of_each_kind_stay_what_they_are(trace_daemon: TraceDaemon) -> None:
    assert (Shop.above(), Shop().above(), Shop.below()) == (Shop, Shop, Shop)
    assert (Shop.static(7), Shop().static(7), Shop().price) == (7, 7, 7)

    names = [document["name"].rpartition(".")[2] for document in trace_daemon.complete]
    assert names == ["above", "above", "below", "named", "named", "price"]


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (functools.partial(seven, 7), f"{__name__}.seven"),
        (Callable7(), f"{__name__}.Callable7"),
        (functools.partial(min, 7), "builtins.min"),
    ],
)
def test_whatever_can_be_called_has_a_name(
    trace_daemon: TraceDaemon, function: Callable[..., int], name: str
) -> None:
    assert traced(function)(*[8] * (name == "builtins.min")) == 7
    assert [document["name"] for document in trace_daemon.complete] == [name]


def test_an_object_that_is_awaited_is_recorded_until_it_has_ended(
    trace_daemon: TraceDaemon,
) -> None:
    async def call() -> Any:
        waiting = traced(Awaitable7())()
        assert trace_daemon.documents == []
        return await waiting

    assert asyncio.run(call()) == 7
    assert len(trace_daemon.complete) == 1


def test_a_name_may_be_a_lazy_text_and_have_any_characters(
    trace_daemon: TraceDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    assert traced(gettext_lazy("prices (new)"))(lambda: 7)() == 7  # type: ignore[call-overload]  # the name is lazy

    assert [document["name"] for document in trace_daemon.complete] == ["prices _new_"]
    assert "invalid characters" not in caplog.text


@pytest.mark.parametrize("thing", [Shop, 7, property(lambda shop: 7)])
def test_what_is_no_function_is_refused_with_a_sentence(thing: Any) -> None:
    with pytest.raises(TypeError, match="Put it on the functions of a class, and below @property"):
        traced(thing)


def test_a_generator_behind_an_argument_is_refused() -> None:
    async def numbers(count: int) -> AsyncIterator[int]:
        yield count

    with pytest.raises(TypeError, match="a generator's body runs where it is consumed"):
        traced(functools.partial(numbers, 7))


def test_a_part_that_outlives_its_work_is_sent_by_itself(trace_daemon: TraceDaemon) -> None:
    @traced("part")
    async def part(go_on: asyncio.Event) -> None:
        await go_on.wait()

    async def work() -> None:
        go_on = asyncio.Event()
        with BackgroundWork("work"):
            context = contextvars.copy_context()
            task = asyncio.get_running_loop().create_task(part(go_on), context=context)
            await asyncio.sleep(0)
        go_on.set()
        await task

    asyncio.run(work())

    sent = {document["name"]: document for document in trace_daemon.documents}
    [copy] = sent["work"]["subsegments"]
    assert copy["in_progress"] is True
    assert (sent["part"]["id"], sent["part"]["parent_id"]) == (copy["id"], sent["work"]["id"])
    assert sent["part"]["in_progress"] is False
