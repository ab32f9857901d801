"""The service's settings without throttles, which would answer most of these requests, and with the
errors in the schema that a service's own leaves out."""

# The service's settings are not the template's:
# mypy: ignore-errors

from config.settings import *

REST_FRAMEWORK |= {"DEFAULT_THROTTLE_CLASSES": []}
LOGGING["root"]["level"] = "CRITICAL"  # each 4xx is a line otherwise
ALLOWED_HOSTS = ["localhost", "testserver"]
SPECTACULAR_SETTINGS["POSTPROCESSING_HOOKS"] += ["errors_described.describe"]
