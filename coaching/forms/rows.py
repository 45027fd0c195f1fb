"""The repeated rows of the session form, and its choices by name."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.lib.forms import DateInput
from companies.models import Company

MOST_ROWS = 20


class Quietly:
    """A bound form that shows what is typed without judging it yet: a draft, or a form half way."""

    quiet = False

    @property
    def errors(self) -> ErrorDict:
        """No errors while quiet."""
        return ErrorDict() if self.quiet else super().errors  # type: ignore[misc]


class StepForm(Quietly, forms.Form):
    """One next step. An empty row is no step."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    what = forms.CharField(label=_("Vad"), max_length=300, required=False)
    owner = forms.ChoiceField(label=_("Vem"), required=False)
    due_on = forms.DateField(label=_("Senast"), required=False, widget=DateInput)

    def __init__(
        self, *args: Any, owners: Sequence[tuple[str, str]] = (), quiet: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.quiet = quiet
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]
        self.fields["what"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """A date without words is a slip, not a step."""
        values = super().clean() or {}
        if values.get("due_on") and not values.get("what") and not self.has_error("what"):
            self.add_error("what", _("Skriv vad som ska göras"))
        return values


class PersonForm(Quietly, forms.Form):
    """Someone from the company who is not in the list yet."""

    name = forms.CharField(label=_("Namn"), max_length=120, required=False)
    title = forms.CharField(label=_("Titel"), max_length=120, required=False)

    def __init__(self, *args: Any, quiet: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quiet = quiet
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """A title without a name is nobody."""
        values = super().clean() or {}
        if values.get("title") and not values.get("name") and not self.has_error("name"):
            self.add_error("name", _("Skriv personens namn"))
        return values


StepFormSet = forms.formset_factory(StepForm, extra=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS + 5)
PersonFormSet = forms.formset_factory(PersonForm, extra=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS + 5)


def step_rows(data: Any, *, owners: Sequence[tuple[str, str]], quiet: bool = False) -> Any:
    """The rows for next steps, as typed; with nothing typed one formset for everybody, into which owners are drawn."""
    if data is None:
        return NO_STEPS
    return StepFormSet(data, prefix="steps", auto_id="id_%s", form_kwargs={"quiet": quiet, "owners": owners})


NO_STEPS = StepFormSet(prefix="steps", auto_id="id_%s")


def person_rows(data: Any, *, quiet: bool = False) -> Any:
    """The rows for new people, as typed; with nothing typed one formset for everybody, since it is drawn once."""
    if data is None:
        return NO_NEW_PEOPLE
    return PersonFormSet(data, prefix="people", auto_id="id_%s", form_kwargs={"quiet": quiet})


NO_NEW_PEOPLE = PersonFormSet(prefix="people", auto_id="id_%s")


class CompanyChoice(forms.ModelChoiceField):
    """A company; `chosen` is one that has been looked up already, among those that the person sees."""

    chosen: Company | None = None

    def to_python(self, value: Any) -> Any:
        """The company."""
        if self.chosen and str(value) == str(self.chosen.pk):
            return self.chosen
        return super().to_python(value)


class CoachChoice(forms.ModelMultipleChoiceField):
    """Coaches by name, oneself as Du."""

    me: User

    def label_from_instance(self, obj: Any) -> str:
        """The coach's name."""
        return str(_("Du")) if obj == self.me else str(obj)


class ContactChoice(forms.ModelMultipleChoiceField):
    """Contacts by name and title."""

    def label_from_instance(self, obj: Any) -> str:
        """Johan Ståhlberg, vd."""
        return f"{obj.name}, {obj.title}" if obj.title else obj.name


class StrategyChoice(forms.ModelMultipleChoiceField):
    """Strategies by code and name; the template sets the code apart."""

    def label_from_instance(self, obj: Any) -> str:
        """C05 Produkt som tjänst."""
        return f"{obj.code} {obj.name}"
