"""Templates as subsegments, each with its name."""

import functools

from aws_xray_sdk.core import xray_recorder
from django.template import Context, Template, engines


def record_templates() -> None:
    """Records the rendering of each template. It stands in place of the SDK's `patch_template`.

    The SDK calls a template that has no name `unknown`, so that each 404 that Django answers with
    its own small page has such a child. Those pages come from an engine of Django's own and are not
    recorded; a text that the service renders is `template`.
    """
    render = Template.render
    if hasattr(render, "__wrapped__"):
        return

    @functools.wraps(render)
    def recorded(template: Template, context: Context) -> str:
        name = template.name
        if name is None and not _is_the_service_s(template):
            return render(template, context)
        with xray_recorder.in_subsegment(str(name or "template")):
            return render(template, context)

    setattr(Template, "render", recorded)  # noqa: B010  # to mypy it is no variable


def _is_the_service_s(template: Template) -> bool:
    return any(template.engine is getattr(one, "engine", None) for one in engines.all())
