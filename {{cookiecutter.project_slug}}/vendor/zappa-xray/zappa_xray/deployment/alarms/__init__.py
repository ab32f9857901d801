"""What warns of time-outs and 5xx, as `xray_alarms` in zappa_settings.json wants it."""

from zappa_xray.deployment.alarms.made import apply, remove

__all__ = ["apply", "remove"]
