"""What is not a change of a row but still must be known: sign-ins, exports, denied attempts, and what was erased."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccessEvent(models.Model):
    """One sign-in, sign-out, change of credentials, export or refusal. Rows are added, never changed or removed.

    `user` is the person whose sign-in or attempt it was. `detail` holds short facts, never a secret or a note:
    see coachnet.audit.access for the keys of each kind.
    """

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("Inloggning")
        SIGN_IN_FAILED = "sign_in_failed", _("Misslyckad inloggning")
        SIGN_OUT = "sign_out", _("Utloggning")
        SECURITY = "security", _("Ändrad inloggning")
        EXPORT = "export", _("Export")
        DENIED = "denied", _("Nekad åtkomst")

    kind = models.CharField(_("slag"), max_length=20, choices=Kind.choices)
    # No constraint: the row outlives the account.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
        verbose_name=_("person"),
    )
    at = models.DateTimeField(_("tidpunkt"), default=timezone.now)
    address = models.GenericIPAddressField(_("adress"), null=True)
    request_id = models.CharField(max_length=64, blank=True)
    url = models.CharField(max_length=500, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("åtkomsthändelse")
        verbose_name_plural = _("åtkomsthändelser")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="access_event_newest_first"),
            models.Index(fields=["user", "-at", "-id"], name="access_event_of_person"),
            models.Index(fields=["kind", "-at", "-id"], name="access_event_of_kind"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()}"


class Erasure(models.Model):
    """That the personal data of one thing were erased: which, when, by whom and by what decision; never what they were.

    Kept for good: whoever brings an older copy of the database back erases the same again (coachnet.operations).
    """

    # As in `_meta.label_lower`.
    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    decision = models.CharField(_("beslut"), max_length=120)
    # No constraint: the row outlives the account.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
        verbose_name=_("person"),
    )
    at = models.DateTimeField(_("tidpunkt"), default=timezone.now)

    class Meta:
        verbose_name = _("radering")
        verbose_name_plural = _("raderingar")
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="erasure_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.at:%Y-%m-%d}"
