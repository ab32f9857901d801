"""A workflow's job without GitHub: the shell of each of its steps, in their order.

`uses:` steps are GitHub's own business and are passed over. Expressions are those of
https://docs.github.com/en/actions/reference/workflows-and-actions/expressions, as far as the service's
workflows have them: names, texts, `!`, `==`, `!=`, `&&`, `||`, failure() and cancelled().
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from emulator.processes import CommandFailed, run

EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
WORD = re.compile(r"'[^']*'|[A-Za-z_][\w.-]*(\(\))?")
SECONDS = 300.0


@dataclass
class Job:
    """A job of the workflow in `file`, run in `folder`.

    contexts     what GitHub knows: inputs, vars, secrets, each a mapping
    environment  of the runner, the credentials that another step would leave there included
    ran          the names of the steps that ran, printed what they printed
    """

    file: Path
    name: str
    folder: Path
    contexts: dict[str, Mapping[str, Any]]
    environment: Mapping[str, str]
    ran: list[str] = field(default_factory=list)
    printed: str = ""

    def run(self) -> None:
        """Run the job's steps until one fails. Raises CommandFailed for that one."""
        workflow = yaml.safe_load(self.file.read_text())
        job = workflow["jobs"][self.name]
        outputs: dict[str, Mapping[str, Any]] = {}
        self.contexts["steps"] = outputs
        self.contexts["env"] = {**workflow.get("env", {}), **self.filled(job.get("env", {}))}
        for step in self._chosen(job):
            with tempfile.NamedTemporaryFile("r") as output:
                environment = {
                    **self.environment,
                    **self.contexts["env"],
                    **self.filled(step.get("env", {})),
                    "GITHUB_ACTIONS": "true",
                    "GITHUB_OUTPUT": output.name,
                }
                self._shell(step, environment)
                pairs = (line.partition("=") for line in output.read().splitlines())
                outputs[step.get("id", "")] = {"outputs": {key: value for key, _, value in pairs}}

    def _chosen(self, job: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if not self.value(job.get("if", "true")):
            return
        for step in job["steps"]:
            if "run" in step and self.value(str(step.get("if", "true"))):
                yield step

    def _shell(self, step: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self.ran.append(step["name"])
        # https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
        command = ["bash", "-e", "-c", self.text(step["run"])]
        try:
            self.printed += run(
                command, folder=self.folder, environment=environment, timeout=SECONDS
            )
        except CommandFailed as failure:
            self.printed += failure.output
            raise

    def filled(self, variables: Mapping[str, Any]) -> dict[str, str]:
        return {name: self.text(str(value)) for name, value in variables.items()}

    def text(self, text: str) -> str:
        """Return a text with the values of its expressions."""
        return EXPRESSION.sub(lambda found: str(self.value(found[1])), text)

    def value(self, expression: str) -> Any:
        """Return what an expression comes to; a name that GitHub does not know is an empty text."""
        bare = expression.strip().removeprefix("${{").removesuffix("}}")
        values: dict[str, Any] = {}

        def value_of(word: re.Match[str]) -> str:
            name = f"value_{len(values)}"
            values[name] = self._named(word[0])
            return name

        translated = WORD.sub(value_of, bare)
        for theirs, ours in (
            ("!=", " <> "),
            ("!", " not "),
            (" <> ", "!="),
            ("&&", " and "),
            ("||", " or "),
        ):
            translated = translated.replace(theirs, ours)
        return eval(
            translated.strip(), {"__builtins__": {}}, values
        )  # the values are names of our own

    def _named(self, word: str) -> Any:
        constants = {"true": True, "false": False, "failure()": False, "cancelled()": False}
        if word.startswith("'"):
            return word[1:-1]
        if word in constants:
            return constants[word]
        found: Any = self.contexts
        for name in word.split("."):
            found = found.get(name, "") if isinstance(found, Mapping) else ""
        return found
