"""May this key, in this person's hands, do this? Whose objects are decided by the QuerySets, as on the pages."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from coachnet.accounts.roles import Permission
from coachnet.api.models import ApiKey, Scope


@dataclass(frozen=True)
class Need:
    """What a method of an endpoint asks for: the key's scope and the person's permission."""

    permission: Permission
    scope: Scope = Scope.READ


class KeyMay(BasePermission):
    """Asks `needs[method]` of the view. A method that does not exist asks for what reading does."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """False without a key, which becomes a 401."""
        key = request.auth
        if not isinstance(key, ApiKey):
            return False
        need: Need = view.needs.get(request.method) or view.needs["GET"]
        if not key.allows(need.scope):
            self.message = gettext("Nyckeln är inte gjord för detta: %(scope)s.") % {
                "scope": need.scope.value
            }
            return False
        return key.user.may(need.permission)
