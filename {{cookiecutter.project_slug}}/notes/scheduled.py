"""Functions that zappa_settings.json schedules in `events`."""

import logging
from datetime import timedelta
from typing import Any

from django.utils import timezone

from notes.models import Note

logger = logging.getLogger(__name__)


def count_new_notes(event: dict[str, Any], context: object) -> int:
    """Log and return how many notes were written in the last 24 hours.

    Takes the EventBridge event and Lambda's context, as Zappa hands them to each scheduled function.
    """
    yesterday = timezone.now() - timedelta(days=1)
    new_notes = Note.objects.filter(created_at__gte=yesterday).count()
    logger.info("%d new notes in the last 24 hours", new_notes)
    return new_notes
