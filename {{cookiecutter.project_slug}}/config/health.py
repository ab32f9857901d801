from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, JsonResponse


@non_atomic_requests  # ATOMIC_REQUESTS would ask for the database
def health(request: HttpRequest) -> JsonResponse:
    """Answer that the process runs. Touches no database, so it tells the service's faults from the database's."""
    return JsonResponse({"status": "ok"})
