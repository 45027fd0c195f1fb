"""Template tags that the shared components stand on: fields, choices, attributes, messages."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django import forms, template
from django.contrib.humanize.templatetags.humanize import apnumber
from django.contrib.messages.storage.base import Message
from django.forms import BaseForm, BaseFormSet, BoundField
from django.forms.boundfield import BoundWidget
from django.forms.utils import flatatt
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django_cotton.templatetags import Attrs

from coachnet.lib.addresses import address_of
from coachnet.lib.markup import attributes, markup, markup_join
from coachnet.lib.receipts import undo_address
from coachnet.lib.templatetags.formats import initials

register = template.Library()


class FieldError(NamedTuple):
    """One thing to mend: the words beside the field and the id of the control they stand at."""

    words: str
    target: str


@register.filter
def html_attrs(attrs: Attrs) -> SafeString:
    """The pass-through attributes of a component, escaped.

    Cotton's own `{{ attrs }}` trusts dynamic values; this does not. False and None leave the attribute out.
    """
    return flatatt({key: value for key, value in attrs.attrs_dict().items() if value is not None})


# Pictures are tags, not components: a page has up to a hundred, few that differ, and a component costs twenty times
# as much as a tag whose answer is kept (ADR 0028).
@register.simple_tag
@lru_cache(maxsize=2000)
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """`{% icon "plus" "sm|lg" label="" %}`: of the sprite. Hidden from screen readers unless it has a label."""
    classes = f"icon icon--{size}" if size else "icon"
    address = f"{static('icons.svg')}#{name}"
    if label:
        picture = '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>'
        return markup(picture, classes, label, address)
    return markup('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, address)


@register.simple_tag
@lru_cache(maxsize=100)
def ring(step: int, size: str = "") -> SafeString:
    """`{% ring 4 "sm|md" %}`: the transition ring, 0 to 6. Always with the stage's name beside it: see c-stage."""
    classes = f"ring ring--{size}" if size else "ring"
    address = f"{static('icons.svg')}#ring-{step}"
    return markup('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, address)


@register.filter
def strip(ticks: Iterable[float]) -> SafeString:
    """`{{ ticks|strip }}`: contact over twelve months, in percent of the year; 100 is today. Words stand beside it."""
    marks = " ".join([f"M{tick} 2v12" for tick in ticks])
    return markup(
        '<svg class="strip" viewBox="0 0 100 16" aria-hidden="true"><path class="strip__line" d="M0 8h100"/>{}</svg>',
        markup('<path class="strip__tick" d="{}"/>', marks) if marks else "",
    )


@register.simple_tag
def dotted(facts: Iterable[object]) -> SafeString:
    """`{% dotted facts %}`: what stands after the first words of a row, a dot before each."""
    return markup_join(' <span class="dotsep">{}</span>', ((fact,) for fact in facts))


@register.simple_tag
def moment(at: dt.datetime) -> SafeString:
    """`{% moment entry.at %}`: day and time on the clock in Sweden, to the second for machines."""
    here = timezone.localtime(at)
    return markup(
        '<time datetime="{}">{}</time>', here.isoformat(timespec="seconds"), f"{here:%Y-%m-%d %H:%M}"
    )


@register.filter
def sentences(parts: Iterable[Any]) -> SafeString:
    """`{{ entry.parts|sentences }}`: those of an entry of a history in which no field changed."""
    return markup_join('<p class="knot__note">{}</p>', ((part.text,) for part in parts))


@register.simple_tag
def address(route: str, *keys: int | UUID) -> str:
    """`{% address "coaching:session-detail" row.pk %}`: what `{% url %}` gives, for rows of a list."""
    return address_of(route, *keys)


@register.simple_tag
def avatar(name: str = "", symbol: str = "") -> SafeString:
    """`{% avatar person.name %}`: initials, or an icon; the name stands beside it."""
    inside = icon(symbol, "sm") if symbol else initials(name)
    return markup('<span class="avatar" aria-hidden="true">{}</span>', inside)


@register.filter
def field_kind(field: BoundField) -> str:
    """Which shape a bound field takes: hidden, check, choices, file, password, select, textarea or input."""
    widget = field.field.widget
    shapes: list[tuple[type[forms.Widget], str]] = [
        (forms.HiddenInput, "hidden"),
        (forms.CheckboxInput, "check"),
        (forms.RadioSelect, "choices"),
        (forms.CheckboxSelectMultiple, "choices"),
        (forms.PasswordInput, "password"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
    ]
    return next((name for kind, name in shapes if isinstance(widget, kind)), "input")


@register.filter
def control(field: BoundField, attrs: Attrs | None = None, options: SafeString | str = "") -> SafeString:
    """The bare control of a bound field, as a text box of ours, with extra attributes from a component."""
    extra: dict[str, Any] = dict(attrs.attrs_dict()) if attrs else {}
    kind = field_kind(field)
    if kind not in ("check", "hidden"):
        own = field.field.widget.attrs.get("class", "")
        extra["class"] = " ".join(filter(None, ("input", own, extra.pop("class", ""))))
    if kind not in ("check", "hidden") and "placeholder" not in extra:
        # A placeholder is never a label; libraries that set one anyway are overruled.
        extra["placeholder"] = False
    if type(field.field.widget) is forms.Select:
        return select_tag(field, extra, options)
    return field.as_widget(attrs=extra)


def select_tag(field: BoundField, attrs: dict[str, Any], options: SafeString | str = "") -> SafeString:
    """A select as its widget would draw it, without a dictionary and a template for each of its options.

    `options` are put into it as they are; else it draws its own.
    """
    widget: Any = field.field.widget
    attrs = field.build_widget_attrs(attrs, widget)
    if field.auto_id and "id" not in widget.attrs:
        attrs.setdefault("id", field.auto_id)
    own = attributes(widget.build_attrs(widget.attrs, attrs))
    if isinstance(options, SafeString):
        return markup('<select name="{}"{}>{}\n</select>', field.html_name, own, options)
    left = set(widget.format_value(field.value()))  # to be marked as chosen: only the first of several alike
    parts = [
        markup('\n  <optgroup label="{}">{}\n  </optgroup>', value, _options(label, left))
        if isinstance(label, list | tuple)
        else _options([(value, label)], left)
        for value, label in widget.choices
    ]
    every = markup_join("{}", ((part,) for part in parts))
    return markup('<select name="{}"{}>{}\n</select>', field.html_name, own, every)


@register.filter
def as_options(pairs: Iterable[tuple[Any, Any]]) -> SafeString:
    """`{{ form.owners|as_options }}`: the options of a select in which none is chosen yet."""
    return _options(pairs, set())


def _options(pairs: Iterable[tuple[Any, Any]], left: set[str]) -> SafeString:
    return markup_join(
        '\n  <option value="{}"{}>{}</option>',
        (("" if value is None else str(value), _mark(value, left), label) for value, label in pairs),
    )


def _mark(value: Any, left: set[str]) -> SafeString | str:
    """The mark of the chosen option, once."""
    if ("" if value is None else str(value)) not in left:
        return ""
    left.clear()
    return attributes({"selected": True})


@register.filter
def option_tags(options: list[dict[str, Any]]) -> SafeString:
    """The options of a select, as its widget describes them."""
    return markup_join(
        '\n  <option value="{}"{}>{}</option>',
        ((str(one["value"]), attributes(one["attrs"]), one["label"]) for one in options),
    )


@register.filter
def error_id(field: BoundField) -> str:
    """The id that errors of this field are announced by."""
    return f"{field.auto_id}_error" if field.auto_id else ""


@register.filter
def label_target(field: BoundField) -> str:
    """The id that a link to this field should go to: for a group, its first choice."""
    if field_kind(field) == "choices":
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.filter
def options(field: BoundField, which: str = "") -> list[BoundWidget]:
    """The choices of a field: all of them, ":3" for the first three or "3:" for the rest.

    A chosen option is always among the first, so that nothing chosen hides in a fold.
    """
    every = [option for option in field.subwidgets if option.data.get("value") not in ("", None)]
    if not which:
        return every
    if which.startswith(":"):
        count = int(which[1:])
        return [option for place, option in enumerate(every) if place < count or option.data["selected"]]
    count = int(which[:-1])
    return [option for place, option in enumerate(every) if place >= count and not option.data["selected"]]


def _form_errors(form: BaseForm) -> Iterator[FieldError]:
    for words in form.non_field_errors():
        yield FieldError(str(words), "")
    for field in form:
        for words in field.errors:
            yield FieldError(str(words), "" if field.is_hidden else label_target(field))


@register.filter
def all_errors(form: BaseForm | BaseFormSet | None) -> list[FieldError]:
    """Every error of a form or a formset, in the order of the page."""
    if form is None or not form.is_bound:
        return []
    if isinstance(form, BaseFormSet):
        own = [FieldError(str(words), "") for words in form.non_form_errors()]
        return own + [error for one in form.forms for error in _form_errors(one)]
    return list(_form_errors(form))


@register.simple_tag
def error_count_words(errors: Iterable[FieldError]) -> str:
    """The heading of an error summary: "En sak behöver rättas", "Två saker behöver rättas"."""
    count = len(list(errors))
    if count == 1:
        return gettext("En sak behöver rättas")
    return gettext("%(count)s saker behöver rättas") % {"count": str(apnumber(count)).capitalize()}


@register.filter
def receipt_undo(message: Message) -> str:
    """The address that takes back what a receipt tells of, or nothing."""
    return undo_address(message)


@register.filter
def steps(last: int) -> range:
    """The numbers from one to `last`, for the strands of a ring."""
    return range(1, int(last) + 1)


@register.simple_tag
def all_in_one(*lists: list[Any]) -> list[Any]:
    """Several lists as one."""
    return [item for one in lists for item in one]
