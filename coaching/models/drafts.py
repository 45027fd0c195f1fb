"""What has been typed into a session form and not yet sent."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coaching.models.sessions import Session
from coachnet.accounts.models import User
from companies.models import Company


class SessionDraftQuerySet(models.QuerySet["SessionDraft"]):
    """Sets of drafts. Nobody but the coach who typed reads a draft."""

    def of(self, user: User) -> Self:
        """The person's own drafts that have not been thrown away."""
        return self.filter(coach=user, discarded_at=None)

    def untouched_since(self, moment: dt.datetime) -> Self:
        """Those nobody has written in since."""
        return self.filter(updated_at__lt=moment)


class SessionDraft(models.Model):
    """What a coach has typed into a session form and not yet sent, exactly as typed.

    `key` is the id the session has or will have; two coaches who edit the same session have a draft each.
    Not audited: a draft is not yet a record and is weeded, not disposed of.
    """

    key = models.UUIDField(editable=False)
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    session = models.ForeignKey(Session, models.CASCADE, related_name="drafts", null=True, blank=True)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", null=True, blank=True)
    # The version of the session that the coach had before her when she began to type; 0 for a new one.
    base_version = models.PositiveIntegerField(default=0)
    # {field name: [values as typed]}
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    discarded_at = models.DateTimeField(null=True, editable=False)

    objects = SessionDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("utkast")
        verbose_name_plural = _("utkast")
        ordering: ClassVar = ["-updated_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coach", "key"], name="session_draft_once_per_coach"),
        ]

    def __str__(self) -> str:
        return f"{self.coach} {self.updated_at:%Y-%m-%d %H:%M}"
