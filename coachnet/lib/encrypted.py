"""Text that lies encrypted in the database and shows itself only when asked by name."""

import hashlib
import hmac
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import BaseExpression


class Sealed:
    """An encrypted text. Printing, logging or rendering it gives dots; `reveal()` gives the text."""

    DOTS = "••••"

    def __init__(self, token: str) -> None:
        self._token = token

    @classmethod
    def of(cls, text: str) -> "Sealed":
        """Encrypt a text with the first of the keys."""
        return cls(_fernet().encrypt(text.encode()).decode("ascii"))

    @property
    def token(self) -> str:
        """What the database stores."""
        return self._token

    def reveal(self) -> str:
        """The text in the clear. Raises InvalidToken when none of the keys made it."""
        return _fernet().decrypt(self._token.encode("ascii")).decode()

    def __str__(self) -> str:
        return self.DOTS

    def __repr__(self) -> str:
        return f"<Sealed {self.DOTS}>"

    def __bool__(self) -> bool:
        return bool(self._token)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.token == self._token

    def __hash__(self) -> int:
        return hash(self._token)


class SealedField(models.TextField):
    """A column of encrypted text; empty means none. It cannot be searched: keep `keyed_hash` beside it."""

    # What mypy takes a value of the field to be.
    _pyi_private_set_type: Sealed | str  # type: ignore[assignment]
    _pyi_private_get_type: Sealed  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"editable": False, "blank": True, "default": ""}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Leave out what __init__ always sets."""
        name, path, args, kwargs = super().deconstruct()
        for given in ("editable", "blank", "default"):
            kwargs.pop(given, None)
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, expression: BaseExpression, connection: Any) -> Sealed | None:
        """Wrap, do not open: a list of rows costs no decryption."""
        return None if value is None else Sealed(value)

    def get_prep_value(self, value: Any) -> Any:
        """Only a sealed text may be stored, so that plain text cannot slip in."""
        if isinstance(value, Sealed):
            return value.token
        if value in ("", None):
            return ""
        raise TypeError("Seal the text first: Sealed.of(text)")

    def get_lookup(self, lookup_name: str) -> Any:
        """Encrypted text differs every time, so comparing it can only mislead."""
        if lookup_name in ("exact", "isnull"):  # "" means none; constraints ask for that
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted and cannot be searched by {lookup_name}.")


def keyed_hashes(text: str) -> list[str]:
    """The text's fingerprints under every key, the writing key's first.

    Store the first and look for all of them, so that a change of key does not hide duplicates.
    """
    return [_keyed_hash(key, text) for key in settings.FIELD_ENCRYPTION_KEYS]


def _keyed_hash(key: str, text: str) -> str:
    # A key of its own for this purpose, derived from the field key.
    purpose = hmac.digest(key.encode("ascii"), b"coachnet keyed hash", "sha256")
    return hmac.new(purpose, text.encode(), hashlib.sha256).hexdigest()


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key.encode("ascii")) for key in settings.FIELD_ENCRYPTION_KEYS])
