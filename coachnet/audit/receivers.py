"""What the platform hears of from Django, allauth and Celery."""

from contextlib import ExitStack
from typing import Any

from allauth.mfa.signals import authentication_failed
from celery.signals import task_postrun, task_prerun
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_failed_metadata, bind_extra_request_finished_metadata

from coachnet.audit.access import record, record_failed_sign_in
from coachnet.audit.context import acting
from coachnet.audit.middleware import describe_request, remember_person
from coachnet.audit.models import AccessEvent

METHODS_IN_SESSION = "account_authentication_methods"


def signed_in(sender: object, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """A person came in."""
    remember_person(request, user)
    steps = request.session.get(METHODS_IN_SESSION, []) if hasattr(request, "session") else []  # type: ignore[union-attr]
    methods = [str(step.get("type") or step.get("method")) for step in steps]
    record(AccessEvent.Kind.SIGN_IN, request, user=user, methods=methods)


def signed_out(sender: object, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """A person left."""
    if user is not None and user.is_authenticated:
        record(AccessEvent.Kind.SIGN_OUT, request, user=user)


def sign_in_failed(
    sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """A wrong e-mail or password."""
    record_failed_sign_in(request, credentials)


def second_step_failed(sender: object, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A wrong code or passkey."""
    authenticator = kwargs.get("authenticator")
    step = str(getattr(authenticator, "type", "") or "second_step")
    record(AccessEvent.Kind.SIGN_IN_FAILED, request, user=user, step=step)


def task_started(sender: object, task: Any, **kwargs: Any) -> None:
    """Changes that a task makes carry the task's name, and the person and request that asked for it."""
    if task.request.is_eager:
        return  # runs inside the request, whose context is already there
    asked = getattr(task.request, "__django_structlog__", None) or {}
    stack = ExitStack()
    stack.enter_context(
        acting(task=task.name, user=asked.get("user_id"), request_id=asked.get("request_id", ""), address="")
    )
    task.request.audit = stack


def task_ended(sender: object, task: Any, **kwargs: Any) -> None:
    """Close the context that the task opened."""
    if stack := getattr(task.request, "audit", None):
        stack.close()


def connect() -> None:
    """Listen. Called once, when the apps are ready."""
    user_logged_in.connect(signed_in, dispatch_uid="audit")
    user_logged_out.connect(signed_out, dispatch_uid="audit")
    user_login_failed.connect(sign_in_failed, dispatch_uid="audit")
    authentication_failed.connect(second_step_failed, dispatch_uid="audit")
    task_prerun.connect(task_started, dispatch_uid="audit")
    task_postrun.connect(task_ended, dispatch_uid="audit")
    bind_extra_request_finished_metadata.connect(describe_request, dispatch_uid="audit")
    bind_extra_request_failed_metadata.connect(describe_request, dispatch_uid="audit")
