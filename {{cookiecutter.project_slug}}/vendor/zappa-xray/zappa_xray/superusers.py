"""What a deployed function does to give its stage an admin: `manage.py stage_superuser` asks it to.

The password is turned into its hash where it was asked for. So it is in no event, and this prints
nothing: what a function prints is in its log.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction


def create(event: Mapping[str, Any], context: Any = None) -> None:
    """Make a superuser, or give a user who is there a new password.

    `event` holds `fields`, the values of the user model's USERNAME_FIELD and REQUIRED_FIELDS by their
    names; `password`, its hash; and `new_password`, true to change that of a user who is there and
    nothing else. Raises CommandError when the name is taken, when nobody has it, and for a value
    that its field refuses.
    """
    model = get_user_model()
    fields = dict(event["fields"])
    name = fields[model.USERNAME_FIELD] = normalized(fields[model.USERNAME_FIELD])
    with transaction.atomic():
        if not event["new_password"]:
            call_command("createsuperuser", interactive=False, verbosity=0, **fields)
        try:
            user = model._default_manager.get_by_natural_key(name)
        except model.DoesNotExist as error:
            raise CommandError(f"no user has the {model.USERNAME_FIELD} {name}") from error
        user.password = event["password"]
        user.save(update_fields=["password"])


def normalized(name: str) -> str:
    """Return a user's name as it is kept, such as an address with its domain in small letters."""
    model = get_user_model()
    user = model(**{model.USERNAME_FIELD: name})
    user.clean()
    return user.get_username()
