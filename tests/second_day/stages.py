"""Edits of the stages in zappa_settings.json."""

from tests.second_day.edit import Edit, Stages, stages

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:failed-schedules"


def renamed(settings: Stages) -> None:
    settings["staging"] = settings.pop("dev")
    settings["production"]["extends"] = "staging"


def on_its_own(settings: Stages) -> None:
    settings["production"] = settings.pop("dev")


EDITS = [
    Edit("a third stage", stages(lambda all: all.update(staging={"extends": "dev"}))),
    Edit("no stage production", stages(lambda all: all.pop("production"))),
    Edit("stage dev is called staging", stages(renamed)),
    Edit("production is the only stage", stages(on_its_own)),
    Edit(
        "a region of its own", stages(lambda all: all["production"].update(aws_region="us-east-1"))
    ),
    Edit(
        "logs for a year, and no access log",
        stages(lambda all: all["production"].update(log_retention_days=365, api_access_log=False)),
    ),
    Edit(
        "logs for a hundred days",
        stages(lambda all: all["production"].update(log_retention_days=100)),
        red="log_retention_days is 100, which CloudWatch Logs does not know",
    ),
    Edit("a profile", stages(lambda all: all["dev"].update(profile_name="work"))),
    Edit(
        "a domain",
        stages(
            lambda all: all["production"].update(
                domain="api.example.org", certificate_arn="arn:aws:acm:us-east-1:123456789012:x"
            )
        ),
    ),
    Edit(
        "a VPC",
        stages(
            lambda all: all["production"].update(
                vpc_config={"SubnetIds": ["subnet-12345678"], "SecurityGroupIds": ["sg-12345678"]}
            )
        ),
    ),
    Edit(
        "a second schedule",
        stages(
            lambda all: all["dev"]["events"].append(
                {"function": "notes.scheduled.count_new_notes", "expression": "cron(0 6 * * ? *)"}
            )
        ),
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
    ),
    Edit(
        "a queue that the function may not send to",
        stages(lambda all: all["dev"].update(dead_letter_arn=QUEUE)),
        red="the function's role may not send to dead_letter_arn",
    ),
    Edit(
        "an ASGI application",
        stages(lambda all: all["dev"].update(app_type="asgi", app_function="config.asgi.app")),
        red="of zappa_settings.json serves an ASGI application.",
    ),
    Edit(
        "a schedule of a function that is not there",
        stages(
            lambda all: all["dev"]["events"].append(
                {"function": "notes.scheduled.count_old_notes", "expression": "rate(1 day)"}
            )
        ),
        red="notes.scheduled.count_old_notes",
    ),
]
