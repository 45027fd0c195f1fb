"""The shared components as they come out, and the tags they stand on."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import models
from django.forms import formset_factory
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from django_cotton.compiler_regex import CottonCompiler
from django_cotton.templatetags import Attrs

from coaching.models import Session
from coachnet.lib.addresses import address_of
from coachnet.lib.forms import DateInput, TimeInput
from coachnet.lib.markup import markup, markup_join
from coachnet.lib.receipts import receipt, undo_address
from coachnet.lib.templatetags import ui
from coachnet.lib.templatetags.ui import select_tag

PAYLOAD = "\"><img src=x onerror=alert(1)>'"


class Visit(forms.Form):
    """A field of each kind that matters here."""

    company = forms.CharField(
        label="Företag", help_text="Sök på namn.", error_messages={"required": "Välj ett företag i listan"}
    )
    day = forms.DateField(label="Datum", widget=DateInput, error_messages={"required": "Skriv ett datum"})
    time = forms.TimeField(label="Började", widget=TimeInput, required=False)
    secret = forms.CharField(label="Lösenord", widget=forms.PasswordInput, required=False)
    invite = forms.BooleanField(label="Skicka inbjudan", required=False)
    kind = forms.MultipleChoiceField(
        label="Strategier",
        widget=forms.CheckboxSelectMultiple,
        choices=[("1", "C01 Avstå"), ("2", "C02 Spara"), ("3", "C03 Byt"), ("4", "C04 Rita")],
        required=False,
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        if self.data.get("secret") == "wrong":
            self.add_error(None, "Det gick inte att logga in")
        return self.cleaned_data


def draw(source: str, **values: Any) -> str:
    """A template with components, on one line."""
    text = Template(CottonCompiler().process(source)).render(Context(values))
    return re.sub(r"\s+", " ", text)


# --- Escaping ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        '<c-button :data-x="value">A</c-button>',
        '<c-button data-x="{{ value }}">A</c-button>',
        '<c-button href="{{ value }}">A</c-button>',
        '<c-button :href="value">A</c-button>',
        '<c-row title="{{ value }}" href="{{ value }}">{{ value }}</c-row>',
        '<c-done action="{{ value }}" label="{{ value }}" receipt="{{ value }}" />',
        '<c-option :value="value" label="{{ value }}" meta="{{ value }}" />',
        '<c-more href="{{ value }}" text="{{ value }}" />',
        '<c-section id="a" title="{{ value }}" count="{{ value }}" note="{{ value }}" />',
        '<c-picked title="{{ value }}" href="{{ value }}" change="{{ value }}" />',
        '<c-palette-link href="{{ value }}" meta="{{ value }}">{{ value }}</c-palette-link>',
        '<c-empty title="{{ value }}">{{ value }}</c-empty>',
        '<c-fact label="{{ value }}">{{ value }}</c-fact>',
        "{% avatar value %}",
        "{% avatar symbol=value %}",
        "{% icon value value value %}",
        "{% ring value value %}",
        "{{ many|strip }}",
    ],
)
def test_text_from_people_stays_text(source: str) -> None:
    drawn = draw(source, value=PAYLOAD, many=[PAYLOAD])
    assert "<img" not in drawn
    assert not re.search(r'=""><', drawn)


@pytest.mark.parametrize(
    "part", [PAYLOAD, SafeString(PAYLOAD), gettext_lazy("Visa"), 17, None, 1.5, Attrs({}), ""]
)
def test_markup_is_put_together_as_django_does_it(part: Any) -> None:
    form = '<a href="{}" {more}>{}</a>'
    assert markup(form, part, "é", more=part) == format_html(form, part, "é", more=part)
    rows = [(part, 1, "<"), ("&", part, SafeString("<b>"))]
    assert markup_join("{}-{}{}", rows) == format_html_join("", "{}-{}{}", rows)
    assert isinstance(markup(form, part, part, more=part), SafeString)


def test_an_icon_is_hidden_from_readers_unless_it_has_words() -> None:
    assert draw('{% icon "plus" %}').strip() == (
        '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#plus"/></svg>'
    )
    assert draw('{% icon "check" "sm" "Klart" %}').strip() == (
        '<svg class="icon icon--sm" role="img" aria-label="Klart"><use href="/static/icons.svg#check"/></svg>'
    )


def test_what_components_would_print_without_our_filter() -> None:
    assert "<img" in str(Attrs({"data-x": PAYLOAD}))
    assert "<img" not in ui.html_attrs(Attrs({"data-x": PAYLOAD}))


def test_a_component_does_not_see_the_variables_around_it() -> None:
    assert "Läcka" not in draw("<c-button>Spara</c-button>", icon="Läcka", href="Läcka", attrs="Läcka")


def test_attributes_that_say_nothing_are_left_out() -> None:
    drawn = draw(
        '<c-button :hidden="no" :data-a="none" :disabled="yes">A</c-button>', no=False, none=None, yes=True
    )
    assert re.search(r'class="btn" disabled>', drawn)


# --- Fields ------------------------------------------------------------------------------------


def test_field_has_label_above_then_hint_then_error_then_control() -> None:
    drawn = draw('<c-field :field="form.company" data-a="b" />', form=Visit({}))
    order = [drawn.index(part) for part in ("<label", "Sök på namn.", "Välj ett företag i listan", "<input")]
    assert order == sorted(order)
    assert 'for="id_company"' in drawn
    assert 'aria-describedby="id_company_helptext id_company_error"' in drawn
    assert 'id="id_company_helptext"' in drawn
    assert 'id="id_company_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'data-a="b"' in drawn
    assert "field--error" in drawn


def test_field_without_error_says_nothing_of_one() -> None:
    drawn = draw('<c-field :field="form.company" optional />', form=Visit())
    assert "field--error" not in drawn
    assert "aria-invalid" not in drawn
    assert "(valfritt)" in drawn


def test_words_around_a_field_stay_text() -> None:
    form = Visit({"kind": ["x"]})
    for name, bound in form.fields.items():
        bound.label, bound.help_text = PAYLOAD, PAYLOAD
        form.add_error(name, PAYLOAD)
    form.fields["kind"].choices = [(PAYLOAD, PAYLOAD)]  # type: ignore[attr-defined]
    drawn = draw("{{ form }}", form=form)
    drawn += draw(
        "{% field form.day hint=value label=value classes=value icon=value %}", form=form, value=PAYLOAD
    )
    more = "first=1 fold=value hint=value label=value classes=value icons=value codes=1"
    drawn += draw(f"{{% choices form.kind {more} %}}{{% chips form.kind %}}", form=form, value=PAYLOAD)
    assert "<img" not in drawn
    assert drawn.count("&lt;img") > 20


def test_a_tag_and_its_component_come_out_the_same() -> None:
    for form in (Visit(), Visit({}), Visit(initial={"kind": ["4"]})):
        for name in form.fields:
            assert (
                draw(f"{{% field form.{name} %}}", form=form)
                == draw(f'<c-field :field="form.{name}" />', form=form).strip()
            )
        assert (
            draw('{% choices form.kind first="2" fold="Visa alla" fill=True %}', form=form)
            == draw('<c-choices :field="form.kind" first="2" fold="Visa alla" fill />', form=form).strip()
        )


def test_placeholders_of_other_packages_are_overruled() -> None:
    form = Visit()
    form.fields["company"].widget.attrs["placeholder"] = "Företag"
    assert "placeholder" not in draw('<c-field :field="form.company" />', form=form)
    assert 'placeholder="Sök"' in draw('<c-field :field="form.company" placeholder="Sök" />', form=form)


def test_dates_and_times_have_the_form_that_browsers_read() -> None:
    form = Visit(initial={"day": dt.date(2026, 11, 23), "time": dt.time(9, 5)})
    with translation.override("en"):
        drawn = draw('<c-field :field="form.day" /><c-field :field="form.time" />', form=form)
    assert 'type="date" name="day" value="2026-11-23"' in drawn
    assert 'type="time" name="time" value="09:05"' in drawn


def test_password_can_be_shown_and_check_box_stands_before_its_label() -> None:
    assert 'data-reveal="id_secret"' in draw('<c-field :field="form.secret" />', form=Visit())
    assert re.search(
        r'<input type="checkbox"[^>]*> ?<span>Skicka inbjudan',
        draw('<c-field :field="form.invite" />', form=Visit()),
    )


def test_choices_fold_but_never_hide_what_is_chosen() -> None:
    form = Visit(initial={"kind": ["4"]})
    drawn = draw('<c-choices :field="form.kind" codes first="2" fold="Visa alla" />', form=form)
    before, after = drawn.split("<details")
    assert all(name in before for name in ("Avstå", "Spara", "Rita"))
    assert "Byt" in after
    assert '<span class="choice__code">C04</span> Rita' in before


def test_every_form_comes_out_as_our_fields_also_those_of_other_packages() -> None:
    drawn = draw("{{ form }}", form=Visit({"secret": "wrong"}))
    assert drawn.count('class="field') >= 6
    assert "Det gick inte att logga in" in drawn
    assert '<input type="hidden" name="key"' in drawn
    assert 'class="field__label"' in draw("{{ form.company.as_field_group }}", form=Visit())


# --- Error summary -----------------------------------------------------------------------------


def test_summary_links_to_each_field_with_the_fields_own_words() -> None:
    form = Visit({"secret": "wrong"})
    drawn = draw('<c-error-summary :form="form" />', form=form)
    assert "Tre saker behöver rättas" in drawn
    assert '<a href="#id_company">Välj ett företag i listan</a>' in drawn
    assert '<a href="#id_day">Skriv ett datum</a>' in drawn
    assert "<li>Det gick inte att logga in</li>" in drawn


def test_summary_of_one_error_and_of_none() -> None:
    assert "En sak behöver rättas" in draw('<c-error-summary :form="form" />', form=Visit({"company": "A"}))
    assert draw('<c-error-summary :form="form" />', form=Visit()).strip() == ""
    assert (
        draw('<c-error-summary :form="form" />', form=Visit({"company": "A", "day": "2026-11-23"})).strip()
        == ""
    )


def test_summary_gathers_rows_of_a_formset() -> None:
    rows = formset_factory(Visit)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-day": "2026-11-23"}
    )
    errors = ui.all_errors(rows)
    assert [error.target for error in errors] == ["id_form-0-company"]


def test_a_link_to_a_group_goes_to_its_first_choice() -> None:
    assert ui.label_target(Visit()["kind"]) == "id_kind_0"


# --- Receipts ----------------------------------------------------------------------------------


def test_receipt_carries_its_way_back_over_the_redirect() -> None:
    request = RequestFactory().get("/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    receipt(request, "Åtgärden är klar", undo_url="/actions/1/reopen/")
    receipt(request, "Sparat")
    first, second = list(messages.get_messages(request))
    assert (undo_address(first), undo_address(second)) == ("/actions/1/reopen/", "")
    assert first.level == messages.SUCCESS


def test_other_tags_are_no_address() -> None:
    assert ui.receipt_undo(Message(messages.SUCCESS, "A", "undo")) == ""


# --- Stages ------------------------------------------------------------------------------------


def test_ring_is_told_in_words() -> None:
    drawn = draw('<c-bigring :step="4" name="Genomförande" />')
    assert 'aria-label="Omställningsring: steg 4 av 6, Genomförande"' in drawn
    assert drawn.count("strand--done") == 3
    assert drawn.count("strand--now") == 1
    assert draw('<c-bigring :step="6" name="Fortlöpande" />').count("strand--done") == 6


# --- Controls that are drawn by one template ----------------------------------------------------


class Chosen(forms.Form):
    """The controls whose templates are ours instead of Django's, with groups, marks and hostile words."""

    kind = forms.ChoiceField(
        choices=[("", "Alla"), ("Ö & Å", [("a", PAYLOAD), (PAYLOAD, "Båda")]), (3, "Tre")],
        widget=forms.Select(attrs={"data-x": PAYLOAD, "disabled": True, "hidden": False}),
    )
    way = forms.ChoiceField(choices=[("a", PAYLOAD), (PAYLOAD, "Båda")], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple(attrs={"data-x": PAYLOAD})
    )
    words = forms.CharField(widget=forms.TextInput(attrs={"data-x": PAYLOAD, "readonly": True}))
    number = forms.IntegerField(initial=0)
    mail = forms.EmailField()
    page = forms.URLField(assume_scheme="https")
    day = forms.DateField(widget=DateInput, localize=True)
    time = forms.TimeField(widget=TimeInput)
    secret = forms.CharField(widget=forms.PasswordInput(render_value=True))
    note = forms.CharField(widget=forms.Textarea(attrs={"data-x": PAYLOAD}))
    is_sure = forms.BooleanField()
    key = forms.CharField(widget=forms.HiddenInput)


def test_controls_are_drawn_as_django_draws_them() -> None:
    texts = dict.fromkeys(("words", "mail", "page", "secret", "note", "key", "is_sure"), PAYLOAD)
    data = {"kind": PAYLOAD, "way": "a", "many": ["b"], "day": "2026-11-26", "number": "1000", **texts}

    def drawn(renderer: Any) -> str:
        form, empty = Chosen(data, renderer=renderer), Chosen(renderer=renderer)
        every = [
            *(str(field) for field in (*form, *empty)),
            *(field.as_hidden() for field in form),
            *(one.tag() for name in ("way", "many") for one in form[name]),
        ]
        return re.sub(r"\s+", " ", " ".join(every)).replace("> <", "><")

    ours, djangos = drawn(forms.renderers.get_default_renderer()), drawn(forms.renderers.DjangoTemplates())
    described = r'(<input type="hidden"[^>]*?) aria-describedby="[^"]*"'  # which HTML does not allow
    assert ours == re.sub(described, r"\1", djangos)
    assert re.search(described, djangos)
    assert "<img" not in ours
    assert ours.count("checked") == 5
    assert ours.count("selected") == 2


@pytest.mark.parametrize("value", [PAYLOAD, "a", "3", "", "unknown", None])
def test_our_shorter_way_to_a_select_ends_at_djangos(value: str | None) -> None:
    form = Chosen({} if value is None else {"kind": value}, renderer=forms.renderers.DjangoTemplates())
    attrs: dict[str, Any] = {"class": "input", "placeholder": False, "title": PAYLOAD}
    field = form["kind"]

    def flat(text: str) -> str:
        return re.sub(r"\s+", " ", text).replace("> <", "><")

    assert flat(select_tag(field, dict(attrs))) == flat(field.as_widget(attrs=dict(attrs)))


def test_a_choice_by_name_is_the_one_of_django() -> None:
    for state in (*Session.State, "unknown", "", None):
        session = Session(state=state)
        field = Session._meta.get_field("state")
        assert session.get_state_display() == str(vars(models.Model)["_get_FIELD_display"](session, field))


def test_addresses_of_rows_are_the_ones_of_the_url_map() -> None:
    key = uuid.uuid4()
    for route, pk in (("companies:company-detail", 17), ("coaching:session-detail", key)):
        assert address_of(route, pk) == reverse(route, args=[pk])
        assert draw(f"{{% address '{route}' pk %}}", pk=pk) == reverse(route, args=[pk])
    assert address_of("companies:company-list") == reverse("companies:company-list")
    assert address_of("events:person-move", 17, 4) == reverse("events:person-move", args=[17, 4])
