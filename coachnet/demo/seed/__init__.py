"""The invented network: people and companies that do not exist, made through the same actions as real ones."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from coaching.actions import add_coach
from coaching.models import Programme, Session
from coachnet.accounts.models import User
from coachnet.audit.context import acting
from coachnet.demo.cast import CAST
from coachnet.demo.seed.coaching import Teller
from coachnet.demo.seed.companies import invented, plant_company
from coachnet.demo.seed.meetings import plant_meetings
from coachnet.demo.seed.network import plant_network
from coachnet.demo.seed.people import plant_invitation, plant_people
from coachnet.demo.seed.reminders import plant_reminders
from coachnet.demo.seed.targets import plant_targets
from coachnet.demo.seed.today import plant_agenda, plant_today
from companies.actions import mark_confidential
from companies.models import Company

CONFIDENTIAL = "Tångräkan Material AB"
# How many days ago the last session of the demo coach's own companies was; three have been quiet for long.
LAST_SESSION = {
    "Kvarnåns Arbetsplagg AB": 21,
    "Grönbo Emballage AB": 18,
    "Skimra Ljudabsorbenter AB": 12,
    "Emmabo Byggåterbruk AB": 30,
    "Hjulspår Cykelservice AB": 40,
    "Spillro Plast AB": 9,
    "Limmabo Trämoduler AB": 5,
    "Brunnslyckan Kontorsmöbler AB": 63,
    "Åkerbär Livsmedel AB": 78,
    "Lyktan & Loop Belysning AB": 94,
}
SHARED = (("Kvarnåns Arbetsplagg AB", "Amir Haddad"), ("Bergsnäs Båtservice AB", "Tove Hallin"))


@transaction.atomic
def plant() -> bool:
    """Plant the network if nobody is here yet. True if it did."""
    if User.objects.exists():
        return False
    today = timezone.localdate()
    with acting(command="seed_demo"):
        people = plant_people()
        plant_invitation(people)
        programme = Programme.objects.create(
            name=f"Cirkulär design och nya affärer {today.year}",
            starts_on=dt.date(today.year - 1, 1, 1),
            ends_on=dt.date(today.year + 1, 12, 31),
        )
    _plant_companies(people, Teller(programme, today))
    with acting(command="seed_demo"):
        plant_network(people, programme, today)
    secretive = Company.objects.get(name=CONFIDENTIAL)
    with acting(user=secretive.responsible_coach_id):
        mark_confidential(
            by=people["Örjan Berg"],
            company=secretive,
            reason="Patentansökan pågår, recepturen får inte spridas.",
            provision="30 kap. 23 § OSL",
        )
    with acting(user=people["Maja Ekdahl"].pk):
        plant_today(people["Maja Ekdahl"])
        plant_reminders(people["Maja Ekdahl"])
    with acting(user=people["Vera Nyberg"].pk):
        plant_targets(today)
    plant_meetings(people)
    return True


def refresh() -> bool:
    """Give the demo's coach a day with visits again, when she has none today. True if it did."""
    coach = User.objects.get(email=CAST[0].email)
    if Session.objects.of(coach).on_day(timezone.localdate()).exists():
        return False
    with transaction.atomic(), acting(user=coach.pk):
        plant_agenda(coach)
    return True


def _plant_companies(people: dict[str, User], teller: Teller) -> None:
    shared = dict(SHARED)
    for place, line in enumerate(invented()):
        by = people[line.coach or "Adam Sjöstrand"]
        with acting(user=by.pk):
            company = plant_company(line, by=by)
            if line.coach:
                last = LAST_SESSION.get(line.name, 3 + (place * 7) % 55)
                engagement = teller.tell(line, company, lead=by, last_days_ago=last)
                if line.name in shared:
                    add_coach(by=by, engagement=engagement, coach=people[shared[line.name]])
