"""How a stage's things are called, all beginning with the function's name."""

import hashlib

from zappa_xray.deployment.stage import Stage


def short(name: str, longest: int) -> str:
    """Return a name, shortened where it is too long but still its own."""
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: longest - 9]}-{digest}"


def namespace(stage: Stage) -> str:
    """Return where CloudWatch keeps what is counted of the log."""
    return f"zappa-xray/{stage.function}"
