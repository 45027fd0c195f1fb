"""Whether this process answers, and whether it can work. Says no more: anybody may ask."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

from coachnet.accounts.guards import public


@public("Asked by load balancers and containers")
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@public("Asked by load balancers and containers")
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 when Postgres and the shared cache answer, else 503."""
    works = _database_answers() and _cache_answers()
    return HttpResponse(
        "ok" if works else "not ready", status=200 if works else 503, content_type="text/plain"
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _cache_answers() -> bool:
    try:
        cache.get("health")
    except (RedisError, OSError):
        return False
    return True
