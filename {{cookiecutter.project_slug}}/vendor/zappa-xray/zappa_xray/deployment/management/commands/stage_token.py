import json
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

import click
import urllib3
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from zappa_xray.deployment.credentials import password
from zappa_xray.deployment.stage import Stage
from zappa_xray.deployment.touch import ANSWER_SECONDS, root_address

HERE = ("127.0.0.1", "::1", "localhost")


class Command(BaseCommand):
    help = "Sign in to a deployed stage with a password and print the token of the API."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stage", help="a stage of zappa_settings.json, such as dev")
        name = get_user_model().USERNAME_FIELD
        parser.add_argument(f"--{name}", dest="name", help="asked for when it is not given")
        parser.add_argument("--path", default="/api/token/", help="of obtain_auth_token")
        parser.add_argument(
            "--root", help="the address of the service's root, where zappa_settings.json has none"
        )

    def handle(
        self, *, stage: str, name: str | None, path: str, root: str | None, **_: Any
    ) -> None:
        try:
            address = (root or root_address(Stage.load(stage))).rstrip("/") + path
            name = name or input(f"{get_user_model().USERNAME_FIELD}: ")
            self.stdout.write(token(address, name))
        except EOFError as error:
            raise CommandError("there is nobody to ask who signs in") from error
        except click.ClickException as error:
            raise CommandError(error.message) from error


def token(address: str, name: str) -> str:
    """Return the token that the service gives for a name and a password, which is asked for.

    Raises click.ClickException for an address that would be sent the password in the clear, and when
    no token comes back.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in HERE:
        raise click.ClickException(f"{address} is no HTTPS address: no password is sent there")
    try:
        answer = urllib3.request(
            "POST",
            address,
            json={"username": name, "password": password()},
            timeout=ANSWER_SECONDS,
            retries=False,
            redirect=False,
        )
    except urllib3.exceptions.HTTPError as error:
        raise click.ClickException(
            f"{address} cannot be reached: {type(error).__name__}"
        ) from error
    try:
        found: str = json.loads(answer.data)["token"]
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(
            f"{address} answered {answer.status}: {answer.data.decode(errors='replace')[:500]}"
        ) from error
    return found
