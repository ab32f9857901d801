"""Has the X-Ray SDK make its client of AWS when it asks for sampling rules, and not before.

Outside Lambda it makes one with botocore when it is imported, and one more when Django starts. Rules are
asked for with the first request that is sampled by them, and by no command:
https://github.com/aws/aws-xray-sdk-python/blob/2.15.0/aws_xray_sdk/core/sampling/connector.py
"""

import importlib
import sys
from types import ModuleType
from typing import Any

CONNECTOR = "aws_xray_sdk.core.sampling.connector"


class ServiceConnector:
    """Stands for the SDK's class of this name: keeps what it is told, and becomes one when asked."""

    def __init__(self) -> None:
        self.context: Any = None
        self._client: dict[str, Any] = {}

    def setup_xray_client(self, **client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        connector = sdk_module().ServiceConnector()
        connector.context = vars(self).pop("context")
        connector.setup_xray_client(**self._client)
        vars(self).update(vars(connector))
        self.__class__ = type(connector)
        return getattr(self, name)


class Connector(ModuleType):
    """Stands for the SDK's module until something else of it is wanted."""

    ServiceConnector = ServiceConnector

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(sdk_module(), name)


def stand_in() -> None:
    """Do so, unless the SDK was imported already."""
    if "aws_xray_sdk.core" not in sys.modules:
        sys.modules[CONNECTOR] = Connector(CONNECTOR)


def sdk_module() -> Any:
    if isinstance(sys.modules.get(CONNECTOR), Connector):
        del sys.modules[CONNECTOR]
    return importlib.import_module(CONNECTOR)
