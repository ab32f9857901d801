from rest_framework.authtoken.views import ObtainAuthToken

from accounts.throttles import LoginThrottle


class ObtainToken(ObtainAuthToken):
    """Gives who posts `username` and `password` the token that goes with all other requests."""

    authentication_classes = ()  # a wrong token must not stand in the way of a new one
    throttle_classes = [LoginThrottle]
