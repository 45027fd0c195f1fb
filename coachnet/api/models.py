"""Keys to the open interface, and the answers that repeated requests get again."""

import datetime as dt
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.audit.tracking import audited

# How long a repeated request gets its first answer again.
ANSWER_HOURS = 24


class Scope(models.TextChoices):
    """What a key may be used for, at most: the person's own roles decide within it."""

    READ = "read", _("Läsa det du själv ser")
    WRITE_COMPANIES = "write-companies", _("Lägga till och ändra företag")
    WRITE_ENGAGEMENTS = "write-engagements", _("Börja, ändra och avsluta uppdrag")
    WRITE_SESSIONS = "write-sessions", _("Planera, logga och ändra tillfällen")
    WRITE_ACTIONS = "write-actions", _("Lägga till och följa upp åtgärder")
    WRITE_REGISTRATIONS = "write-registrations", _("Svara på inbjudningar och pricka av")


# A scope that nobody could use is not offered: any of these makes use of it.
NEEDS: dict[str, set[Permission]] = {
    Scope.WRITE_COMPANIES: {Permission.EDIT_COMPANIES},
    Scope.WRITE_ENGAGEMENTS: {Permission.LOG_SESSIONS, Permission.ADMINISTER},
    Scope.WRITE_SESSIONS: {Permission.LOG_SESSIONS},
    Scope.WRITE_ACTIONS: {Permission.LOG_SESSIONS},
    Scope.WRITE_REGISTRATIONS: {Permission.SEE_MEETINGS},
}


def scope_name(key: str) -> str | Promise:
    """What a scope is called."""
    return Scope(key).label if key in Scope.values else key


def scopes_for(user: User) -> list[Scope]:
    """The scopes that the person's roles can make use of."""
    return [scope for scope in Scope if scope not in NEEDS or NEEDS[scope] & user.permissions]


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Sets of keys."""

    def of(self, user: User) -> Self:
        """The person's own."""
        return self.filter(user=user)

    def open(self, now: dt.datetime | None = None) -> Self:
        """Those that still open something: not revoked, not run out, of a person whose account is open."""
        return self.filter(revoked_at=None, expires_at__gt=now or timezone.now(), user__is_active=True)


# When a key was last used changes all day, and tells nothing of who may do what.
@audited(exclude=["token_hash", "last_used_at"], labels={"scopes": scope_name})
class ApiKey(models.Model):
    """A key that lets a program ask as one person. It never opens more than the person's own roles do."""

    user = models.ForeignKey(User, models.PROTECT, related_name="api_keys", verbose_name=_("person"))
    name = models.CharField(_("namn"), max_length=80)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("får"))
    # SHA-256 of the token: a copy of the database opens nothing. The token is shown once and stands nowhere.
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("skapad"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("gäller till"))
    revoked_at = models.DateTimeField(_("återkallad"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("senast använd"), null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("nyckel till det öppna gränssnittet")
        verbose_name_plural = _("nycklar till det öppna gränssnittet")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values) & ~Q(scopes=[]), name="api_key_known_scopes"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="api_key_expires_after_it_is_made"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it is neither revoked nor run out."""
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def scope_names(self) -> list[str | Promise]:
        """What it may be used for, in words."""
        return [scope_name(key) for key in self.scopes]

    def allows(self, scope: str) -> bool:
        """Whether it was made for this."""
        return scope in self.scopes


class StoredAnswerQuerySet(models.QuerySet["StoredAnswer"]):
    """Sets of stored answers."""

    def outlived(self, now: dt.datetime | None = None) -> Self:
        """Those that nobody can ask for again."""
        return self.filter(created_at__lte=(now or timezone.now()) - dt.timedelta(hours=ANSWER_HOURS))


class StoredAnswer(models.Model):
    """The answer to a request that wrote something, for the same request sent again.

    Holds the id of what was made, never what was written in it.
    """

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="answers")
    # Idempotency-Key, chosen by the client.
    name = models.CharField(max_length=100)
    # SHA-256 of where and what was sent: another request under the same name is refused.
    fingerprint = models.CharField(max_length=64)
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    objects = StoredAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("sparat svar")
        verbose_name_plural = _("sparade svar")
        indexes: ClassVar = [models.Index(fields=["created_at"], name="stored_answer_by_age")]
        constraints: ClassVar = [
            # Of two equal requests at once, the second waits here until the first is saved or undone.
            models.UniqueConstraint(fields=["key", "name"], name="stored_answer_once"),
        ]

    def __str__(self) -> str:
        return self.name
