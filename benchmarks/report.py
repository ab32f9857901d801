"""Tables of Markdown, and their place in README.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is text, the others are numbers."""
    align = [":--", *["--:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, align, *rows))


def parts(readme: Path = README) -> tuple[str, str]:
    """Return what is before and after the marks of a README.

    Raises ValueError when they are not there, each once and in this order.
    """
    content = readme.read_text(encoding="utf-8")
    before, begin, rest = content.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in before + after:
        raise ValueError(f"{readme} needs the lines {BEGIN} and {END}, each once")
    return before, after


def write(text: str, readme: Path = README) -> None:
    """Put `text` between the marks of a README. Raises ValueError as `parts` does."""
    before, after = parts(readme)
    readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
