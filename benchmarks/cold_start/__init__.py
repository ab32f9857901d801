"""How a packaged service starts: `python -m benchmarks.cold_start [SERVICE_FOLDER]`.

Beside a baseline that does what the origin story did with Zappa's defaults, and the limit, the same
service with tracing taken out. Each is run by turns in fresh processes in Lambda mode, which write
no bytecode, on SQLite.
"""
