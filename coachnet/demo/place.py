"""Where the demo keeps its things, and the proof that nothing else is within its reach."""

from django.core.exceptions import ImproperlyConfigured

from coachnet.lib.embedded import Place

PLACE = Place("demo")
MAIL = PLACE.data / "mail"
SCHEDULE = PLACE.data / "beat-schedule"
PREPARED = PLACE.data / "prepared"
PARTS = PLACE.data / "parts"
ADDRESS = PLACE.data / "address"
HOSTS = ("localhost", "127.0.0.1", "[::1]", "::1", "testserver")
# What the demo decides itself. One of these in the environment means that somebody mixes things up.
NOT_FOR_THE_DEMO = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "ALLOWED_HOSTS", "OIDC_SERVER_URL")


def refuse_foreign(settings: object) -> None:
    """Stop the start unless database, cache, mail server and hosts are the demo's own.

    Errors: ImproperlyConfigured, with a sentence per foreign part.
    """
    faults = []
    database = getattr(settings, "DATABASES", {}).get("default", {})
    if database.get("HOST") != str(PLACE.runtime):
        faults.append("DATABASE_URL names a database that is not the demo's own. Unset it.")
    if not getattr(settings, "REDIS_URL", "").startswith(f"unix://{PLACE.redis_socket}"):
        faults.append("REDIS_URL names a server that is not the demo's own. Unset it.")
    if getattr(settings, "EMAIL_HOST", "") not in HOSTS:
        faults.append("EMAIL_URL names a mail server outside this machine. The demo sends no mail out.")
    if foreign := [host for host in getattr(settings, "ALLOWED_HOSTS", []) if host not in HOSTS]:
        faults.append(f"ALLOWED_HOSTS names {', '.join(foreign)}. The demo only serves this machine.")
    if faults:
        raise ImproperlyConfigured(
            "The demo does not start:\n" + "\n".join(f"  - {fault}" for fault in faults)
        )
