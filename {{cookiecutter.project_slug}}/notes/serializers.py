from typing import Any

from django.db import models
from rest_framework import serializers

from notes.models import Note


class TextField(serializers.CharField):
    """Takes text only, as the OpenAPI schema says. REST framework's own makes text of numbers."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class NoteSerializer(serializers.ModelSerializer):
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.CharField: TextField,
        models.TextField: TextField,
    }

    class Meta:
        model = Note
        fields = ["id", "title", "body", "created_at", "updated_at"]
