"""A real SMTP server in the test process, so that mail is tested as it leaves the house."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox(list[EmailMessage]):
    """The mails that arrived, oldest first, parsed. `refuse` makes the server answer with an error."""

    refuse: str | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse
        content = envelope.original_content or b""
        message: Any = message_from_bytes(content, policy=default)
        message["X-Rcpt-To"] = ", ".join(envelope.rcpt_tos)
        message["X-Mail-From"] = envelope.mail_from
        self.append(message)
        return "250 OK"


class Server(Controller):
    """An SMTP server on whatever port of the loopback interface is free."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[Server]:
    server = Server(Mailbox(), hostname="127.0.0.1", port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mailbox(smtp_server: Server, settings: Any) -> Mailbox:
    """The mails sent during one test, through a real SMTP connection."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_server.port
    box: Mailbox = smtp_server.handler
    box.clear()
    box.refuse = None
    return box
