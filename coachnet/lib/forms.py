"""How every form of the platform looks and the controls that HTML knows better than Django."""

from collections.abc import Callable
from html import escape
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString

from coachnet.lib.markup import attributes, escaped


class FormRenderer(TemplatesSetting):
    """Forms and fields as our components, also those of other packages.

    The bare controls come out letter by letter as from Django's own templates, without a template for each: a form has
    sixty of them (ADR 0028).
    """

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        """A control by its drawer, everything else by its template."""
        draw = _DRAWN.get(template_name)
        if draw:
            return draw(context["widget"])
        drawn: SafeString = super().render(template_name, context, request)  # type: ignore[assignment]
        return drawn


def _input(widget: dict[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else f' value="{escape(str(widget["value"]))}"'
    tag = f'<input type="{escape(widget["type"])}" name="{escape(widget["name"])}"{value}'
    return SafeString(f"{tag}{attributes(widget['attrs'])}>")  # each part is escaped


def _hidden(widget: dict[str, Any]) -> SafeString:
    """Django describes a hidden field as it does others; HTML allows no such word on what nobody meets."""
    kept = {name: value for name, value in widget["attrs"].items() if not name.startswith("aria-")}
    return _input(widget | {"attrs": kept})


def _option(widget: dict[str, Any]) -> SafeString:
    if not widget.get("wrap_label"):
        return _input(widget)
    target = widget["attrs"].get("id")
    label = f'<label for="{escape(target)}">' if target else "<label>"
    return SafeString(f"{label}{_input(widget)} {escaped(widget['label'])}</label>")


def _textarea(widget: dict[str, Any]) -> SafeString:
    tag = f'<textarea name="{escape(widget["name"])}"{attributes(widget["attrs"])}>'
    return SafeString(f"{tag}\n{escaped(widget['value'] or '')}</textarea>")


_WIDGETS = "django/forms/widgets/"
_INPUTS = ("input", "text", "number", "email", "url", "password", "date", "time", "checkbox")
_DRAWN: dict[str, Callable[[dict[str, Any]], SafeString]] = {
    **{f"{_WIDGETS}{name}.html": _input for name in _INPUTS},
    **{f"{_WIDGETS}{name}.html": _option for name in ("radio_option", "checkbox_option", "input_option")},
    f"{_WIDGETS}hidden.html": _hidden,
    f"{_WIDGETS}textarea.html": _textarea,
}


class DateInput(forms.DateInput):
    """A day in the browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        # The control only takes ISO dates, whatever the language of the page.
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A time of day in the browser's own picker."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")
