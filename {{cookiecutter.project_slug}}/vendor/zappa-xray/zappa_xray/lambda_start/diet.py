"""What libraries import and few requests need, and how each does without until it is used."""

import importlib
import sys

from zappa_xray.lambda_start.code import Every, Package

WHEN_USED = {
    # asgiref and Django import it for views and middleware that are asynchronous.
    "asyncio": Package(
        submodules=Every(),
        names={
            "current_task": "_asyncio",  # asked for by each record of `logging`
            "get_running_loop": "asyncio.events",
            "iscoroutine": "asyncio.coroutines",
            "iscoroutinefunction": "asyncio.coroutines",
        },
    ),
    "boto3": Package(),
    # The app imports the `admin` modules of all apps.
    "django.contrib.admin": Package(
        submodules={"apps", "checks", "exceptions", "models", "utils", "views"},
        calls={"autodiscover"},
        parts="admin",
    ),
    # The X-Ray SDK wants to know when a test changes a setting.
    "django.test": Package(submodules={"signals"}),
    # REST framework looks whether these are there.
    "inflection": Package(),
    "requests": Package(),
    "uritemplate": Package(),
    "yaml": Package(),
    # Zappa's handler imports it for packages that it fetches from S3.
    "tarfile": Package(),
    # Zappa wants its response, and neither its server nor its test client.
    "werkzeug": Package(submodules=Every()),
}

# What a library imports and uses at once, and what it is imported without. Zappa's handler needs a few
# functions of zappa.utilities, and a service's tasks zappa.asynchronous: boto3 takes as long as Django.
WITHOUT = {
    "zappa.utilities": ("boto3", "botocore"),
    "zappa.asynchronous": ("boto3", "botocore"),
    "wrapt": ("importlib.metadata",),
}

# What Zappa's handler imports when the first request is answered.
IN_EACH_REQUEST = ("werkzeug.test",)


def import_rest_framework() -> None:
    """Import it without the model fields of PostgreSQL's, unless a model has one.

    It maps them to its own where they can be imported, and with them comes the driver. To be called
    when all models are there.
    """
    postgres = "django.contrib.postgres.fields"
    if postgres in sys.modules or "rest_framework" not in sys.modules:
        return
    sys.modules[postgres] = None  # type: ignore[assignment] # its import raises ImportError
    try:
        importlib.import_module("rest_framework.compat")
    finally:
        del sys.modules[postgres]
