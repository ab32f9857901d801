"""The steps of a long command: a tick and seconds for each, and a sign of life in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

SIGN_OF_LIFE_SECONDS = 10.0


@contextmanager
def step(console: Console, name: str) -> Iterator[None]:
    """Print `name` with a tick and the seconds it took, or with a cross when the block raises.

    In between a terminal shows a spinner; elsewhere a line says every ten seconds that it goes on.
    """
    started = time.monotonic()
    mark = "[red]✗[/red]"
    try:
        with console.status(name) if console.is_terminal else said_every_while(console, name):
            yield
        mark = "[green]✓[/green]"
    finally:
        console.print(
            f"{mark} {name} [dim]{time.monotonic() - started:.1f} s[/dim]", highlight=False
        )


@contextmanager
def said_every_while(console: Console, name: str) -> Iterator[None]:
    done = threading.Event()
    started = time.monotonic()

    def speak() -> None:
        while not done.wait(SIGN_OF_LIFE_SECONDS):
            seconds = time.monotonic() - started
            console.print(f"  {name}: still at it after {seconds:.0f} s", highlight=False)

    speaker = threading.Thread(target=speak, daemon=True)
    speaker.start()
    try:
        yield
    finally:
        done.set()
        speaker.join()
