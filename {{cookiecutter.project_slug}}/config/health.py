import logging
from threading import Event, Thread

from django.db import Error, connection
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, JsonResponse

READY_SECONDS = 5

logger = logging.getLogger(__name__)


@non_atomic_requests  # ATOMIC_REQUESTS would ask for the database
def health(request: HttpRequest) -> JsonResponse:
    """Answer that the process runs. Touches no database, so it tells the service's faults from the database's."""
    return JsonResponse({"status": "ok"})


@non_atomic_requests
def ready(request: HttpRequest) -> JsonResponse:
    """Answer whether the database answers: 503 when it does not within READY_SECONDS.

    A thread asks, over a connection of its own, because a driver may wait for minutes.
    """
    answered = Event()
    asks = Thread(target=_ask_the_database, args=(answered,), daemon=True)
    asks.start()
    asks.join(READY_SECONDS)
    if answered.is_set():
        return JsonResponse({"status": "ok"})
    return JsonResponse({"status": "the database does not answer"}, status=503)


def _ask_the_database(answered: Event) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        answered.set()
    except Error as error:
        logger.error("The database does not answer: %s", type(error).__name__)
    finally:
        # connection.close() would leave a database in memory open, such as that of the tests.
        if connection.connection:
            connection.connection.close()
