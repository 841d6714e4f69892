"""A mail server for tests. It keeps what it accepts and misbehaves as it is told."""

from __future__ import annotations

import email
import email.policy
import logging
import socket
from collections import deque
from dataclasses import dataclass
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Received:
    sender: str
    recipient: str
    data: bytes

    @property
    def mail(self) -> EmailMessage:
        return email.message_from_bytes(self.data, policy=email.policy.default)

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])

    def body(self, kind: str = "plain") -> str:
        part = self.mail.get_body((kind,))
        assert part is not None
        return str(part.get_content())


logging.getLogger("mail.log").setLevel(logging.WARNING)


class Sink:
    """`at_recipient` and `at_end` are answers for the next mails at RCPT and after the message: a
    reply, `drop` (the connection is lost and nothing kept) or `keep and drop`. Then all is well.
    `in_a_row`: it says that it takes commands without being waited for, as most servers do.
    """

    def __init__(self, port: int | None = None, *, in_a_row: bool = True) -> None:
        self.port = port or free_port()
        self.in_a_row = in_a_row
        self.received: list[Received] = []
        self.connections = 0
        self.at_sender: deque[str] = deque()
        self.at_recipient: deque[str] = deque()
        self.at_end: deque[str] = deque()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return [*lines[:-1], "250-PIPELINING", lines[-1]] if self.in_a_row else lines

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._next(self.at_sender, server)
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._next(self.at_recipient, server)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        wish = self.at_end[0] if self.at_end else ""
        answer = self._next(self.at_end, server)
        if answer.startswith("250") and wish != "drop":
            assert isinstance(envelope.content, bytes)
            self.received.append(
                Received(envelope.mail_from or "", envelope.rcpt_tos[0], envelope.content)
            )
        return answer

    def _next(self, wishes: deque[str], server: SMTP) -> str:
        wish = wishes.popleft() if wishes else "250 OK"
        if wish.endswith("drop"):
            assert server.transport is not None
            server.transport.abort()
            return "250 OK"
        return wish


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
