"""The people one may be in the demo. The seed makes them; the demo page signs in as them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.roles import Admin, Coach, Official, Organiser, Role


@dataclass(frozen=True)
class Member:
    """One demo login: the person, and what is worth seeing as this person."""

    key: str
    email: str
    role: type[Role]
    why: str | Promise


CAST = (
    Member(
        "coach",
        "maja.ekdahl@coachnet.example",
        Coach,
        _("Har tillfällen i dag, utkast och åtgärder att göra."),
    ),
    Member(
        "colleague", "ake.lindqvist@coachnet.example", Coach, _("Arbetar på samma organisation som Maja.")
    ),
    Member(
        "other",
        "orjan.berg@coachnet.example",
        Coach,
        _("Arbetar på en annan organisation och har ett sekretessmarkerat företag."),
    ),
    Member(
        "organiser",
        "sara.holm@coachnet.example",
        Organiser,
        _("Bjuder in personer och ser vilka företag nätverket arbetar med."),
    ),
    Member(
        "official",
        "vera.nyberg@coachnet.example",
        Official,
        _("Ser bara summerade siffror och kommer inte åt något företag."),
    ),
    Member(
        "admin",
        "adam.sjostrand@coachnet.example",
        Admin,
        _("Sköter personer och behörighet och läser loggen."),
    ),
)
