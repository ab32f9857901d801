"""`make release`: brings a stage to the version of this folder, or leaves it at the one it had.

What a workflow does after each merge, and a person can do: deploy or update, migrate, follow a
request with the doctor. Where something fails once the function has other code, `make rollback`.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable

import click

from zappa_xray.deployment import deployed
from zappa_xray.deployment.stage import Stage

BEFORE, AFTER, BY_HAND = "before", "after", "by-hand"
# X-Ray has a trace some seconds after its request: the doctor asks again for so long.
DOCTOR = ("doctor", "--wait 90")
MIGRATE = ("migrate", "")
INTERRUPTED = 130  # as shells have it: 128 and the number of SIGINT

Step = tuple[str, str]
Make = Callable[[Step], bool]


def release(stage: Stage, migrate: str, make: Make) -> str:
    """Bring the stage to the version of this folder and return what was done.

    migrate  when the database's migrations run at an update: BEFORE or AFTER it, or BY_HAND
    make     runs a target of the Makefile with its ARGS, and tells whether it succeeded

    Raises click.ClickException when it failed, once the stage has its earlier code again.
    """
    command = deployed.look(stage).command()
    before = code(stage) if command == "update" else None
    for step in steps(command, migrate):
        if not make(step):
            raise click.ClickException(f"make {step[0]} failed: {undo(stage, before, make)}")
    done = "updated" if command == "update" else "deployed"
    return f"{stage.function} is {done}, and its doctor is content."


def steps(command: str, migrate: str) -> list[Step]:
    """Return what is to be done, in its order; at a first deploy there is nothing to migrate before."""
    migration = [] if migrate == BY_HAND else [MIGRATE]
    if command == "deploy":
        return [("deploy", ""), *migration, DOCTOR]
    if migrate == BEFORE:
        return [*migration, ("update", ""), DOCTOR]
    return [("update", ""), *migration, DOCTOR]


def undo(stage: Stage, before: str | None, make: Make) -> str:
    """Give the function the code back that it had, and return what was done."""
    if before is None:
        return "there is no earlier version to go back to"
    if code(stage) == before:
        return "the function has the code that it had"
    if not make(("rollback", "")):
        return "and make rollback failed as well, the stage is between two versions"
    return "the function has its earlier code again. Migrations are not undone"


def code(stage: Stage) -> str:
    """Return the digest of the function's code. Raises CallFailed."""
    found = stage.call("lambda", "get_function_configuration", FunctionName=stage.function)
    return str(found["CodeSha256"])


def make_for(stage: str) -> Make:
    def make(step: Step) -> bool:
        target, arguments = step
        command = ["make", "--no-print-directory", target, f"STAGE={stage}", f"ARGS={arguments}"]
        print(f"\n{' '.join(command)}", flush=True)
        finished = subprocess.run(command, check=False)  # noqa: S603 - the service's own Makefile
        return finished.returncode == 0

    return make


def main() -> None:
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("stage", help="a stage of zappa_settings.json, such as dev")
    parser.add_argument("--migrate", choices=(BEFORE, AFTER, BY_HAND), default=BEFORE)
    options = parser.parse_args()
    try:
        print(release(Stage.load(options.stage), options.migrate, make_for(options.stage)))
    except click.ClickException as fault:
        sys.exit(f"Error: {fault.message}")
    except KeyboardInterrupt:
        print(
            f"\nInterrupted: make release STAGE={options.stage} goes on from here", file=sys.stderr
        )
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
