"""People, the organisations that employ them, and invitations to the network."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.roles import ROLES, Admin, Permission, permissions_of
from coachnet.audit.tracking import audited


@audited()
class Organisation(models.Model):
    """One of the network's actors: it employs coaches, leads the network or follows it."""

    class Kind(models.TextChoices):
        SCIENCE_PARK = "science_park", _("Science park")
        INCUBATOR = "incubator", _("Inkubator")
        INSTITUTE = "institute", _("Forskningsinstitut")
        UNIVERSITY = "university", _("Universitet eller högskola")
        MUNICIPALITY = "municipality", _("Kommun")
        REGION = "region", _("Region")
        ASSOCIATION = "association", _("Kommunalförbund")
        INDUSTRY = "industry", _("Industriellt utvecklingscentrum")
        ADVISER = "adviser", _("Rådgivare eller finansiär")
        OTHER = "other", _("Annan")

    class AccessRegime(models.TextChoices):
        """How far the principle of public access reaches (domain: public access, item 7)."""

        STATE_AUTHORITY = "state_authority", _("Statlig myndighet")
        LOCAL_AUTHORITY = "local_authority", _("Kommunal eller regional myndighet")
        PUBLIC_COMPANY = "public_company", _("Kommunalt eller regionalt bolag")
        STATE_COMPANY = "state_company", _("Statligt bolag")
        PRIVATE = "private", _("Privat organisation eller förening")

    name = models.CharField(_("namn"), max_length=200, unique=True)
    kind = models.CharField(_("slag"), max_length=20, choices=Kind.choices)
    access_regime = models.CharField(_("offentlighetsregim"), max_length=20, choices=AccessRegime.choices)
    website = models.URLField(_("webbplats"), blank=True)
    closed_on = models.DateField(_("avslutad"), null=True, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisationer")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes people; `create_superuser` gives the first admin of a new installation."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who can sign in; without a password only by passkey, OIDC or reset."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """The first admin, made from the command line."""
        return self.create_user(email, password, roles=[Admin.key], **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by e-mail whatever its case."""
        return self.get(email__iexact=username)


@audited(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """A person in the network. Guests from companies are contacts, not users."""

    class Language(models.TextChoices):
        SV = "sv", _("Svenska")
        EN = "en", _("Engelska")

    email = models.EmailField(_("e-post"), unique=True)
    name = models.CharField(_("namn"), max_length=120)
    title = models.CharField(_("titel"), max_length=120, blank=True)
    phone = models.CharField(_("telefon"), max_length=40, blank=True)
    language = models.CharField(_("språk"), max_length=2, choices=Language.choices, default=Language.SV)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="people", null=True, blank=True, verbose_name=_("organisation")
    )
    organisation_since = models.DateField(_("anställd sedan"), default=timezone.localdate)
    roles = ArrayField(models.CharField(max_length=20), verbose_name=_("roller"), default=list, blank=True)
    shortcuts_on = models.BooleanField(_("tangentgenvägar"), default=True)
    is_active = models.BooleanField(_("aktiv"), default=True)
    joined_at = models.DateTimeField(_("med sedan"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("personer")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(condition=Q(roles__contained_by=list(ROLES)), name="user_known_roles"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything this person's roles allow; nothing once the account is closed."""
        return permissions_of(self.roles) if self.is_active else frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether any of the person's roles carries the permission."""
        return permission in self.permissions

    @property
    def is_staff(self) -> bool:
        """Django admin opens for admins only."""
        return self.may(Permission.ADMINISTER)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django admin asks this; there are no finer grants than the role."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """Django admin asks this for its index."""
        return self.is_staff

    def get_full_name(self) -> str:
        """The name as mails and messages show it."""
        return str(self)


@audited()
class PastEmployment(models.Model):
    """An employer a person has left; what was logged there keeps that organisation."""

    user = models.ForeignKey(User, models.PROTECT, related_name="past_employments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["-ended_on"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ended_on__gte=F("started_on")), name="past_employment_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.organisation} {self.started_on}–{self.ended_on}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Sets of invitations."""

    def open(self) -> "InvitationQuerySet":
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


@audited(exclude=["token_hash"])
class Invitation(models.Model):
    """An invitation to the network, sent by e-mail. Its link works once, until it expires or is withdrawn."""

    email = models.EmailField(_("e-post"))
    name = models.CharField(_("namn"), max_length=120, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    roles = ArrayField(models.CharField(max_length=20), verbose_name=_("roller"))
    language = models.CharField(
        _("språk"), max_length=2, choices=User.Language.choices, default=User.Language.SV
    )
    message = models.TextField(_("hälsning"), blank=True, max_length=1000)
    # SHA-256 of the link's token: a copy of the database opens no invitation.
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("inbjuden av"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(_("gäller till"))
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.OneToOneField(User, models.PROTECT, related_name="invitation", null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("inbjudan")
        verbose_name_plural = _("inbjudningar")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(roles__contained_by=list(ROLES)) & ~Q(roles=[]), name="invitation_known_roles"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_someone",
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_one_open_per_email",
            ),
        ]

    def __str__(self) -> str:
        return self.email
