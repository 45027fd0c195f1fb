"""People, the organisations that employ them, and invitations to the network."""

from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.roles import ROLES, Admin, Permission, Role, permissions_of, role_name
from coachnet.audit.tracking import audited
from coachnet.lib.swedish import SvSearchKey, SvSortKey

# Recovery codes are a way back in, not a step of their own.
SECOND_STEPS = ("totp", "webauthn")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Sets of organisations."""

    def with_people_count(self) -> "OrganisationQuerySet":
        """Annotate `people_count`: open accounts of people who work there."""
        return self.annotate(people_count=Count("people", filter=Q(people__is_active=True))).order_by(
            "sort_key"
        )


@audited(exclude=["sort_key", "search_key"])
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

    class SubRegion(models.TextChoices):
        """The four sub-regions of Västra Götaland, by the codes of the reference data."""

        BOR = "BOR", _("Boråsregionen")
        FYR = "FYR", _("Fyrbodal")
        GBG = "GBG", _("Göteborgsregionen")
        SKA = "SKA", _("Skaraborg")

    name = models.CharField(_("namn"), max_length=200, unique=True)
    kind = models.CharField(_("slag"), max_length=20, choices=Kind.choices)
    access_regime = models.CharField(_("offentlighetsregim"), max_length=20, choices=AccessRegime.choices)
    # Blank for those that work in the whole region.
    sub_region = models.CharField(_("delregion"), max_length=3, choices=SubRegion.choices, blank=True)
    website = models.URLField(_("webbplats"), blank=True)
    closed_on = models.DateField(_("avslutad"), null=True, blank=True)
    sort_key = models.GeneratedField(
        expression=SvSortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    search_key = models.GeneratedField(
        expression=SvSearchKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisationer")
        ordering: ClassVar = ["sort_key"]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    """Sets of people."""

    def active(self) -> "UserQuerySet":
        """Those whose account is open."""
        return self.filter(is_active=True)

    def holding(self, role: type[Role]) -> "UserQuerySet":
        """Those who have the role, perhaps among others."""
        return self.filter(roles__contains=[role.key])

    def matching(self, text: str) -> "UserQuerySet":
        """Those whose name, e-mail, title or organisation has every word, accents and case aside."""
        found = self
        for word in text.split()[:10]:
            key = SvSearchKey(Value(word))
            found = found.filter(Q(search_key__contains=key) | Q(organisation__search_key__contains=key))
        return found

    def in_swedish_order(self) -> "UserQuerySet":
        """By name, å ä ö last."""
        return self.order_by("sort_key", "pk")


class UserManager(BaseUserManager["User"]):
    """Makes people; `create_superuser` gives the first admin of a new installation."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A person who can sign in; without a password only by passkey, OIDC or reset."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """The first admin, made from the command line."""
        return self.create_user(email, password, roles=[Admin.key], **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by e-mail whatever its case."""
        return self.get(email__iexact=username)


@audited(exclude=["password", "last_login", "sort_key", "search_key"], labels={"roles": role_name})
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
        Organisation,
        models.PROTECT,
        related_name="people",
        null=True,
        blank=True,
        verbose_name=_("organisation"),
    )
    organisation_since = models.DateField(_("anställd sedan"), default=timezone.localdate)
    roles = ArrayField(models.CharField(max_length=20), verbose_name=_("roller"), default=list, blank=True)
    shortcuts_on = models.BooleanField(_("tangentgenvägar"), default=True)
    is_active = models.BooleanField(_("aktiv"), default=True)
    # Sessions that began before do not count: part of what each session is checked against.
    signed_out_at = models.DateTimeField(null=True, editable=False)
    joined_at = models.DateTimeField(_("med sedan"), default=timezone.now, editable=False)
    sort_key = models.GeneratedField(
        expression=SvSortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    search_key = models.GeneratedField(
        expression=SvSearchKey(
            Concat("name", Value(" "), "email", Value(" "), "title", output_field=models.TextField())
        ),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("personer")
        indexes: ClassVar = [models.Index(fields=["sort_key", "id"], name="user_swedish_order")]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(condition=Q(roles__contained_by=list(ROLES)), name="user_known_roles"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def role_classes(self) -> list[type[Role]]:
        """The person's roles, to be named and explained."""
        return [ROLES[key] for key in self.roles if key in ROLES]

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything this person's roles allow; nothing once the account is closed."""
        return permissions_of(self.roles) if self.is_active else frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether any of the person's roles carries the permission."""
        return permission in self.permissions

    @cached_property
    def has_second_step(self) -> bool:
        """Whether an authenticator app or a passkey stands beside the password.

        Our sign-in backend fetches it with the person, so that asking costs no query.
        """
        return second_steps_of(self.pk).exists()

    @property
    def must_have_second_step(self) -> bool:
        """Whether one of the roles demands a second step (setting MFA_REQUIRED_ROLES)."""
        return not set(self.roles).isdisjoint(settings.MFA_REQUIRED_ROLES)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django ends sessions when the password changes; signing out everywhere ends them too."""
        value = f"{self.password}{self.signed_out_at or ''}"
        return salted_hmac("coachnet.accounts.User", value, secret=secret, algorithm="sha256").hexdigest()

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


def second_steps_of(user: int | OuterRef) -> models.QuerySet[Any]:
    """The authenticator app and the passkeys of one person, or of each in an outer query."""
    # allauth's models cannot be imported here: they need this one first.
    authenticator = apps.get_model("mfa", "Authenticator")
    return authenticator._default_manager.filter(user=user, type__in=SECOND_STEPS)


def with_second_step(people: models.QuerySet[User]) -> models.QuerySet[User]:
    """Annotate each person with `second_step`: an authenticator app or a passkey is registered."""
    return people.annotate(second_step=Exists(second_steps_of(OuterRef("pk"))))


@audited()
class PastEmployment(models.Model):
    """An employer a person has left; what was logged there keeps that organisation."""

    user = models.ForeignKey(User, models.PROTECT, related_name="past_employments", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    title = models.CharField(_("titel"), max_length=120, blank=True)
    started_on = models.DateField(_("började"))
    ended_on = models.DateField(_("slutade"))

    class Meta:
        verbose_name = _("tidigare anställning")
        verbose_name_plural = _("tidigare anställningar")
        ordering: ClassVar = ["-ended_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("started_on")), name="past_employment_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.organisation} {self.started_on}–{self.ended_on}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Sets of invitations."""

    def open(self) -> "InvitationQuerySet":
        """Those that can still be accepted."""
        return self.unanswered().filter(expires_at__gt=timezone.now())

    def unanswered(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; the time of some may have run out."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def unsent(self) -> "InvitationQuerySet":
        """Open ones whose mail has not been handed over yet."""
        return self.open().filter(sent_at=None, refused_at=None)


@audited(exclude=["token_hash"], labels={"roles": role_name})
class Invitation(models.Model):
    """An invitation to the network, sent by e-mail. Its link works once, until it expires or is withdrawn."""

    class State(models.TextChoices):
        """Where an invitation stands, derived from its times."""

        WAITING = "waiting", _("Skickas")
        SENT = "sent", _("Skickad")
        REFUSED = "refused", _("Kom inte fram")
        EXPIRED = "expired", _("Gick ut")
        ACCEPTED = "accepted", _("Antagen")
        WITHDRAWN = "withdrawn", _("Tillbakadragen")

    email = models.EmailField(_("e-post"))
    name = models.CharField(_("namn"), max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    roles = ArrayField(models.CharField(max_length=20), verbose_name=_("roller"))
    language = models.CharField(
        _("språk"), max_length=2, choices=User.Language.choices, default=User.Language.SV
    )
    message = models.TextField(_("hälsning"), blank=True, max_length=1000)
    # SHA-256 of the link's token: a copy of the database opens no invitation. The token itself is made
    # when the mail is sent and stands nowhere but in that mail; until then there is none.
    token_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("inbjuden av"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    refused_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(_("gäller till"))
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.OneToOneField(
        User, models.PROTECT, related_name="invitation", null=True, editable=False
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("inbjudan")
        verbose_name_plural = _("inbjudningar")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(roles__contained_by=list(ROLES)) & ~Q(roles=[]), name="invitation_known_roles"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_accepted_or_withdrawn",
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_one_unanswered_per_email",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def state(self) -> "Invitation.State":
        """What has become of it."""
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        if self.expires_at <= timezone.now():
            return self.State.EXPIRED
        if self.refused_at:
            return self.State.REFUSED
        return self.State.SENT if self.sent_at else self.State.WAITING

    @property
    def is_unanswered(self) -> bool:
        """Whether it may be sent again or withdrawn."""
        return not self.accepted_at and not self.withdrawn_at

    @property
    def role_classes(self) -> list[type[Role]]:
        """The roles it gives, to be named and explained."""
        return [ROLES[key] for key in self.roles]
