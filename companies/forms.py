"""Forms of companies and contacts. They read and check; actions write."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.accounts.roles import Coach
from coachnet.lib.swedish import SvSortKey
from companies import duplicates, organisation_number, personal_number
from companies.models import CircularStrategy, Company, Contact, Municipality, SniCode
from companies.organisation_number import looks_personal

REQUIRED_NAME = _("Skriv företagets namn")


class StrategyChoice(forms.ModelChoiceField):
    """One strategy, code first."""

    def label_from_instance(self, obj: Any) -> str:
        """Such as "C05 Produkt som tjänst"."""
        return f"{obj.code} {obj.name}"


class StrategyChoices(forms.ModelMultipleChoiceField):
    """Several strategies, code first."""

    def label_from_instance(self, obj: Any) -> str:
        """Such as "C05 Produkt som tjänst"."""
        return f"{obj.code} {obj.name}"


class SniChoices(forms.models.ModelChoiceIterator):
    """SNI codes in one group per version, the newest first: a code means nothing without its version."""

    def __iter__(self) -> Iterator[Any]:
        yield ("", self.field.empty_label)
        for version, codes in groupby(self.queryset, lambda code: code.get_version_display()):
            yield (version, [self.choice(code) for code in codes])


class SniChoice(forms.ModelChoiceField):
    """An SNI code, chosen among the versions."""

    iterator = SniChoices

    def label_from_instance(self, obj: Any) -> str:
        """The group names the version."""
        return f"{obj.code} {obj.name}"


class CompanyForm(forms.Form):
    """The facts of a company. Name and legal form are enough."""

    name = forms.CharField(
        label=_("Företagsnamn"), max_length=200, error_messages={"required": REQUIRED_NAME}
    )
    legal_form = forms.ChoiceField(
        label=_("Företagsform"),
        choices=Company.LegalForm.choices,
        initial=Company.LegalForm.LIMITED,
        help_text=_("Som i registreringsbeviset"),
    )
    organisation_number = forms.CharField(
        label=_("Organisationsnummer"),
        required=False,
        max_length=40,
        help_text=_("Till exempel 556012-5790"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )
    written_personal_number = forms.CharField(
        label=_("Ägarens personnummer"),
        required=False,
        max_length=40,
        help_text=_("Sparas krypterat. Syns aldrig i sin helhet."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )
    municipality = forms.ModelChoiceField(
        Municipality.objects.all(), label=_("Kommun"), required=False, empty_label=_("Inte vald")
    )
    sni = SniChoice(
        SniCode.objects.order_by("-version", "code"),
        label=_("Bransch (SNI)"),
        required=False,
        empty_label=_("Inte vald"),
    )
    size_class = forms.ChoiceField(
        label=_("Storleksklass"),
        required=False,
        choices=[("", _("Inte vald")), *Company.SizeClass.choices],
        help_text=_("Räkna anställda i hela koncernen."),
    )
    website = forms.URLField(
        label=_("Webbplats"),
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Skriv adressen så här: https://www.exempel.se")},
    )
    description = forms.CharField(
        label=_("Vad företaget gör"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    main_strategy = StrategyChoice(
        CircularStrategy.objects.all(), label=_("Huvudstrategi"), required=False, empty_label=_("Inte vald")
    )
    strategies = StrategyChoices(
        CircularStrategy.objects.all(),
        label=_("Fler strategier"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: User, company: Company | None = None, **kwargs: Any) -> None:
        self.user, self.company = user, company
        super().__init__(*args, **kwargs)
        if company and company.personal_number:
            self.fields["written_personal_number"].help_text = gettext(
                "Sparat: %(masked)s. Lämna tomt för att behålla det."
            ) % {"masked": company.number_shown}

    @property
    def _is_sole_trader(self) -> bool:
        return bool(self.cleaned_data.get("legal_form") == Company.LegalForm.SOLE_TRADER)

    def clean_organisation_number(self) -> str:
        """The ten digits, or nothing. What a sole trader writes here is read as the owner's personnummer."""
        written: str = self.cleaned_data["organisation_number"]
        return organisation_number.clean(written) if written and not self._is_sole_trader else ""

    def clean_written_personal_number(self) -> str:
        """The twelve digits of a sole trader, or nothing."""
        if not self._is_sole_trader:
            return ""
        beside = self.data.get("organisation_number", "").strip()
        written = self.cleaned_data["written_personal_number"] or (beside if looks_personal(beside) else "")
        return personal_number.clean(written) if written else ""

    def clean_website(self) -> str:
        """A web address and nothing else."""
        website: str = self.cleaned_data["website"]
        if website and not website.lower().startswith(("https://", "http://")):
            raise ValidationError(gettext("Skriv adressen så här: https://www.exempel.se"))
        return website

    def clean(self) -> dict[str, Any]:
        """A number that is taken stops the form; a likely duplicate only asks (see `similar`)."""
        facts = self.cleaned_data
        self.found = duplicates.find(
            user=self.user,
            name=facts.get("name", ""),
            number=facts.get("organisation_number", ""),
            personal=facts.get("written_personal_number", ""),
            municipality=facts.get("municipality"),
            other_than=self.company,
        )
        if self.found.same_number:
            named = gettext("Numret tillhör %(name)s, som redan finns.") % {
                "name": self.found.same_number.name
            }
            self.add_error("organisation_number", named)
        elif self.found.number_is_hidden:
            self.add_error("organisation_number", duplicates.HIDDEN_NUMBER)
        return facts

    @classmethod
    def initial_of(cls, company: Company) -> dict[str, Any]:
        """What the form shows of a company: the number as people read it, never the personnummer."""
        return {
            "name": company.name,
            "legal_form": company.legal_form,
            "organisation_number": organisation_number.shown(company.organisation_number),
            "municipality": company.municipality_id,
            "sni": company.sni_id,
            "size_class": company.size_class,
            "website": company.website,
            "description": company.description,
            "main_strategy": company.main_strategy_id,
            "strategies": [strategy.pk for strategy in company.strategies.all()],
        }


class ConfidentialityForm(forms.Form):
    """Why a company needs a sekretessmarkering."""

    reason = forms.CharField(
        label=_("Skäl"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kort, så att den som läser senare förstår. Skriv inte själva hemligheten här."),
        error_messages={"required": _("Skriv varför företaget behöver markeringen")},
    )
    provision = forms.CharField(
        label=_("Trolig bestämmelse"),
        required=False,
        max_length=100,
        help_text=_("Om du vet, till exempel 30 kap. 23 § OSL. Sekretess prövas i varje enskilt fall."),
    )


class CoachChoice(forms.ModelChoiceField):
    """A coach, with her organisation."""

    def label_from_instance(self, obj: Any) -> str:
        """Such as "Maja Ekdahl, Science Park Borås"."""
        return f"{obj.name}, {obj.organisation}"


class ResponsibleForm(forms.Form):
    """Who takes care of the company from now on."""

    coach = CoachChoice(
        User.objects.none(),
        label=_("Ansvarig coach"),
        empty_label=_("Välj coach"),
        error_messages={
            "required": _("Välj vem som tar över"),
            "invalid_choice": _("Välj en coach i listan"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coaches = User.objects.filter(is_active=True, roles__contains=[Coach.key], organisation__isnull=False)
        field = self.fields["coach"]
        assert isinstance(field, CoachChoice)
        field.queryset = coaches.select_related("organisation").order_by(SvSortKey("name"))


class ContactForm(forms.ModelForm):
    """A person at a company."""

    class Meta:
        model = Contact
        fields = ("name", "title", "email", "phone")
        error_messages = {"name": {"required": _("Skriv kontaktpersonens namn")}}


class ForgetForm(forms.Form):
    """What the erasing rests on, and that it is meant."""

    decision = forms.CharField(
        label=_("Beslut"),
        max_length=120,
        help_text=_("Gallringsbeslutets eller ärendets beteckning. Skriv inga namn."),
    )
    is_sure = forms.BooleanField(label=_("Jag vet att det inte kan tas tillbaka"))
