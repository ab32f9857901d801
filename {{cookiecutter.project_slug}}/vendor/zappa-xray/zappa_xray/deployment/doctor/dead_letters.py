"""Whether failed asynchronous calls are kept where the settings want them."""

from zappa_xray.deployment import dead_letters
from zappa_xray.deployment.doctor.link import Broken
from zappa_xray.deployment.stage import Stage


def are_kept(stage: Stage) -> str:
    wanted = stage.settings.get("dead_letter_arn")
    if wanted is None:
        return "tried three times, then lost: there is no dead_letter_arn"
    found = dead_letters.target(stage)
    if found != wanted:
        raise Broken(
            f"they go to {found or 'nowhere'} and not to {wanted or 'nowhere'}",
            f"manage.py trace_stage {stage.name}",
        )
    return f"they go to {wanted or 'nowhere'}"
