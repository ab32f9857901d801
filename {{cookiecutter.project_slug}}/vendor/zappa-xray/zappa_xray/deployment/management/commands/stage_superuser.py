from argparse import ArgumentParser
from typing import Any

import click
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from zappa_xray.deployment import credentials
from zappa_xray.deployment.invocation import invoke
from zappa_xray.deployment.stage import Stage

CREATE = "zappa_xray.superusers.create"


class Command(BaseCommand):
    help = (
        "Make an admin of a deployed stage. The password is asked for here; only its hash leaves."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stage", help="a stage of zappa_settings.json, such as dev")
        for name in asked_fields():
            parser.add_argument(f"--{name}", help="asked for when it is not given")
        parser.add_argument(
            "--new-password",
            action="store_true",
            help="give a user who is there a new password, and change nothing else",
        )

    def handle(self, *, stage: str, new_password: bool, **options: Any) -> None:
        try:
            self.stdout.write(give(Stage.load(stage), options, new_password))
        except click.ClickException as error:
            raise CommandError(error.message) from error


def give(stage: Stage, options: dict[str, Any], only_password: bool) -> str:
    """Give the stage its admin and return what to say of it.

    Raises click.ClickException for what AWS or the function refuses, CommandError for a mistake here.
    """
    model = get_user_model()
    names = [model.USERNAME_FIELD] if only_password else asked_fields()
    fields = {name: value_of(name, options.get(name)) for name in names}
    hashed = make_password(credentials.new_password(model(**fields)))
    event = {
        "command": CREATE,
        "fields": fields,
        "password": hashed,
        "new_password": only_password,
    }
    invoke(stage, stage.function, event, stage.cli.timeout_seconds)
    done = "has the new password" if only_password else "is an admin"
    return f"{fields[model.USERNAME_FIELD]} {done} of the stage {stage.name}."


def asked_fields() -> list[str]:
    """Return the fields without which there is no superuser, as createsuperuser asks for them."""
    model = get_user_model()
    return [model.USERNAME_FIELD, *model.REQUIRED_FIELDS]


def value_of(name: str, given: str | None) -> str:
    """Return a field's value, asked for when it is not given. Raises CommandError."""
    field: Any = get_user_model()._meta.get_field(name)
    try:
        text = input(f"{name}: ") if given is None else given
        field.clean(text, None)
    except EOFError as error:
        raise CommandError(f"there is nobody to ask: give --{name}") from error
    except ValidationError as error:
        raise CommandError(f"--{name}: {' '.join(error.messages)}") from error
    return text
