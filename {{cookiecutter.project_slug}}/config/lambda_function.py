"""What Lambda calls: `lambda_handler` in zappa_settings.json."""

from zappa_xray.lambda_start import zappa_handler

lambda_handler = zappa_handler()
