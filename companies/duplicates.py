"""Is the company already there? Asked while a new one is typed, and again before it is saved."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.lib.encrypted import keyed_hashes
from coachnet.lib.swedish import Similarity, SvSearchKey
from companies import organisation_number, personal_number
from companies.models import Company, Municipality
from companies.querysets import CompanyQuerySet

ALIKE = 0.5
SHOWN = 5
# All that may be said of a number that belongs to a company with sekretessmarkering.
HIDDEN_NUMBER = _("Numret finns redan hos en annan coach. Kontakta administratören.")


@dataclass(frozen=True)
class Duplicates:
    """What was found. A company that the person may not see is never named, here or elsewhere."""

    same_number: Company | None = None
    number_is_hidden: bool = False
    similar: list[Company] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.same_number or self.number_is_hidden or self.similar)


def find(
    *,
    user: User,
    name: str = "",
    number: str = "",
    personal: str = "",
    municipality: Municipality | None = None,
    other_than: Company | None = None,
) -> Duplicates:
    """Look by number, by owner (a sole trader's personnummer) and by name.

    Numbers as written; one that cannot be read is not looked for.
    """
    every = Company.objects.exclude(pk=other_than.pk) if other_than else Company.objects.all()
    visible = every.visible_to(user)
    digits = _readable(organisation_number.clean, number)
    same = hidden = None
    if digits:
        same = visible.filter(organisation_number=digits).first()
        hidden = None if same else every.filter(organisation_number=digits).first()
    similar = _similar(visible, name, _readable(personal_number.clean, personal), municipality)
    return Duplicates(same, hidden is not None, [company for company in similar if company != same])


def _similar(
    visible: CompanyQuerySet, name: str, owner: str, municipality: Municipality | None
) -> list[Company]:
    likeness = Q()
    if name.strip():
        # The name alone, without the form's letters that half of all names end with.
        key = Replace(SvSearchKey(Value(name.strip())), Value(" ab"))
        visible = visible.annotate(likeness=Similarity(Replace("search_key", Value(" ab")), key))
        near = Q(municipality=municipality) | Q(municipality=None) if municipality else Q()
        # The second condition holds whenever the first does, and is the one that the index answers.
        likeness |= Q(likeness__gt=ALIKE, search_key__trigram_word_similar=key) & near
    if owner:
        likeness |= Q(personal_number_hash__in=keyed_hashes(owner))
    if not likeness:
        return []
    order = ["-likeness", "sort_key"] if name.strip() else ["sort_key"]
    return list(visible.filter(likeness).select_related("municipality").order_by(*order)[:SHOWN])


def _readable(clean: Callable[[str], str], written: str) -> str:
    try:
        return clean(written) if written else ""
    except ValidationError:
        return ""
