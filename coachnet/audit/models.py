"""What is not a change of a row but still must be known: sign-ins, exports and denied attempts."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccessEvent(models.Model):
    """One sign-in, sign-out, export or refusal. Rows are added, never changed or removed."""

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("Inloggning")
        SIGN_IN_FAILED = "sign_in_failed", _("Misslyckad inloggning")
        SIGN_OUT = "sign_out", _("Utloggning")
        SECURITY = "security", _("Ändrad inloggning")
        EXPORT = "export", _("Export")
        DENIED = "denied", _("Nekad åtkomst")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", null=True, db_constraint=False)
    at = models.DateTimeField(default=timezone.now)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    url = models.CharField(max_length=500, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["-at", "-id"], name="access_event_newest_first")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()}"
