"""What warns of time-outs and 5xx, as `xray_alarms` in zappa_settings.json wants it."""
