"""The invented network: people and companies that do not exist, made through the same actions as real ones."""

from django.db import transaction

from coachnet.accounts.models import User
from coachnet.demo.seed.people import plant_people


@transaction.atomic
def plant() -> bool:
    """Plant the network if nobody is here yet. True if it did."""
    if User.objects.exists():
        return False
    plant_people()
    return True
