"""What those who were at a meeting thought of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachnet.audit.tracking import audited
from events.models.events import Event
from events.models.invitations import EventInvitation


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Sets of feedback."""

    def on(self, event: Event) -> "FeedbackQuerySet":
        """What was said of one meeting."""
        return self.filter(invitation__event=event)


@audited()
class Feedback(models.Model):
    """A mark from one to five and some words. The organiser reads it without a name."""

    class Rating(models.IntegerChoices):
        """The label is what the person chooses."""

        FIVE = 5, _("Mycket nyttig")
        FOUR = 4, _("Nyttig")
        THREE = 3, _("Ganska nyttig")
        TWO = 2, _("Lite nyttig")
        ONE = 1, _("Inte nyttig")

    invitation = models.OneToOneField(
        EventInvitation, models.CASCADE, related_name="feedback", verbose_name=_("inbjudan")
    )
    rating = models.PositiveSmallIntegerField(_("hur nyttig"), choices=Rating.choices)
    text = models.TextField(_("vad tänker du"), blank=True, max_length=2000)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("omdöme")
        verbose_name_plural = _("omdömen")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rating__gte=1, rating__lte=5), name="feedback_between_one_and_five"
            ),
        ]

    def __str__(self) -> str:
        return self.get_rating_display()
