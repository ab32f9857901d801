"""Who may send traces here and look at them: this machine, and whom INTERNAL_IPS names."""

import ipaddress

from django.conf import settings


def is_near(address: str) -> bool:
    """Return whether an IP address is a loopback one, or one of Django's INTERNAL_IPS."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback or address in settings.INTERNAL_IPS
