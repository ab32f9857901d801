"""AWS X-Ray for Django services that Zappa deploys. A service's own code uses one name: `traced`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zappa_xray.tracing.background import traced

__version__ = "0.2.0"
__all__ = ["__version__", "traced"]


def __getattr__(name: str) -> Any:
    # Loaded when it is asked for: the hooks and the tools need neither Django nor the X-Ray SDK.
    if name == "traced":
        from zappa_xray.tracing.background import traced

        return traced
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
