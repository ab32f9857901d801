"""Edits of the stages in zappa_settings.json."""

from tests.second_day.changes import Stages, stages
from tests.second_day.edit import Edit

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:failed-schedules"


def renamed(settings: Stages) -> None:
    settings["staging"] = settings.pop("dev")
    settings["production"]["extends"] = "staging"


def on_its_own(settings: Stages) -> None:
    settings["production"] = settings.pop("dev")


EDITS = [
    Edit(
        "a third stage",
        stages(lambda all: all.update(staging={"extends": "dev"})),
        about=("stages/staging",),
    ),
    Edit(
        "no stage production",
        stages(lambda all: all.pop("production")),
        about=("stages/production",),
    ),
    Edit("stage dev is called staging", stages(renamed), about=("stages",)),
    Edit("production is the only stage", stages(on_its_own), about=("stages",)),
    Edit(
        "a region of its own",
        stages(lambda all: all["production"].update(aws_region="us-east-1")),
        about=("stages/production/aws_region",),
    ),
    Edit(
        "logs for a year, and no access log",
        stages(lambda all: all["production"].update(log_retention_days=365, api_access_log=False)),
        about=("stages/production/logs",),
    ),
    Edit(
        "logs for a hundred days",
        stages(lambda all: all["production"].update(log_retention_days=100)),
        red="log_retention_days is 100, which CloudWatch Logs does not know",
        about=("stages/production/logs",),
    ),
    Edit(
        "a profile",
        stages(lambda all: all["dev"].update(profile_name="work")),
        about=("stages/dev/profile_name",),
    ),
    Edit(
        "a domain",
        stages(
            lambda all: all["production"].update(
                domain="api.example.org", certificate_arn="arn:aws:acm:us-east-1:123456789012:x"
            )
        ),
        about=("stages/production/domain",),
    ),
    Edit(
        "a VPC",
        stages(
            lambda all: all["production"].update(
                vpc_config={"SubnetIds": ["subnet-12345678"], "SecurityGroupIds": ["sg-12345678"]}
            )
        ),
        about=("stages/production/vpc_config",),
    ),
    Edit(
        "a second schedule",
        stages(
            lambda all: all["dev"]["events"].append(
                {"function": "notes.scheduled.count_new_notes", "expression": "cron(0 6 * * ? *)"}
            )
        ),
        about=("stages/dev/events",),
    ),
    Edit(
        "a queue for failed schedules",
        stages(
            lambda all: all["dev"].update(
                dead_letter_arn=QUEUE,
                extra_permissions=[
                    {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
                ],
            )
        ),
        about=("stages/dev/dead_letter_arn",),
    ),
    Edit(
        "a queue that the function may not send to",
        stages(lambda all: all["dev"].update(dead_letter_arn=QUEUE)),
        red="the function's role may not send to dead_letter_arn",
        about=("stages/dev/dead_letter_arn",),
    ),
    Edit(
        "an ASGI application",
        stages(lambda all: all["dev"].update(app_type="asgi", app_function="config.asgi.app")),
        red="of zappa_settings.json serves an ASGI application.",
        about=("stages/dev/app_type",),
    ),
    Edit(
        "a schedule of a function that is not there",
        stages(
            lambda all: all["dev"]["events"].append(
                {"function": "notes.scheduled.count_old_notes", "expression": "rate(1 day)"}
            )
        ),
        red="notes.scheduled.count_old_notes",
        about=("stages/dev/events",),
    ),
]
