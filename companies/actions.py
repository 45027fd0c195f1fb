"""What can be done with companies and their contacts. Keyword-only, atomic, `by` the one who does it."""

from coachnet.lib.encrypted import Sealed, keyed_hashes
from companies import personal_number


def sealed_number(written: str) -> dict[str, object]:
    """The columns that hold a sole trader's personnummer: sealed, and its keyed hash. Empty clears both."""
    if not written:
        return {"personal_number": "", "personal_number_hash": ""}
    digits = personal_number.clean(written)
    return {"personal_number": Sealed.of(digits), "personal_number_hash": keyed_hashes(digits)[0]}
