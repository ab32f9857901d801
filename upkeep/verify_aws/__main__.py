"""`make verify-aws STAGE=verify`: settle on an AWS account what this template claims of AWS.

Bakes a service, or copies the one in SERVICE, deploys a stage of it that is not there yet, asks it, lets
a request be killed, reads back, and takes everything away again. Ends with 1 when a claim does not hold.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from rich.console import Console

from emulator.processes import CommandFailed
from emulator.progress import step
from emulator.service import Service
from upkeep.verify_aws.account import Account
from upkeep.verify_aws.claims import Claims
from upkeep.verify_aws.removal import take_away
from upkeep.verify_aws.stage import Stage
from upkeep.verify_aws.verified import prepare
from upkeep.verify_aws.walk import Walk

WIDTH_WITHOUT_TERMINAL = 120

SIGN_IN = (
    "put those of your account into your environment (aws configure, aws sso login, AWS_PROFILE)"
)


def main() -> int:
    options = arguments()
    width = None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL
    console = Console(highlight=False, width=width)
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder:
        try:
            with step(console, "Prepare a service"):
                service = prepare(Path(folder), options.stage, options.service)
                service.install()
            return verify(console, service, options)
        except NoCredentialsError as failure:
            console.print(f"{failure}: {SIGN_IN}", style="red", markup=False)
            return 1
        except (BotoCoreError, ClientError, CommandFailed, OSError, ValueError) as failure:
            console.print(str(failure), style="red", markup=False)
            return 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make verify-aws", description=__doc__)
    parser.add_argument(
        "stage", help="a stage that is not deployed yet; it need not be in the settings"
    )
    parser.add_argument(
        "--service", type=Path, help="the folder of a service, in place of a new one"
    )
    parser.add_argument("--killed-after", type=int, help="seconds of the function's life, not 35")
    return parser.parse_args()


def verify(console: Console, service: Service, options: argparse.Namespace) -> int:
    """Do all that there is to do in the account, and print the table; return the exit code."""
    region = str(service.stage_settings(options.stage)["aws_region"])
    account, claims = Account(region), Claims(console)
    stage = Stage(service, account, options.stage, options.killed_after)
    if not account.may(stage.function):
        console.print("Nothing was touched.")
        return 1
    if stage.is_there():
        console.print(
            f"{stage.function} is in this account already, and would be taken away at the end: name a"
            " stage that is not deployed. Nothing was touched."
        )
        return 1
    stopped = False
    try:
        Walk(stage, claims).go()
    except KeyboardInterrupt:
        console.print("Stopped: what was made is taken away.")
        stopped = True
    finally:
        take_away(stage, claims)
    console.print(claims.table(), markup=False)
    if stopped:
        return 130
    held = sum(result.holds for result in claims.results)
    console.print(f"{held} of {len(claims.results)} claims hold.")
    return 0 if claims.hold else 1


if __name__ == "__main__":
    sys.exit(main())
