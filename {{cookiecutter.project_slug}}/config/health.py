from django.http import HttpRequest, JsonResponse


def health(request: HttpRequest) -> JsonResponse:
    """Answer that the process runs. Touches no database, so it tells the service's faults from the database's."""
    return JsonResponse({"status": "ok"})
