"""What operations asks of Celery's queue in Valkey, which may be away."""

from contextlib import suppress

from celery import current_app
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

AWAY = (OperationalError, RedisError, OSError)


def queue_depth() -> int | None:
    """How many tasks wait for a worker; None while Valkey is away."""
    with suppress(*AWAY), current_app.connection_for_read() as broker:
        # Not a passive declaration: Kombu forgets its own key prefix there and finds no queue.
        return int(broker.channel().client.llen(current_app.conf.task_default_queue))
    return None


def ask_for(task: str) -> bool:
    """Put a task into the queue, once more than the clock does. False while Valkey is away."""
    with suppress(*AWAY):
        import_string(task).apply_async(retry=False)  # a task is called by its place
        return True
    return False
