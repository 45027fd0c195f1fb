"""Fields of forms: label, hint, error and control. `c-field` and `c-choices` are drawn here, without templates.

A form has thirty of them, and as components they were half of its page (ADR 0028). The tags are for forms that are
opened all day; the components take more attributes.
"""

from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django_cotton.templatetags import Attrs

from coachnet.lib.markup import markup, markup_join
from coachnet.lib.templatetags import ui

register = template.Library()
Words = str | Promise
NOTHING = markup("")


@register.simple_tag
def field(
    bound: BoundField,
    *,
    label: Words = "",
    hint: Words = "",
    optional: object = False,
    icon: str = "",
    classes: str = "",
    attrs: Attrs | None = None,
    slot: str = "",
    options: SafeString | str = "",
    **of_choices: Any,
) -> SafeString:
    """`{% field form.date hint=_("…") optional=True icon="search" %}`: as c-field. `attrs` go to the control.

    `options` are those of a select, drawn already (`as_options`).
    """
    kind = ui.field_kind(bound)
    if kind == "hidden":
        return markup("{}", bound)
    if kind == "choices":
        return choices(bound, label=label, hint=hint, optional=optional, classes=classes, **of_choices)
    words, control = _label(bound, label, optional), ui.control(bound, attrs, options)
    if kind == "check":
        inside = markup(
            '{}<label class="check">{}<span>{}</span></label>{}',
            *(field_error(bound), control, words, field_hint(bound, hint)),
        )
    else:
        if kind == "password":
            control = _revealed(bound, control, label or bound.label)
        elif icon:
            control = markup('<div class="input-wrap">{}{}</div>', ui.icon(icon), control)
        above = markup('<label class="field__label" for="{}">{}</label>', bound.id_for_label, words)
        parts = (above, field_hint(bound, hint), field_error(bound), control, slot)
        inside = markup("{}{}{}{}{}", *parts)
    return markup('<div class="{}">{}</div>', _classes(bound, classes), inside)


@register.simple_tag
def choices(
    bound: BoundField,
    *,
    label: Words = "",
    hint: Words = "",
    optional: object = False,
    classes: str = "",
    attrs: Attrs | None = None,
    slot: str = "",
    icons: str = "",
    codes: object = False,
    fill: object = False,
    lg: object = False,
    first: str | int = "",
    fold: Words = "",
) -> SafeString:
    """`{% choices form.channel icons="phone:phone" codes=True %}`: as c-choices. `attrs` go to the fieldset."""
    described = bound.aria_describedby
    shown = chips(bound, f":{first}" if first else "", icons=icons, codes=codes)
    rest = chips(bound, f"{first}:", icons=icons, codes=codes) if first else NOTHING
    more = '<details class="more field__after"><summary>{}</summary><div class="choices">{}</div></details>'
    return markup(
        '<fieldset class="{}"{}{}><legend>{}</legend>{}{}<div class="choices{}{}">{}{}</div>{}</fieldset>',
        _classes(bound, classes),
        markup(' aria-describedby="{}"', described) if described else "",
        ui.html_attrs(attrs) if attrs else "",
        _label(bound, label, optional),
        field_hint(bound, hint),
        field_error(bound),
        " choices--fill" if fill else "",
        " choices--lg" if lg else "",
        shown,
        "" if first else slot,
        markup(more, fold, rest) if rest else "",
    )


@register.simple_tag
def chips(bound: BoundField, which: str = "", *, icons: str = "", codes: object = False) -> SafeString:
    """The choices of a field as chips: all, ":3" or "3:" as in `options`. `codes` sets the first word apart."""
    pictures = dict(pair.strip().split(":", 1) for pair in icons.split(",") if ":" in pair)
    return markup_join("{}\n", ((_chip(one, pictures, codes),) for one in ui.options(bound, which)))


@register.simple_tag
def field_hint(bound: BoundField, hint: Words = "") -> SafeString:
    """The help under a label, tied to the control by id."""
    words = hint or bound.help_text
    if not words:
        return NOTHING
    return markup('<p class="field__hint" id="{}_helptext">{}</p>', bound.auto_id, words)


@register.simple_tag
def field_error(bound: BoundField) -> SafeString:
    """The errors of one field, nearest its control."""
    if not bound.errors:
        return NOTHING
    return markup('<div id="{}">{}</div>', ui.error_id(bound), _each(bound.errors))


def _each(errors: Iterable[Any]) -> SafeString:
    form = '<p class="field__error">{}<span><span class="sr">{} </span>{}</span></p>'
    return markup_join(form, ((ui.icon("circle-alert"), gettext("Fel:"), words) for words in errors))


def _classes(bound: BoundField, more: str) -> str:
    return " ".join(filter(None, ("field", "field--error" if bound.errors else "", more)))


def _label(bound: BoundField, label: Words, optional: object) -> SafeString:
    words = label or bound.label
    if not optional:
        return markup("{}", words)
    return markup('{} <span class="optional">{}</span>', words, gettext("(valfritt)"))


def _revealed(bound: BoundField, control: SafeString, label: Words) -> SafeString:
    button = (
        '<button class="btn btn--quiet btn--sm js-only" type="button" data-reveal="{}" aria-pressed="false"'
        ' data-on="{}" data-off="{show}"><span data-reveal-text>{show}</span><span class="sr"> {}</span></button>'
    )
    shown = markup(button, bound.id_for_label, gettext("Dölj"), label, show=gettext("Visa"))
    return markup('<div class="input-wrap input-wrap--end">{}{}</div>', control, shown)


def _chip(option: BoundWidget, icons: dict[str, str], codes: object) -> SafeString:
    label: Any = option.choice_label
    if codes:
        code, _blank, name = str(label).partition(" ")
        label = markup('<span><span class="choice__code">{}</span> {}</span>', code, name)
    name = icons.get(str(option.data["value"]), "")
    picture = markup("{} ", ui.icon(name)) if name else ""
    return markup('<label class="choice">{}{}{}</label>', option.tag(), picture, label)
