"""The URL map, flattened: every route with its name, its arguments and its view."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver

from coachnet.accounts.guards import Guard
from coachnet.accounts.middleware import guard_of


@dataclass(frozen=True)
class Route:
    """One address of the platform."""

    pattern: str
    name: str
    namespace: str
    arguments: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def full_name(self) -> str:
        """As Django's resolver calls it: a route without a name is called after its view."""
        return f"{self.namespace}:{self.name}" if self.namespace else self.name

    @property
    def guard_is_public(self) -> bool:
        """Whether the route opens without signing in."""
        return bool(self.guard and self.guard.public)

    @property
    def guard(self) -> Guard | None:
        """What RoleGuardMiddleware finds for the route."""
        request = HttpRequest()
        request.resolver_match = SimpleNamespace(view_name=self.full_name, namespace=self.namespace)  # type: ignore[assignment]
        return guard_of(self.view, request)


def every_route(urlconf: Any = None) -> Iterator[Route]:
    """All routes of an URL configuration; without one, the platform's."""
    yield from _walk(get_resolver(urlconf), "", (), ())


def _walk(
    resolver: URLResolver, prefix: str, namespaces: tuple[str, ...], arguments: tuple[str, ...]
) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        known = (*arguments, *_arguments(entry))
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry, pattern, inner, known)
        else:
            yield Route(pattern, entry.name or entry.lookup_str, ":".join(namespaces), known, entry.callback)


def _arguments(entry: URLPattern | URLResolver) -> tuple[str, ...]:
    pattern: Any = entry.pattern
    return (
        *getattr(pattern, "converters", {}),
        *pattern.regex.groupindex.keys() - set(getattr(pattern, "converters", {})),
    )
