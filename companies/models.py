"""Companies and the people who speak for them."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import Organisation
from coachnet.audit.tracking import audited
from coachnet.lib.addresses import address_of
from coachnet.lib.choices import NamedChoices
from coachnet.lib.encrypted import SealedField
from coachnet.lib.swedish import SvSearchKey, SvSortKey
from companies import organisation_number, personal_number
from companies.querysets import CompanyQuerySet
from companies.reference import (
    AssessmentDimension,
    AssessmentLevel,
    CircularStrategy,
    GlossaryTerm,
    Indicator,
    Municipality,
    SniCode,
    SubRegion,
)

__all__ = (
    "AssessmentDimension",
    "AssessmentLevel",
    "CircularStrategy",
    "Company",
    "Contact",
    "GlossaryTerm",
    "Indicator",
    "Municipality",
    "SniCode",
    "SubRegion",
)


# The personnummer must not be copied into the history, and what the database computes need not be.
NOT_IN_HISTORY = ("personal_number", "personal_number_hash", "sort_key", "search_key")


@audited(exclude=NOT_IN_HISTORY)
class Company(NamedChoices, models.Model):
    """A company (företag) that the network helps or may help."""

    class LegalForm(models.TextChoices):
        LIMITED = "limited", _("Aktiebolag")
        SOLE_TRADER = "sole_trader", _("Enskild firma")
        PARTNERSHIP = "partnership", _("Handelsbolag eller kommanditbolag")
        ECONOMIC_ASSOCIATION = "economic_association", _("Ekonomisk förening")
        NON_PROFIT = "non_profit", _("Ideell förening")
        FOUNDATION = "foundation", _("Stiftelse")
        FOREIGN_BRANCH = "foreign_branch", _("Filial till utländskt företag")
        OTHER = "other", _("Annan")

    class SizeClass(models.TextChoices):
        """By staff, with turnover or balance limits; fixed at first support."""

        MICRO = "micro", _("Mikro (under 10 anställda)")
        SMALL = "small", _("Litet (10–49)")
        MEDIUM = "medium", _("Medelstort (50–249)")
        LARGE = "large", _("Stort (250 eller fler)")

    name = models.CharField(_("företagsnamn"), max_length=200)
    legal_form = models.CharField(
        _("företagsform"), max_length=20, choices=LegalForm.choices, default=LegalForm.LIMITED
    )
    # Ten ASCII digits. Empty for a sole trader, whose number is the owner's personnummer.
    organisation_number = models.CharField(_("organisationsnummer"), max_length=10, blank=True)
    # A sole trader's number: sealed, and a keyed hash to find a likely duplicate. Never unique,
    # since one person may run several businesses.
    personal_number = SealedField()
    personal_number_hash = models.CharField(max_length=64, blank=True, editable=False)
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        related_name="companies",
        null=True,
        blank=True,
        verbose_name=_("kommun"),
    )
    sni = models.ForeignKey(
        SniCode,
        models.PROTECT,
        related_name="companies",
        null=True,
        blank=True,
        verbose_name=_("bransch (SNI)"),
    )
    size_class = models.CharField(_("storleksklass"), max_length=10, choices=SizeClass.choices, blank=True)
    website = models.URLField(_("webbplats"), blank=True)
    description = models.TextField(_("vad företaget gör"), blank=True, max_length=2000)
    main_strategy = models.ForeignKey(
        CircularStrategy,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("huvudstrategi"),
    )
    strategies = models.ManyToManyField(
        CircularStrategy, related_name="companies", blank=True, verbose_name=_("fler strategier")
    )
    responsible_coach = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="responsible_for",
        null=True,
        blank=True,
        verbose_name=_("ansvarig coach"),
    )
    responsible_organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="responsible_for",
        null=True,
        blank=True,
        verbose_name=_("ansvarig organisation"),
    )
    # Sekretessmarkering: a warning flag with a reason, not a decision.
    is_confidential = models.BooleanField(_("sekretessmarkering"), default=False)
    confidential_reason = models.CharField(_("skäl"), max_length=500, blank=True)
    confidential_provision = models.CharField(_("trolig bestämmelse"), max_length=100, blank=True)
    confidential_set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("markerat av"),
    )
    confidential_set_at = models.DateTimeField(_("markerat"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    sort_key = models.GeneratedField(
        expression=SvSortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    search_key = models.GeneratedField(
        expression=SvSearchKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("företag")
        verbose_name_plural = _("företag")
        indexes: ClassVar = [
            models.Index(fields=["sort_key", "id"], name="company_swedish_order"),
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="company_search"),
            # Prefix search: the unique index serves it only under collation "C".
            models.Index(
                fields=["organisation_number"],
                opclasses=["varchar_pattern_ops"],
                name="company_number_prefix",
            ),
            models.Index(
                fields=["personal_number_hash"],
                condition=~Q(personal_number_hash=""),
                name="company_sole_trader",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(organisation_number="") | Q(organisation_number__regex=r"^[0-9]{10}$"),
                name="company_number_ten_digits",
            ),
            models.CheckConstraint(
                condition=~Q(legal_form="sole_trader") | Q(organisation_number=""),
                name="company_sole_trader_number_kept_apart",
            ),
            models.CheckConstraint(
                condition=Q(personal_number="", personal_number_hash="")
                | (Q(legal_form="sole_trader") & ~Q(personal_number="") & ~Q(personal_number_hash="")),
                name="company_personal_number_of_sole_trader",
            ),
            models.UniqueConstraint(
                fields=["organisation_number"],
                condition=~Q(organisation_number=""),
                name="company_number_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    is_confidential=False, confidential_set_by__isnull=True, confidential_set_at__isnull=True
                )
                | (
                    Q(
                        is_confidential=True,
                        confidential_set_by__isnull=False,
                        confidential_set_at__isnull=False,
                    )
                    & ~Q(confidential_reason="")
                ),
                name="company_confidential_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The company's own page."""
        return address_of("companies:company-detail", self.pk)

    @property
    def number_shown(self) -> str:
        """The organisation number as people read it; a sole trader's is masked. Empty when not known."""
        if self.personal_number:
            return personal_number.masked(self.personal_number.reveal())
        return organisation_number.shown(self.organisation_number)


class ContactQuerySet(models.QuerySet["Contact"]):
    """Sets of contacts."""

    def present(self) -> "ContactQuerySet":
        """Those who have not left the company."""
        return self.filter(left_on=None)


@audited()
class Contact(models.Model):
    """A person at a company (kontaktperson)."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="contacts", verbose_name=_("företag"))
    name = models.CharField(_("namn"), max_length=120)
    title = models.CharField(_("titel"), max_length=120, blank=True)
    email = models.EmailField(_("e-post"), blank=True)
    phone = models.CharField(_("telefon"), max_length=40, blank=True)
    left_on = models.DateField(_("slutade"), null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("kontaktperson")
        verbose_name_plural = _("kontaktpersoner")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name
