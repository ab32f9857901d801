"""What Django's settings show, without AWS and without a stage."""

from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

from zappa_xray.deployment.doctor.link import Broken
from zappa_xray.deployment.workflow import NOT_PASSED

MIDDLEWARE = "zappa_xray.tracing.middleware.XRayMiddleware"
SDK_APP = "aws_xray_sdk.ext.django"
NOT_OF_THE_STAGE = (NOT_PASSED,)  # of what deploys the next version


def no_check_complains() -> str:
    found = [
        message
        for message in checks.run_checks()
        if message.level >= checks.WARNING
        and not message.is_silenced()
        and message.id not in NOT_OF_THE_STAGE
    ]
    if found:
        raise Broken(
            "; ".join(f"{message.id} {message.msg}" for message in found),
            "; ".join(message.hint for message in found if message.hint) or "manage.py check",
        )
    return "none complains"


def middleware_is_first() -> str:
    first = settings.MIDDLEWARE[0] if settings.MIDDLEWARE else "nothing"
    ours = import_string(MIDDLEWARE)
    if not settings.MIDDLEWARE or not issubclass(import_string(first), ours):
        raise Broken(f"MIDDLEWARE begins with {first}", f"put {MIDDLEWARE} first")
    return f"{first} comes first"


def sdk_app_is_installed() -> str:
    if SDK_APP not in settings.INSTALLED_APPS:
        raise Broken(f"INSTALLED_APPS lacks {SDK_APP}", "add it: it reads XRAY_RECORDER")
    return f"{SDK_APP} is installed"
