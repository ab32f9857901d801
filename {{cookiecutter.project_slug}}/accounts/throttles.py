from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class LoginThrottle(SimpleRateThrottle):
    """Counts tries to sign in by the client's address, as API Gateway saw it."""

    scope = "login"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"throttle_{self.scope}_{self.get_ident(request)}"

    def get_ident(self, request: Request) -> str:
        # A client can write into X-Forwarded-For what it likes, but not into the gateway's event.
        event = request.META.get("lambda.event", {})
        address = event.get("requestContext", {}).get("identity", {}).get("sourceIp")
        return str(address or super().get_ident(request))
