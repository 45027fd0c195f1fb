"""Invented content for the component gallery: every field in every state."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coachnet.audit.history import Change, Entry, Part
from coachnet.lib.forms import DateInput, TimeInput

STAGES = (
    gettext_lazy("Kontakt"),
    gettext_lazy("Nuläge"),
    gettext_lazy("Plan"),
    gettext_lazy("Genomförande"),
    gettext_lazy("Uppföljning"),
    gettext_lazy("Fortlöpande"),
)
STRATEGIES = (
    ("C05", gettext_lazy("C05 Produkt som tjänst")),
    ("C07", gettext_lazy("C07 Underhåll, reparation och uppgradering")),
    ("C11", gettext_lazy("C11 Återtag och materialåtervinning")),
    ("C12", gettext_lazy("C12 Industriell symbios och restflöden")),
)
COMPANIES = (
    BLANK_CHOICE_DASH[0],
    ("1", "Kvarnåns Arbetsplagg AB"),
    ("2", "Grönbo Emballage AB"),
    ("3", "Skimra Ljudabsorbenter AB"),
    ("4", "Emmabo Byggåterbruk AB"),
)
ICON_SHEET = Path(settings.BASE_DIR) / "static" / "icons.svg"
DRAWN = ("ring-", "strand-", "ev-", "mark", "weave")  # our own marks, shown elsewhere in the gallery
COLOURS = [
    *["canvas", "surface", "sunken", "raised", "line", "edge", "ink", "ink-2", "ink-3"],
    *["primary", "primary-soft", "accent", "accent-soft", "ok", "ok-soft", "warn", "warn-soft"],
    *["bad", "bad-soft", "info", "info-soft", "seq-1", "seq-2", "seq-3", "seq-4", "seq-5", "seq-6"],
]


class ExampleForm(forms.Form):
    """One field of each kind."""

    town = forms.CharField(label=gettext_lazy("Ort"), initial="Ulricehamn")
    number = forms.CharField(
        label=gettext_lazy("Organisationsnummer"),
        help_text=gettext_lazy("Tio siffror, till exempel 492000-0009."),
    )
    region = forms.ChoiceField(
        label=gettext_lazy("Delregion"),
        choices=[("b", "Boråsregionen"), ("f", "Fyrbodal"), ("s", "Skaraborg")],
    )
    company = forms.ChoiceField(
        label=gettext_lazy("Företag"),
        choices=COMPANIES,
        required=False,
        error_messages={"required": gettext_lazy("Välj ett företag i listan")},
    )
    search = forms.CharField(label=gettext_lazy("Sök företag"), required=False)
    day = forms.DateField(label=gettext_lazy("Datum"), widget=DateInput)
    time = forms.TimeField(label=gettext_lazy("Började"), widget=TimeInput, required=False)
    password = forms.CharField(label=gettext_lazy("Lösenord"), widget=forms.PasswordInput)
    note = forms.CharField(
        label=gettext_lazy("Anteckning"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Skriv bara det som behövs. Anteckningen kan vara allmän handling och kan begäras ut."
        ),
        required=False,
    )
    minutes = forms.ChoiceField(
        label=gettext_lazy("Hur länge"),
        widget=forms.RadioSelect,
        choices=[("30", "30 min"), ("60", "1 h"), ("90", "1 h 30 min")],
        initial="60",
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Hur möttes ni"),
        widget=forms.RadioSelect,
        choices=[
            ("on_site", gettext_lazy("På plats")),
            ("online", gettext_lazy("Digitalt")),
            ("phone", gettext_lazy("Telefon")),
        ],
        initial="on_site",
    )
    strategies = forms.MultipleChoiceField(
        label=gettext_lazy("Cirkulära strategier"),
        widget=forms.CheckboxSelectMultiple,
        choices=STRATEGIES,
        initial=["C05"],
        help_text=gettext_lazy("Välj det ni arbetade med. Företagets egna strategier visas först."),
        required=False,
    )
    invite = forms.BooleanField(
        label=gettext_lazy("Skicka en kalenderinbjudan till deltagarna"), initial=True, required=False
    )
    reminder = forms.BooleanField(
        label=gettext_lazy("Tillfälle i morgon"),
        help_text=gettext_lazy("Dagen före klockan 15, när du har tillfällen inplanerade."),
        initial=True,
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )


def _failed_form() -> ExampleForm:
    """The same form after a submit that failed."""
    form = ExampleForm({"number": "12", "day": "2027-11-23"}, auto_id="failed_%s")
    form.errors.clear()
    form.add_error("number", _("Skriv tio siffror, till exempel 492000-0009"))
    form.add_error("company", _("Välj ett företag i listan"))
    form.add_error("day", _("Datumet ska vara i dag eller tidigare, till exempel 2026-11-23"))
    form.add_error("minutes", _("Välj hur länge ni sågs"))
    form.add_error("password", _("Skriv ditt lösenord"))
    return form


def _history() -> list[Entry]:
    now = timezone.now()
    changes = [Change(_("Längd"), "1 h", "1 h 30 min"), Change(_("Sätt"), "", _("På plats"))]
    return [
        Entry(now - dt.timedelta(hours=2), "Maja Ekdahl", [Part(_("Ändrade tillfället"), changes)]),
        Entry(now - dt.timedelta(days=3), "Amir Haddad", [Part(_("Skapade tillfället"))]),
    ]


def _stages() -> list[dict[str, Any]]:
    states = ["done", "done", "done", "now", "todo", "todo"]
    notes = ["2026-01-14", "2026-02-10", "2026-04-22", _("sedan 2026-08-20"), "", ""]
    return [
        {"step": step, "name": name, "state": state, "note": note}
        for step, (name, state, note) in enumerate(zip(STAGES, states, notes, strict=True), start=1)
    ]


def icon_names() -> list[str]:
    """Every icon in the sprite, without our own marks."""
    names = re.findall(r'<symbol id="([^"]+)"', ICON_SHEET.read_text())
    return [name for name in names if not name.startswith(DRAWN)]


def example_context(request: HttpRequest) -> dict[str, Any]:
    """Everything that gallery/gallery.html shows."""
    messages.success(request, _("Åtgärden är markerad som klar"), extra_tags="undo:/gallery/")
    return {
        "form": ExampleForm(),
        "failed": _failed_form(),
        "ring_names": [gettext_lazy("Inte påbörjat"), *STAGES],
        "stages": _stages(),
        "history": _history(),
        "colours": COLOURS,
        "icon_names": icon_names(),
        "ticks": [3.6, 17.2, 45.1, 61.0, 84.4, 97.2],
        "now": timezone.now(),
        "days": [timezone.localdate() + dt.timedelta(days=away) for away in (-3, 0, 1, 9)],
    }
