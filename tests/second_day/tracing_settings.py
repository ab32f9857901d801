"""Edits of the X-Ray SDK's settings and of the tracing's own: each key, with another sensible value."""

from tests.second_day.changes import all_of, replaced, setting
from tests.second_day.edit import Edit
from tests.second_day.groups import EVERYTHING

RECORDER = {
    "AWS_XRAY_TRACING_NAME": '"orders.example.org"',
    "AWS_XRAY_DAEMON_ADDRESS": '"127.0.0.1:3000"',
    "AWS_XRAY_CONTEXT_MISSING": '"LOG_ERROR"',
    "AUTO_INSTRUMENT": "False",
    "STREAM_SQL": "False",
    "PATCH_MODULES": '["botocore", "requests"]',
    "IGNORE_MODULE_PATTERNS": '["^legacy"]',
    "AUTO_PATCH_PARENT_SEGMENT_NAME": '"start"',
    "SAMPLING": "True",
    "SAMPLING_RULES": '{"version": 2, "rules": [], "default": {"fixed_target": 1, "rate": 0.5}}',
    "PLUGINS": '("ElasticBeanstalkPlugin",)',
    "DYNAMIC_NAMING": '"*.example.org"',
    "MAX_TRACE_BACK": "50",
    "URLS_AS_ANNOTATION": '"ALL"',
}
TRACING = {
    "RECORD": '["query_string", "client_address", "user_agent", "exception_message"]',
    "DEADLINE_SECONDS": "10",
    "MARGIN_SECONDS": "2.5",
    "MAX_SUBSEGMENTS": "50",
    "PATCH_ON_IMPORT": "[]",
    "FAULTHANDLER": "True",
    "LOG_PATHS": "True",
}
# Keys about the same as others; each of the rest is about itself.
ABOUT = {
    **dict.fromkeys(("SAMPLER", "SAMPLING", "SAMPLING_RULES"), "sampling"),
    **dict.fromkeys(("AWS_XRAY_TRACING_NAME", "DYNAMIC_NAMING"), "name"),
    **dict.fromkeys(("AUTO_INSTRUMENT", "STREAM_SQL", "MAX_TRACE_BACK"), "queries"),
    **dict.fromkeys(
        ("PATCH_MODULES", "IGNORE_MODULE_PATTERNS", "PATCH_ON_IMPORT"), "patched libraries"
    ),
    "AUTO_PATCH_PARENT_SEGMENT_NAME": "patched libraries",
    **dict.fromkeys(("DEADLINE_SECONDS", "MARGIN_SECONDS"), "deadline"),
    **dict.fromkeys(("URLS_AS_ANNOTATION", "RECORD"), "personal data"),
}


def about(key: str) -> tuple[str]:
    return (f"tracing_settings/{ABOUT.get(key, key)}",)


EDITS = [
    Edit(
        "XRAY_RECORDER: SAMPLER LocalSampler()",
        all_of(
            setting("SAMPLER", "LocalSampler()"),
            replaced(
                "config/settings.py",
                "import environ\n",
                "import environ\nfrom aws_xray_sdk.core.sampling.local.sampler import LocalSampler\n",
            ),
        ),
        about=about("SAMPLER"),
    ),
    *(
        Edit(f"XRAY_RECORDER: {key} {value}", setting(key, value), about=about(key))
        for key, value in RECORDER.items()
    ),
    *(
        Edit(f"XRAY_TRACING: {key} {value}", setting(key, value), about=about(key))
        for key, value in TRACING.items()
    ),
    # After these nothing starts.
    Edit(
        "XRAY_RECORDER: STREAMING_THRESHOLD 50",
        setting("STREAMING_THRESHOLD", "50"),
        red="Set STREAMING_THRESHOLD to None: in Lambda any other number loses subsegments.",
        about=(EVERYTHING,),
    ),
    Edit(
        "XRAY_RECORDER: a misspelt key",
        setting("STREAM_SQL", 'True,\n    "STREAM_SQLS": True'),
        red="XRAY_RECORDER['STREAM_SQLS'] is not known.",
        about=(EVERYTHING,),
    ),
    Edit(
        "XRAY_TRACING: a misspelt key",
        setting("MARGIN_SECONDS", '1,\n    "MARGIN": 1'),
        red="XRAY_TRACING['MARGIN'] is not known.",
        about=(EVERYTHING,),
    ),
    Edit(
        "XRAY_RECORDER: characters that X-Ray strips",
        setting("AWS_XRAY_TRACING_NAME", '"orders (new)"'),
        red="holds characters that X-Ray strips",
        about=(EVERYTHING,),
    ),
]
