"""Reference data as models: loaded from files, read by everyone, edited by nobody on screen."""

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coachnet.lib.swedish import SvSortKey


class Bilingual(models.Model):
    """A row with a Swedish and an English name; `name` follows the reader."""

    name_sv = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" and self.name_en else self.name_sv


class SubRegion(models.Model):
    """One of the four parts of Västra Götaland. The codes are ours."""

    code = models.CharField(primary_key=True, max_length=3)
    name = models.CharField(max_length=60)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """A municipality with its four-digit SCB code (a string: leading digits matter)."""

    code = models.CharField(primary_key=True, max_length=4)
    name = models.CharField(max_length=60)
    sub_region = models.ForeignKey(SubRegion, models.PROTECT, related_name="municipalities")

    class Meta:
        verbose_name = _("kommun")
        verbose_name_plural = _("kommuner")
        ordering: ClassVar = [SvSortKey("name")]

    def __str__(self) -> str:
        return self.name


class SniCode(Bilingual):
    """A section or division of the Swedish industry classification. A code means nothing without its version."""

    class Version(models.TextChoices):
        SNI2007 = "SNI2007", "SNI 2007"
        SNI2025 = "SNI2025", "SNI 2025"

    version = models.CharField(max_length=7, choices=Version.choices)
    code = models.CharField(max_length=5)

    class Meta:
        verbose_name = _("bransch (SNI)")
        ordering: ClassVar = ["version", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "code"], name="sni_code_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name} ({self.get_version_display()})"


class CircularStrategy(Bilingual):
    """A circular business strategy, C01–C13, or E00 (energy recovery), which is recorded but never credited."""

    code = models.CharField(primary_key=True, max_length=3)
    definition_sv = models.TextField()
    definition_en = models.TextField()
    is_credited = models.BooleanField(default=True)
    # The same strategy in other schemes; the scheme stands in the field's name.
    r_strategies_potting = models.CharField(max_length=40, blank=True)
    bocken_loop = models.CharField(max_length=40, blank=True)
    accenture_model = models.CharField(max_length=60, blank=True)
    rise_dimension = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("cirkulär strategi")
        ordering: ClassVar = ["code"]

    @property
    def definition(self) -> str:
        """The definition in the reader's language."""
        return self.definition_en if get_language() == "en" else self.definition_sv


class Indicator(Bilingual):
    """A key figure: A activity, U business outcome, M environment, and the ERDF's own codes."""

    code = models.CharField(primary_key=True, max_length=10)
    unit = models.CharField(max_length=80)
    definition_sv = models.TextField()
    definition_en = models.TextField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["code"]


class AssessmentDimension(Bilingual):
    """One of the ten dimensions of the maturity assessment."""

    code = models.CharField(primary_key=True, max_length=3)

    class Meta:
        ordering: ClassVar = ["code"]


class AssessmentLevel(models.Model):
    """What must be entirely true for a level, 0–5, of a dimension."""

    dimension = models.ForeignKey(AssessmentDimension, models.PROTECT, related_name="levels")
    level = models.PositiveSmallIntegerField()
    descriptor_sv = models.TextField()
    descriptor_en = models.TextField()

    class Meta:
        ordering: ClassVar = ["dimension", "level"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dimension", "level"], name="assessment_level_once"),
            models.CheckConstraint(condition=models.Q(level__lte=5), name="assessment_level_0_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.dimension_id} {self.level}"


class GlossaryTerm(models.Model):
    """Which English word stands for which Swedish one."""

    sv = models.CharField(primary_key=True, max_length=80)
    en = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.sv} = {self.en}"
