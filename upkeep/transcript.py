"""`make transcript`: run the demo and put what it prints into docs/DEMO.md, its last chapter into the README."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent.parent
README = TEMPLATE / "README.md"
WHOLE = TEMPLATE / "docs" / "DEMO.md"
SERVICE = "{{cookiecutter.project_slug}}"
BETWEEN_MARKS = re.compile(r"(?<=<!-- transcript -->\n).*(?=<!-- /transcript -->)", re.DOTALL)

KILLED = "A request that hangs, and is killed"
REPORT = "the results by URL"
SIGN_OF_LIFE = re.compile(r"^  .+: still at it after \d+ s\n", re.MULTILINE)
# What another run prints otherwise, and no reader would call a change.
CHANGING = (
    (re.compile(r"\b\d+(\.\d+)? (ms|s)\b"), "0 s"),
    (re.compile(r"(?<=\"ms\": )\d+(\.\d+)?"), "0"),
    (
        re.compile(r"\b(\d{1,2} [A-Z][a-z]{2} \d{4}|\d{4}-\d\d-\d\d) \d\d:\d\d(:\d\d,\d{3})?"),
        "then",
    ),
    (re.compile(r"\b1-[0-9a-f]{8}-[0-9a-f]{0,24}(\b|…)"), "1-0-0"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "0"),
    (re.compile(r"\b[0-9a-f]{16}\b"), "0"),
    (re.compile(r"(?<=runtime-1\()\d+"), "0"),
    (re.compile(r"\bPython 3\.\d+"), "Python 3"),
    (re.compile(r"(?<=\.py:)\d+"), "0"),
    (re.compile(r" {2,}"), "  "),  # columns are as wide as their figures
    (re.compile(r"^(.{30}).*…$", re.MULTILINE), r"\1…"),  # and so is what is cut off
)


def transcript(printed: str) -> str:
    """Return what of the demo's output goes into the README: all but the way on from there."""
    held, _, _ = SIGN_OF_LIFE.sub("", printed).partition("\nWhat next\n")
    return held.strip() + "\n"


def last_chapter(text: str) -> str:
    """Return what a transcript tells of the killed request."""
    _, title, chapter = text.partition(KILLED)
    return (title + chapter).partition("\nAll held")[0].strip() + "\n"


def structure(text: str) -> str:
    """Return a transcript without its times, ids, versions and line numbers.

    The routes of the report stand in the order of what hurts most, which is another on a slow machine.
    """
    for pattern, constant in CHANGING:
        text = pattern.sub(constant, text)
    before, report, routes = text.partition(REPORT)
    return before + report + "\n".join(sorted(routes.splitlines()))


def in_document(document: str) -> str:
    """Return the transcript in a document. Raises ValueError without marks or code block."""
    between = BETWEEN_MARKS.search(document)
    block = re.fullmatch(r"\n?```\n(.*)```\n\n?", between[0], re.DOTALL) if between else None
    if block is None:
        raise ValueError("There is no code block between the marks of the transcript.")
    return block[1]


def with_transcript(document: str, text: str) -> str:
    """Return a document with `text` between its marks. Raises ValueError when it has none."""
    if not BETWEEN_MARKS.search(document):
        raise ValueError("There are no marks for the transcript.")
    return BETWEEN_MARKS.sub(lambda _: f"\n```\n{text}```\n\n", document)


def main() -> int:
    """Run the demo and write both documents; return the demo's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "emulator.demo", "--folder", f"{folder}/demo"]
        finished = subprocess.run(
            command, cwd=TEMPLATE, stdout=subprocess.PIPE, text=True, check=False
        )
    if finished.returncode:
        print(finished.stdout)
        return finished.returncode
    whole = transcript(finished.stdout)
    for file, text in ((WHOLE, whole), (README, last_chapter(whole))):
        new = with_transcript(file.read_text(encoding="utf-8"), text)
        file.write_text(new, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
