"""What zappa_settings.json shows of a stage."""

from zappa_xray.deployment.doctor.link import Broken
from zappa_xray.deployment.stage import Stage

CALLBACKS = ("settings", "zip", "post")


def settings_ask_for_traces(stage: Stage) -> str:
    if not stage.cli.xray_tracing:
        raise Broken("xray_tracing is not true", "set it to true, then make update")
    callbacks = stage.settings.get("callbacks", {})
    missing = [name for name in CALLBACKS if not callbacks.get(name)]
    if missing:
        raise Broken(
            f"the callbacks {', '.join(missing)} are missing",
            "name zappa_hooks.<callback> for each, then make update",
        )
    return "xray_tracing is true and the hooks are named"
