"""Tries edits in groups, and alone where a group is not as its edits want it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from emulator.processes import CommandFailed
from emulator.service import Service
from tests.second_day.edit import Edit
from tests.second_day.groups import Group, groups
from tests.second_day.outcome import Outcome, tried


class Trials:
    """The outcomes of groups of edits, each tried once.

    `service` is the first day's; `commands` are environment variables of `warm_commands`; `folder` is
    where the copies stand while they are tried.
    """

    def __init__(
        self, edits: Sequence[Edit], service: Service, commands: Mapping[str, str], folder: Path
    ) -> None:
        self.group = {edit.name: group for group in groups(edits) for edit in group}
        self.service = service
        self.commands = commands
        self.folder = folder
        self.outcomes: dict[tuple[object, ...], Outcome] = {}

    def fault(self, edit: Edit) -> str:
        """Return what is wrong with an edit; nothing when all is as it wants it.

        Where a group is wrong and each of its edits alone is not, it is the fault of all of them.
        """
        group = self.group[edit.name]
        if not (together := self.group_fault(group)):
            return ""
        if len(group) == 1 or (alone := self.group_fault((edit,))):
            return together if len(group) == 1 else alone
        if any(self.group_fault((other,)) for other in group):
            return ""
        names = "\n  ".join(other.name for other in group)
        return (
            "Each of these edits is as it should be alone, and together they are not. Unless they are at fault, "
            f"say of one what it is `about`, see tests/second_day/groups.py:\n  {names}\n{together}"
        )

    def group_fault(self, group: Group) -> str:
        outcome = self.outcome(group)
        faults = [fault for edit in group if (fault := outcome.fault(edit))]
        if outcome.skipped and len(group) > 1:
            faults.append("A test is skipped, which might have found a fault of another edit.")
        return "\n".join(dict.fromkeys(faults))

    def outcome(self, group: Group, *, anew: bool = False) -> Outcome:
        """Return what the commands say; with `anew` they start without a warm interpreter."""
        key = (*(edit.name for edit in group), anew)
        if key not in self.outcomes:
            self.outcomes[key] = self.tried(group, {} if anew else self.commands)
        return self.outcomes[key]

    def tried(self, group: Group, commands: Mapping[str, str]) -> Outcome:
        """Return what the commands say, with FOLDER for where the copy stood.

        An edit that cannot be made is a complaint too.
        """
        with tempfile.TemporaryDirectory(dir=self.folder) as own:
            try:
                outcome = tried(group, self.service, Path(own, self.service.slug), commands)
            except (AssertionError, CommandFailed) as failure:
                return Outcome(f"An edit cannot be made: {failure}", None)
        check, test = (text and text.replace(own, "FOLDER") for text in outcome.both)
        return Outcome(check, test, outcome.skipped)
