"""Reading links out of mails."""

import re
from email.message import EmailMessage


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link_in(mail: EmailMessage) -> str:
    """The first link of a mail, as in its text and its HTML."""
    found = re.search(r"https?://\S+", text_of(mail))
    assert found, "The mail holds no link."
    part = mail.get_body(("html",))
    assert part is not None
    assert found[0] in str(part.get_content())
    return found[0]
