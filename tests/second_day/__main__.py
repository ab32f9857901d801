"""Try every edit alone and print the table: python -m tests.second_day [PART OF A NAME].

Exit code 1 when one is not as it should be.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from emulator.processes import CommandFailed
from tests.second_day.edit import Edit
from tests.second_day.edits import EDITS
from tests.second_day.outcome import Outcome, prepared, tried


def row(edit: Edit, outcome: Outcome | str) -> str:
    """Return the edit's line of the table."""
    if isinstance(outcome, str):
        return f"| {edit.name} | could not be made: {outcome} | | |"
    check, test = ("red" if text else "green" for text in outcome.both)
    wanted = f"it says: {edit.red}" if edit.red else ""
    return f"| {edit.name} | {check} | {test} | {wanted} |"


def main(part: str = "") -> None:
    chosen = [edit for edit in EDITS if part in edit.name]
    faults = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as workers:
        service = prepared(Path(folder, "service"))

        def outcome(number: int, edit: Edit) -> Outcome | str:
            try:
                return tried([edit], service, Path(folder, f"copy-{number}"))
            except (AssertionError, CommandFailed) as failure:
                return str(failure)

        print("| edit | make check | make test | |\n|---|---|---|---|")
        for edit, found in zip(
            chosen, workers.map(outcome, range(len(chosen)), chosen), strict=True
        ):
            print(row(edit, found), flush=True)
            faults.append(found if isinstance(found, str) else found.fault(edit))
    sys.exit("\n".join(filter(None, faults)) or None)


if __name__ == "__main__":
    main(*sys.argv[1:])
