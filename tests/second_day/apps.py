"""Edits that add code of the owner's own: an app, its models, views, tasks and tests."""

from tests.second_day.changes import (
    all_of,
    appended,
    formatted,
    manage,
    replaced,
    stages,
    startapp,
    written,
)
from tests.second_day.django_settings import installed
from tests.second_day.edit import Change, Edit


def app(name: str) -> Change:
    return all_of(startapp(name), installed(name), formatted())


started = app("orders")

MODELS = """\
from django.db import models


class Order(models.Model):
    number = models.CharField(max_length=20, unique=True)
    paid = models.BooleanField(default=False)

    def __str__(self):
        return self.number
"""
ADMIN = """\
from django.contrib import admin

from orders.models import Order


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["number", "paid"]
"""
VIEWS = """\
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from orders.models import Order


class OrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["id", "number", "paid"]


class OrderViewSet(viewsets.ModelViewSet):
    queryset = Order.objects.order_by("number")
    serializer_class = OrderSerializer

    @action(detail=True, methods=["post"])
    def pay(self, request, pk=None):
        order = self.get_object()
        order.paid = True
        order.save()
        return Response({"paid": order.paid})
"""
URLS = """\
from rest_framework.routers import SimpleRouter

from orders.views import OrderViewSet

router = SimpleRouter()
router.register("orders", OrderViewSet)

urlpatterns = router.urls
"""
TESTS = """\
from orders.models import Order


def test_an_order_is_paid(api):
    order = Order.objects.create(number="A-1")
    answer = api.post(f"/api/orders/{order.pk}/pay/")
    assert answer.data == {"paid": True}
"""
PLAIN_VIEW = """\
from rest_framework.response import Response
from rest_framework.views import APIView

from orders.models import Order


class Totals(APIView):
    def get(self, request):
        return Response({"orders": Order.objects.count()})
"""
UPLOAD = """\
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Receipts(APIView):
    parser_classes = [MultiPartParser]

    def post(self, request: Request) -> Response:
        file = request.data["file"]
        return Response({"name": file.name, "size": file.size})
"""
UPLOAD_TESTS = """\
from django.core.files.uploadedfile import SimpleUploadedFile


def test_a_receipt_is_taken(api):
    file = SimpleUploadedFile("receipt.txt", b"12.50")
    answer = api.post("/api/receipts/", {"file": file}, format="multipart")
    assert answer.data == {"name": "receipt.txt", "size": 5}
"""
TASK = """\
import logging

from zappa.asynchronous import task

logger = logging.getLogger(__name__)


@task
def send_receipt(number: str) -> None:
    logger.info("sent the receipt of %s", number)
"""
TASK_TESTS = """\
from mail.tasks import send_receipt


def test_a_receipt_is_sent_at_once_where_there_is_no_lambda(caplog):
    caplog.set_level("INFO")
    send_receipt("A-1")
    assert "sent the receipt of A-1" in caplog.text
"""
PRUNE = """\
from zappa_xray import traced

from orders.models import Order


@traced
def delete_paid_orders(event, context):
    Order.objects.filter(paid=True).delete()
"""
FAILING = """\
from django.test import TestCase


class InvoiceTests(TestCase):
    def test_two_and_two(self):
        self.assertEqual(2 + 2, 5)
"""
LOOKUP = """\
from notes.models import Note


def find(title: str) -> Note | None:
    return Note.objects.filter(titel=title).first()
"""

with_model = all_of(
    started,
    written("orders/models.py", MODELS),
    written("orders/admin.py", ADMIN),
    manage("makemigrations", "orders"),
)


def routed(line: str, imported: str = "") -> Change:
    """Add a line to the URL patterns, and what it needs to the imports."""
    notes = '    path("api/", include("notes.urls")),\n'
    change = replaced("config/urls.py", notes, f"{notes}    {line},\n")
    if not imported:
        return change
    health = "from config.health import health, ready\n"
    return all_of(change, replaced("config/urls.py", health, f"{health}{imported}\n"))


EDITS = [
    Edit("startapp, and make format", app("shop"), about=("apps/shop",)),
    Edit(
        "startapp alone, which no formatter has seen",
        all_of(startapp("orders"), installed("orders")),
        red="make format",
        about=(
            "apps/orders",
            "form",
        ),
    ),
    Edit(
        "an app with a model and its admin",
        all_of(with_model, formatted()),
        about=("apps/orders",),
    ),
    Edit(
        "an app with a model, and no migration",
        all_of(started, written("orders/models.py", MODELS)),
        red="Create model Order",
        about=("apps/orders",),
    ),
    Edit(
        "a viewset with an action of its own, and a test",
        all_of(
            with_model,
            written("orders/views.py", VIEWS),
            written("orders/urls.py", URLS),
            written("orders/tests.py", TESTS),
            routed('path("api/", include("orders.urls"))'),
            formatted(),
        ),
        about=("apps/orders",),
    ),
    Edit(
        "a plain view without types",
        all_of(
            with_model,
            written("orders/views.py", PLAIN_VIEW),
            routed('path("api/totals/", Totals.as_view())', "from orders.views import Totals"),
            formatted(),
        ),
        about=("apps/orders",),
    ),
    Edit(
        "an upload",
        all_of(
            app("receipts"),
            written("receipts/views.py", UPLOAD),
            written("receipts/tests.py", UPLOAD_TESTS),
            routed(
                'path("api/receipts/", Receipts.as_view())', "from receipts.views import Receipts"
            ),
            formatted(),
        ),
        about=("apps/receipts",),
    ),
    Edit(
        "a task in the background",
        all_of(
            app("mail"),
            written("mail/tasks.py", TASK),
            written("mail/tests.py", TASK_TESTS),
            formatted(),
        ),
        about=("apps/mail",),
    ),
    Edit(
        "a scheduled function of an own app",
        all_of(
            with_model,
            written("orders/scheduled.py", PRUNE),
            stages(
                lambda all: all["dev"]["events"].append(
                    {
                        "function": "orders.scheduled.delete_paid_orders",
                        "expression": "rate(7 days)",
                    }
                )
            ),
            formatted(),
        ),
        about=(
            "apps",
            "stages/dev/events",
        ),
    ),
    Edit(
        "a test of startapp's that fails",
        all_of(
            app("invoices"),
            written("invoices/tests.py", FAILING),
        ),
        red="AssertionError: 4 != 5",
        about=("apps/invoices",),
    ),
    Edit(
        "a query for a field that is none",
        written("notes/search.py", LOOKUP),
        red="Cannot resolve keyword 'titel' into field",
        about=("notes/search.py",),
    ),
    Edit(
        "an unused import and a wrong type at once",
        appended("config/health.py", "\nimport json\n\nnumber: int = 'one'\n"),
        red="Incompatible types in assignment",
        about=("form",),
    ),
]
