"""Counting in the shared cache, so that all web processes count together."""

from django.core.cache import cache
from redis.exceptions import RedisError


def count_in_window(key: str, seconds: int) -> int:
    """Count one more for the key and give the sum since its window opened; windows close after `seconds`.

    Without the cache the answer is 1: counting must not be what stops people from working.
    """
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key)
    except (RedisError, ValueError):  # ValueError: the window closed between the two calls
        return 1
