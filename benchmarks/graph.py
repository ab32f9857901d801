"""Drawings in SVG that follow the reader's light or dark theme."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.quiet { fill: #59636e; font-size: 11px }
.title { font-weight: 600 }
.grid { stroke: #d1d9e0 } .axis { stroke: #59636e }
.a { fill: #2f6feb } .b { fill: #d4762c }
.line.a, .line.b { fill: none; stroke-width: 2 } .line.a { stroke: #2f6feb } .line.b { stroke: #d4762c }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .quiet { fill: #9198a1 }
  .grid { stroke: #30363d } .axis { stroke: #9198a1 }
  .a { fill: #6ea8fe } .b { fill: #f0a35e } .line.a { stroke: #6ea8fe } .line.b { stroke: #f0a35e }
}
"""
CLASSES = ("a", "b")
LEFT, WIDTH, BAR, GAP = 250, 780, 22, 14
PANEL_WIDTH, PANEL_HEIGHT = 260, 170
BETWEEN_LABELS = 24


def svg(width: int, height: int, parts: Sequence[str], title: str) -> str:
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            *parts,
            "</svg>\n",
        ]
    )


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def legend(names: Sequence[str], x: float, y: float) -> list[str]:
    parts = []
    for name, kind in zip(names, CLASSES, strict=False):
        parts += [
            f'<rect x="{x:.1f}" y="{y - 10:.1f}" width="11" height="11" rx="2" class="{kind}"/>',
            text(x + 17, y, name),
        ]
        x += 40 + 7.5 * len(name)
    return parts


def bars(title: str, rows: Mapping[str, Mapping[str, float]], unit: str) -> str:
    """Return horizontal bars, each of the values of its row one after the other, with their sum."""
    most = max(sum(values.values()) for values in rows.values())
    scale = (WIDTH - LEFT - 90) / most
    parts = [text(0, 18, title, "title"), *legend(list(next(iter(rows.values()))), LEFT, 42)]
    y = 58
    for name, values in rows.items():
        parts.append(text(LEFT - 10, y + BAR - 6, name, anchor="end"))
        x = float(LEFT)
        for value, kind in zip(values.values(), CLASSES, strict=False):
            width = value * scale
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" class="{kind}"/>'
            )
            x += width
        parts.append(text(x + 6, y + BAR - 6, f"{sum(values.values()):,.0f} {unit}"))
        y += BAR + GAP
    return svg(WIDTH, y, parts, title)


Curve = Sequence[tuple[float, float]]


def panels(title: str, curves: Mapping[str, Mapping[str, Curve]]) -> str:
    """Return small diagrams side by side, three in a row: one for each heading, a curve for each name."""
    names = list(next(iter(curves.values())))
    parts = [text(0, 18, title, "title"), *legend(names, 0, 42)]
    for number, (heading, by_name) in enumerate(curves.items()):
        x, y = number % 3 * PANEL_WIDTH, 60 + number // 3 * PANEL_HEIGHT
        parts += panel(heading, by_name, x, y)
    rows = (len(curves) + 2) // 3
    return svg(3 * PANEL_WIDTH, 60 + rows * PANEL_HEIGHT, parts, title)


def panel(heading: str, curves: Mapping[str, Curve], x: int, y: int) -> list[str]:
    left, right, top, bottom = x + 42, x + PANEL_WIDTH - 24, y + 22, y + PANEL_HEIGHT - 34
    most_x = max(point[0] for curve in curves.values() for point in curve)
    most_y = max(point[1] for curve in curves.values() for point in curve)
    most_y = round_up(most_y)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return (
            left + point[0] / most_x * (right - left),
            bottom - point[1] / most_y * (bottom - top),
        )

    parts = [text(x, y + 8, heading)]
    for value in (0, most_y / 2, most_y):
        height = place((0, value))[1]
        parts += [
            f'<line x1="{left}" x2="{right}" y1="{height:.1f}" y2="{height:.1f}" class="grid"/>',
            text(left - 5, height + 4, f"{value:.3g}", "quiet", "end"),
        ]
    last: float = right + BETWEEN_LABELS
    for value in sorted({point[0] for curve in curves.values() for point in curve}, reverse=True):
        at = place((value, 0))[0]
        if last - at >= BETWEEN_LABELS:
            parts.append(text(at, bottom + 15, f"{value:g}", "quiet", "middle"))
            last = at
    for curve, kind in zip(curves.values(), CLASSES, strict=False):
        points = [place(point) for point in curve]
        line = " ".join(f"{one:.1f},{other:.1f}" for one, other in points)
        parts.append(f'<polyline points="{line}" class="line {kind}"/>')
        parts += [
            f'<circle cx="{one:.1f}" cy="{other:.1f}" r="3" class="{kind}"/>'
            for one, other in points
        ]
    return parts


def round_up(value: float) -> float:
    """Return the next number of one digit, such as 300 for 280.5."""
    digit = 10.0 ** math.floor(math.log10(value))
    return math.ceil(value / digit) * digit


def write(name: str, drawing: str, folder: Path = DOCS) -> None:
    (folder / name).write_text(drawing, encoding="utf-8")
