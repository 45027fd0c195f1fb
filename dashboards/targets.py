"""Target values: what the region aims at in a period, set by those who lead and follow the network."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from coachnet.accounts.guards import requires
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.lib.locks import lock_for_transaction
from coachnet.lib.receipts import receipt
from dashboards.cards import Card, cards_of
from dashboards.dimensions import SPLITS
from dashboards.figures import Overview, available_periods
from dashboards.models import MUNICIPALITIES, Code, Target
from dashboards.periods import CHOSEN, Kind, Period, by_kind, from_key, period_of

MOST = 1_000_000


def periods_to_aim_at(shown: list[Period]) -> list[Period]:
    """The periods that the overview can show, the present ones and the next. The latest first, by kind."""
    now = [period_of(timezone.localdate(), kind) for kind in CHOSEN]
    found = {*shown, *now, *(one.next for one in now if one.next)}
    return sorted(found, key=lambda one: (CHOSEN.index(one.kind), -one.starts_on.toordinal()))


@transaction.atomic
def set_targets(*, period: Period, wanted: Mapping[str, int | None]) -> None:
    """Let these be target values of a period, by the code of the key figure; None for none. Others stay.

    What is as it was is left alone, so that the history tells changes only. Raises IntegrityError for a value that
    the figure cannot have.
    """
    lock_for_transaction(f"targets {period.key}")
    there = {one.measure: one for one in Target.objects.during(period)}
    for measure, value in wanted.items():
        found = there.get(measure)
        if found and value is None:
            found.delete()
        elif found and found.value != value:
            found.value = cast(int, value)
            found.save(update_fields=["value"])
        elif not found and value is not None:
            Target.objects.create(kind=period.kind, starts_on=period.starts_on, measure=measure, value=value)


def _outcome(card: Card) -> str:
    unit = f" {card.measure.unit}" if card.figure.is_shown else ""
    return gettext("Utfall: %(figure)s") % {"figure": f"{card.figure.text}{unit}"}


class TargetForm(forms.Form):
    """A number for each key figure of the region, in its own unit; empty for none."""

    def __init__(self, cards: list[Card], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for card in cards:
            code = card.measure.code
            self.fields[code.lower()] = forms.IntegerField(
                label=str(card.measure.name),
                required=False,
                initial=card.target,
                min_value=1,
                max_value=MUNICIPALITIES if code == Code.K04 else MOST,
                help_text=_outcome(card),
                show_hidden_initial=True,
                error_messages={
                    "invalid": _("Skriv ett helt tal, till exempel 120, eller lämna tomt"),
                    "min_value": _("Skriv ett tal som är minst 1, eller lämna tomt"),
                    "max_value": _("Skriv ett tal som är högst %(limit_value)s, eller lämna tomt"),
                },
            )

    @property
    def seen(self) -> list[SafeString]:
        """What each field showed when the page was opened, as hidden fields."""
        return [field.as_hidden(only_initial=True) for field in self]

    @property
    def wanted(self) -> dict[str, int | None]:
        """The values that were changed, by code: what somebody else has set meanwhile is not taken back."""
        return {name.upper(): self.cleaned_data[name] for name in self.changed_data}


@requires(Permission.SET_TARGETS)
@require_http_methods(["GET", "HEAD", "POST"])
def overview_targets(request: HttpRequest) -> HttpResponse:
    """Set the target values of a period, with what has been reached beside each."""
    shown = available_periods()
    periods = periods_to_aim_at(shown)
    asked = from_key(request.GET.get("period", ""))
    period = asked if asked in periods else period_of(timezone.localdate(), Kind.YEAR)
    cards = cards_of(Overview(cast(User, request.user), period, SPLITS[0], periods))
    form = TargetForm(cards, request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_targets(period=period, wanted=form.wanted)
        receipt(request, gettext("Målvärdena för %(period)s är sparade") % {"period": period})
        route = "dashboards:overview" if period in shown else "dashboards:overview-targets"
        return redirect(f"{reverse(route)}?period={period.key}")
    context = {
        "form": form,
        "period": period,
        "period_groups": by_kind(periods),
        "overview_url": f"{reverse('dashboards:overview')}?period={period.key}",
    }
    return render(request, "dashboards/overview_targets.html", context, status=422 if form.errors else 200)
