"""How a packaged service starts: `python -m benchmarks.cold_start [SERVICE_FOLDER]`.

Beside two baselines, which did what the origin story's team did, with Zappa's defaults, and beside the
limit, Django and REST framework alone. Each is run by turns in fresh processes of AWS's own runtime
client, in a folder that is read-only, on SQLite.
"""
