"""Settings, all from the environment. `COACHNET_MODE` decides how strict they are; production is the default."""

import logging
import os
import re
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from coachnet.audit.masking import mask_record
from coachnet.lib import embedded
from coachnet.lib.env import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = os.environ.get("COACHNET_MODE", "production")
MODES = ("production", "development", "demo", "test")
if MODE not in MODES:
    raise ImproperlyConfigured(f"COACHNET_MODE is {MODE!r}. Write one of {', '.join(MODES)}.")

PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
DEBUG = MODE == "development"

env = Environment()
_database_url, _redis_url = (None, None) if PRODUCTION else embedded.urls(MODE)
_local_hint = "For local work, run make demo or set COACHNET_MODE=development."

# --- Secrets and hosts -------------------------------------------------------------------------

_local_secret = None if PRODUCTION else f"only-for-{MODE}-never-in-production-" + "0" * 50
SECRET_KEY = env.text("SECRET_KEY", _local_secret, secret=True, hint=_local_hint)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
# Encrypts a sole trader's personnummer; the first key writes, all keys read.
FIELD_ENCRYPTION_KEYS = env.words(
    "FIELD_ENCRYPTION_KEYS",
    "" if PRODUCTION else "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=",
    required="Make one with: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'",
)
SITE_URL = env.text(
    "SITE_URL",
    None if PRODUCTION else "http://localhost:8000",
    hint="The public address, such as https://coachnet.example.se",
).rstrip("/")
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS",
    "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver",
    required="Name the hosts that serve Coachnet, separated by commas.",
)
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []
# How many reverse proxies stand in front: decides which X-Forwarded-For entry is believed.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 1 if PRODUCTION else 0)
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Apps and middleware -----------------------------------------------------------------------

INSTALLED_APPS = [
    "coachnet.lib",
    "coachnet.audit",
    "coachnet.accounts",
    "coachnet.notifications",
    "coachnet.operations",
    "companies",
    "coaching",
    "events",
    "dashboards",
    "coachnet.api",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "django_cotton",
    "django_htmx",
    "django_structlog",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "coachnet.lib.apps.UsedStaticFilesConfig",
    "django.forms",
]
OIDC_SERVER_URL = env.text("OIDC_SERVER_URL", "")
if OIDC_SERVER_URL or MODE == "test":
    # It brings an HTTP client of five megabytes, which who has no provider can do without.
    INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")
if DEMO or MODE == "test":
    INSTALLED_APPS.insert(0, "coachnet.demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "coachnet.operations.metrics.MetricsMiddleware",
    "coachnet.audit.middleware.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "coachnet.audit.middleware.AuditMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "coachnet.accounts.middleware.NoStoreMiddleware",
    "coachnet.accounts.middleware.LanguageMiddleware",
    "coachnet.accounts.middleware.MfaRequiredMiddleware",
    "coachnet.accounts.middleware.RoleGuardMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "coachnet.accounts.middleware.SeenMiddleware",
]

ROOT_URLCONF = "coachnet.urls"
WSGI_APPLICATION = "coachnet.wsgi.application"
FORM_RENDERER = "coachnet.lib.forms.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # Every template formats, translates and names files: loaded once here.
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "coachnet.lib.templatetags.formats",
                "coachnet.lib.templatetags.fields",
                "coachnet.lib.templatetags.kept",
                "coachnet.lib.templatetags.ui",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "coachnet.context.shell",
            ],
        },
    }
]
COTTON_DIR = "components"
# A component sees its own attributes and the context processors, never the variables around it.
COTTON_ISOLATE_BY_DEFAULT = True

# --- Data --------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", _database_url)}
if env.text("DATABASE_REPLICA_URL", ""):
    # Read by the overview and large exports while it keeps up; see coachnet/lib/replica.py.
    DATABASES["replica"] = env.database("DATABASE_REPLICA_URL")
DATABASE_ROUTERS = ["coachnet.lib.replica.Router"]
# Behind PgBouncer in transaction mode: nothing may outlive a transaction on a connection.
DATABASE_POOLED = env.flag("DATABASE_POOLED", default=False)
# Web processes keep a small pool; Celery sets DATABASE_POOL=0, since its children would multiply it.
_keeps_pool = env.flag("DATABASE_POOL", default=PRODUCTION and not DATABASE_POOLED)
_pool_size = env.number("DATABASE_POOL_SIZE", 8)
for _alias, _database in DATABASES.items():
    _database |= {
        "ATOMIC_REQUESTS": False,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": os.environ.get("TEST_DATABASE_NAME", "test_coachnet")},
        "DISABLE_SERVER_SIDE_CURSORS": DATABASE_POOLED,
    }
    _options = _database.setdefault("OPTIONS", {})
    _options["prepare_threshold"] = None  # Django's own default; PgBouncer depends on it
    if not DATABASE_POOLED:
        # How alike a search word and a name must be; the trigram index goes by this (see companies/search.py).
        # PgBouncer refuses it, and the role has to bring it along: see coachnet/operations/checks.py.
        _alike = "-c pg_trgm.word_similarity_threshold=0.45"
        _options["options"] = f"{_options.get('options', '')} {_alike}".strip()
    if _alias == "replica":
        _options.setdefault("connect_timeout", "2")  # it is passed over instead
    if _keeps_pool:
        # Seconds to wait for a free or a new connection before the person is told to try again.
        _options["pool"] = {
            "min_size": 0 if _alias == "replica" else 1,
            "max_size": _pool_size,
            "timeout": 2 if _alias == "replica" else 10,
        }
# A folder with pg_dump and pg_restore, if those on the path are older than the server (see docs/operations.md).
POSTGRES_PROGRAMS = env.text("POSTGRES_PROGRAMS", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis("REDIS_URL", _redis_url)
# Sign-in limits live here, so the cache is shared by all web processes.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CACHES["default"]["KEY_PREFIX"] = os.environ.get("TEST_DATABASE_NAME", MODE)

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"coachnet-{MODE}-"}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_ALWAYS_EAGER = MODE == "test"
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_DB_REUSE_MAX = 100
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "clear-expired-sign-ins": {"task": "coachnet.accounts.tasks.clear_expired", "schedule": 3600.0},
    # A safety net: invitations whose task was lost with the broker.
    "send-waiting-invitations": {
        "task": "coachnet.accounts.tasks.send_waiting_invitations",
        "schedule": 120.0,
    },
    "clear-old-drafts": {"task": "coaching.tasks.clear_old_drafts", "schedule": 3600.0},
    "refresh-figures": {"task": "dashboards.tasks.refresh_figures", "schedule": 30.0},
    "settle-meetings": {"task": "events.tasks.settle_events", "schedule": 30.0},
    "forget-answers": {"task": "coachnet.api.tasks.forget_answers", "schedule": 3600.0},
    "clear-diets": {"task": "events.tasks.clear_diets", "schedule": 3600.0},
    # At night, in batches: reminders follow from the facts again, whatever an import or a restored copy did.
    "align-reminders": {
        "task": "coaching.tasks.align_reminders",
        "schedule": crontab(hour="2", minute="40"),
        "options": {"expires": 3600},
    },
    # The tick of reminders and messages. One that waited for a worker until the next is of no use.
    "send-due": {
        "task": "coachnet.notifications.tasks.send_due",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
}

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "coachnet.lib.static.BundledStaticFilesStorage"
        if PRODUCTION or DEMO
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Fonts and pictures are small as they are, and nobody but a developer's tools asks for a source map.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
# Without collected files (development, tests) they are served straight from their source.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = not (PRODUCTION or DEMO)

# --- Mail --------------------------------------------------------------------------------------

_mail = env.mail("EMAIL_URL", None if PRODUCTION else "smtp://127.0.0.1:2525")
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.ssl, _mail.starttls
EMAIL_TIMEOUT = 10  # seconds for each answer of the mail server
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL",
    None if PRODUCTION else "Coachnet <no-reply@coachnet.example>",
    hint="The sender, such as Coachnet <no-reply@coachnet.example.se>",
)
# Where mail comes back to that could not be delivered; the signature of each mail is put in (notifications/bounces.py).
BOUNCE_ADDRESS = env.text("BOUNCE_ADDRESS", "")
if BOUNCE_ADDRESS and not re.fullmatch(r"[\w.-]{1,23}@([\w-]+\.)+[\w-]{2,}", BOUNCE_ADDRESS, re.ASCII):
    env.faults.append(
        f"BOUNCE_ADDRESS is {BOUNCE_ADDRESS!r}. Write an address with at most 23 plain characters before the @, "
        "such as bounces@coachnet.example.se."
    )
SUPPORT_EMAIL = env.text("SUPPORT_EMAIL", "stod@coachnet.example" if not PRODUCTION else None)

# --- Language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Svenska")), ("en", _("Engelska"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = PRODUCTION
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True
# The month in which a programme year begins: one that begins a quarter, so that quarters fill years.
PROGRAMME_YEAR_STARTS = env.number("PROGRAMME_YEAR_STARTS", 1)
if PROGRAMME_YEAR_STARTS not in (1, 4, 7, 10):
    raise ImproperlyConfigured("PROGRAMME_YEAR_STARTS is a month that begins a quarter: 1, 4, 7 or 10.")

# --- Sign-in -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["coachnet.accounts.backends.SignInBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "coachnet.accounts.passwords.GuessableValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "coachnet.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "coachnet.accounts.adapters.SocialAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
# On a phone the browser is closed many times a day: a sign-in lasts SESSION_COOKIE_AGE, then it is over.
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Beside allauth's own limits, in the shared cache: ten failed sign-ins a minute from one address, five in five
# minutes on one account. Inviting is limited too: nobody floods strangers with our mail.
ACCOUNT_RATE_LIMITS = {"invite": "60/h/user", "accept_invitation": "20/m/ip"}
ACCOUNT_FORMS = {
    "login": "coachnet.accounts.signin_forms.LoginForm",
    "reauthenticate": "coachnet.accounts.signin_forms.ReauthenticateForm",
    "change_password": "coachnet.accounts.signin_forms.ChangePasswordForm",
    "set_password": "coachnet.accounts.signin_forms.SetPasswordForm",
    "reset_password": "coachnet.accounts.signin_forms.ResetPasswordForm",
    "reset_password_from_key": "coachnet.accounts.signin_forms.ResetPasswordKeyForm",
    "add_email": "coachnet.accounts.signin_forms.AddEmailForm",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
MFA_ADAPTER = "coachnet.accounts.adapters.SecondStepAdapter"
MFA_FORMS = {
    "authenticate": "coachnet.accounts.signin_forms.CodeForm",
    "reauthenticate": "coachnet.accounts.signin_forms.ReauthenticateCodeForm",
    "activate_totp": "coachnet.accounts.signin_forms.ActivateAppForm",
    "add_webauthn": "coachnet.accounts.signin_forms.AddPasskeyForm",
    "edit_webauthn": "coachnet.accounts.signin_forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Coachnet"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # localhost over plain http
# Roles that must have a second step; empty in the demo, where anyone may try each role with one click.
MFA_REQUIRED_ROLES = env.words("MFA_REQUIRED_ROLES", "" if DEMO else "organiser,official,admin")
USERSESSIONS_TRACK_ACTIVITY = True
INVITATION_DAYS = env.number("INVITATION_DAYS", 14)
# How long a place from a waiting list is held for the next in line; never longer than half the time to the start.
EVENT_OFFER_HOURS = env.number("EVENT_OFFER_HOURS", 24)

# An OpenID Connect provider is switched on by naming it (OIDC_SERVER_URL, above).
SOCIALACCOUNT_PROVIDERS = {}
# The provider vouches for the address: whoever has an account here with that verified address is signed in to it.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_AUTO_SIGNUP = True  # no form in between: the adapter refuses those without an account
_oidc_origin = "{0.scheme}://{0.netloc}".format(urlsplit(OIDC_SERVER_URL)) if OIDC_SERVER_URL else ""
if OIDC_SERVER_URL:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "organisation",
                "name": env.text("OIDC_NAME", "OpenID Connect"),
                "client_id": env.text("OIDC_CLIENT_ID", hint="Given by the identity provider."),
                "secret": env.text("OIDC_CLIENT_SECRET", hint="Given by the identity provider."),
                "settings": {"server_url": OIDC_SERVER_URL},
            }
        ],
    }

# --- Cookies and headers -----------------------------------------------------------------------

SESSION_ENGINE = "coachnet.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "coachnet.views.csrf_failure"
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        # Signing in at the organisation is a form that ends in a redirect there.
        "form-action": [SELF, *([_oidc_origin] if _oidc_origin else [])],
        "frame-src": [SELF] if DEMO else [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- The open interface ------------------------------------------------------------------------

# Keys only, JSON only; nothing that a page of DRF's own would need.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["coachnet.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["coachnet.api.permissions.KeyMay"],
    "DEFAULT_THROTTLE_CLASSES": ["coachnet.api.throttling.PersonThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "coachnet.api.problems.handle",
    "UNICODE_JSON": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Coachnet",
    "DESCRIPTION": "The open interface: what a person's pages show her, for programs. See docs/api.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # What a change must hold is said by its own serializer.
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {
        "SessionState": "coaching.models.Session.State",
        "EventState": "events.models.Event.State",
        "RegistrationState": "events.models.Registration.State",
    },
    "PREPROCESSING_HOOKS": ["coachnet.api.description.tell_of_questions"],
    "POSTPROCESSING_HOOKS": [
        "coachnet.api.description.tell_of_local_times",
        "coachnet.api.description.tell_of_strictness",
        "drf_spectacular.hooks.postprocess_schema_enums",
        "coachnet.api.description.tell_of_problems",
    ],
}
# How many questions one person may ask within a minute, however many keys she has.
API_REQUESTS_PER_MINUTE = 120

# --- Audit -------------------------------------------------------------------------------------

PGHISTORY_APPEND_ONLY = True

# --- Metrics -----------------------------------------------------------------------------------

# What monitoring must show to read /health/metrics/; empty closes it.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    env.faults.append("METRICS_TOKEN is too short: use at least 32 random characters.")
if METRICS_TOKEN:
    # Monitoring asks each web server by its own address.
    with suppress(OSError):
        ALLOWED_HOSTS += socket.gethostbyname_ex(socket.gethostname())[2]

# --- Logs --------------------------------------------------------------------------------------

# One JSON object per line in production. The last step masks secrets, whoever logged them.
_shared_processors: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_shared_processors,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask_record,
                structlog.processors.JSONRenderer(ensure_ascii=False)
                if PRODUCTION
                else structlog.dev.ConsoleRenderer(
                    colors=False, exception_formatter=structlog.dev.plain_traceback
                ),
            ],
            "foreign_pre_chain": _shared_processors,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    # Our own middleware tells of each request once, failures with their traceback.
    "loggers": {"django.request": {"level": "CRITICAL"}, "django.server": {"level": "CRITICAL"}},
}

env.finish()
