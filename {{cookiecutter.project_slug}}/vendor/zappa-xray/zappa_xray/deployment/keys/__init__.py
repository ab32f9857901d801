"""The keys of zappa_settings.json: what each takes, and what is wrong with what stands there."""
