"""`make transcript`: run the demo and put what it prints into the README, between its two marks."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent.parent
README = TEMPLATE / "README.md"
SERVICE = "{{cookiecutter.project_slug}}"
BETWEEN_MARKS = re.compile(r"(?<=<!-- transcript -->\n).*(?=<!-- /transcript -->)", re.DOTALL)

SIGN_OF_LIFE = re.compile(r"^  .+: still at it after \d+ s\n", re.MULTILINE)
# What another run prints otherwise, and no reader would call a change.
CHANGING = (
    (re.compile(r"\b\d+(\.\d+)? (ms|s)\b"), "0 s"),
    (re.compile(r"\b1-[0-9a-f]{8}-[0-9a-f]{24}\b"), "1-0-0"),
    (re.compile(r"\b[0-9a-f]{16}\b"), "0"),
    (re.compile(r"\bPython 3\.\d+"), "Python 3"),
    (re.compile(r"(?<=\.py:)\d+"), "0"),
)


def transcript(printed: str) -> str:
    """Return what of the demo's output goes into the README: all but the way on from there."""
    held, _, _ = SIGN_OF_LIFE.sub("", printed).partition("\nWhat next\n")
    return held.strip() + "\n"


def structure(text: str) -> str:
    """Return a transcript without its times, ids, versions and line numbers."""
    for pattern, constant in CHANGING:
        text = pattern.sub(constant, text)
    return text


def in_readme(readme: str) -> str:
    """Return the transcript in a README. Raises ValueError without marks or code block."""
    between = BETWEEN_MARKS.search(readme)
    block = re.fullmatch(r"\n?```\n(.*)```\n\n?", between[0], re.DOTALL) if between else None
    if block is None:
        raise ValueError("The README has no code block between the marks of the transcript.")
    return block[1]


def with_transcript(readme: str, text: str) -> str:
    """Return a README with `text` between its marks. Raises ValueError when it has none."""
    if not BETWEEN_MARKS.search(readme):
        raise ValueError("The README has no marks for the transcript.")
    return BETWEEN_MARKS.sub(lambda _: f"\n```\n{text}```\n\n", readme)


def main() -> int:
    """Run the demo and write the README; return the demo's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "emulator.demo", "--folder", f"{folder}/demo"]
        finished = subprocess.run(
            command, cwd=TEMPLATE, stdout=subprocess.PIPE, text=True, check=False
        )
    if finished.returncode:
        print(finished.stdout)
        return finished.returncode
    readme = README.read_text(encoding="utf-8")
    new = with_transcript(readme, transcript(finished.stdout))
    README.write_text(new, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
