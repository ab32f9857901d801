"""AWS X-Ray for this service. Other packages need one name of it: `from tracing import traced`."""

from tracing.background import traced

__all__ = ["traced"]
