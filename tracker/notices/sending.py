"""Handing over one mail: to a mail server over a kept connection, or to a folder of files.

A server's answer can be lost together with the connection. The steps of SMTP are therefore taken
one by one: whatever fails before the whole message has gone is a definite "not sent"; only what
fails while waiting for the last reply leaves it open (`unknown`).

A mail is offered, finished and answered for, so that its sender can write down that it has begun
between the first two, and go on with the next one before the third. What was offered and not
finished was never sent: a server takes nothing before the end of the message.
"""

from __future__ import annotations

import os
import re
import select
import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from tracker.config import Settings

CONNECT_TIMEOUT = 10.0
COMMAND_TIMEOUT = 30.0
REPLY_TIMEOUT = 120.0
"""Seconds. A server may think long about a whole message; giving up early makes doubles."""
MOST_ON_ONE_CONNECTION = 100
_OK, _FORWARDS, _GO_AHEAD, _CLOSING, _NEVER = 250, 251, 354, 421, 500
_MAILBOX_CODES = frozenset({550, 551, 553})
_MAILBOX_STATUS = re.compile(rb"5\.(1\.\d+|2\.1)\b")
_ANY_STATUS = re.compile(rb"\s*[245]\.\d+\.\d+\b")
_POLICY = re.compile(
    rb"spam|block|policy|reputation|denied|relay|authenticat|black ?list|spf|dkim|dmarc|content",
    re.IGNORECASE,
)
"""What servers write that refuse the sender or the mail with the code of a missing mailbox."""


@dataclass(frozen=True, slots=True)
class Envelope:
    recipient: str
    message: bytes
    message_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a mail. `refused`: never to be tried again. `deferred`: not sent, try later.
    `unknown`: it may have been sent. `outage`: the server takes nothing now, which is not this
    mail's fault.
    """

    outcome: Literal["sent", "refused", "deferred", "unknown", "outage"]
    detail: str = ""
    no_such_address: bool = False
    """Whether it was refused because nobody gets mail there, and not for what it is or says."""


class Line(Protocol):
    """A way for mails to go."""

    repeatable: bool
    """Whether sending the same mail twice is the same as sending it once."""

    def offer(self, envelope: Envelope) -> None:
        """Ask whether a mail may come, without giving it."""

    def finish(self) -> None:
        """Give the mail that was offered, to its end."""

    def answer(self) -> Answer:
        """What became of it, once that is known."""

    def withdraw(self) -> None:
        """Let the mail that was offered not be sent."""

    def close(self) -> None:
        """End it; a mail that was offered is not sent."""


def open_line(settings: Settings, reply_timeout: float = REPLY_TIMEOUT) -> Line:
    """The way that the settings name. Nothing is connected before the first mail."""
    if settings.smtp_url is None:
        return MailFolder(settings.data_dir / "mail")
    return SmtpLine(settings.smtp_url, settings.mail_from, reply_timeout)


class MailFolder:
    """One `.eml` file a mail, under a name made from its Message-ID: a repetition replaces it."""

    repeatable = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = self._hidden = folder
        self._outage: OSError | None = None

    def offer(self, envelope: Envelope) -> None:
        """Write the file where nobody looks, so that it appears whole."""
        name = f"{envelope.created_at:%Y%m%dT%H%M%S}-{envelope.message_id.strip('<>')}.eml"
        self._file = self._folder / name
        self._hidden = self._folder / f".{name}.{os.getpid()}"
        self._outage = None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._hidden.write_bytes(envelope.message)
        except OSError as error:
            self._outage = error

    def finish(self) -> None:
        """Let it appear."""
        if self._outage is None:
            try:
                self._hidden.replace(self._file)
            except OSError as error:
                self._outage = error

    def answer(self) -> Answer:
        """Whether the folder took it."""
        return Answer("outage", _said(self._outage)) if self._outage else Answer("sent")

    def withdraw(self) -> None:
        """Take the file away again."""
        if self._outage is None:
            self._hidden.unlink(missing_ok=True)

    def close(self) -> None:
        """There is nothing to close."""


class SmtpLine:
    """A connection to the mail server, made when needed and kept for many mails."""

    repeatable = False

    def __init__(self, url: str, mail_from: str, reply_timeout: float) -> None:
        self._url = urlsplit(url)
        self._sender = parseaddr(mail_from)[1]
        self._reply_timeout = reply_timeout
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0
        self._envelope: Envelope | None = None
        self._asked = False
        self._answer: Answer | None = None

    def offer(self, envelope: Envelope) -> None:
        """Ask a server that takes commands in a row (RFC 2920) for one mail, and do not wait for
        what it says. Any other is asked when it is the mail's turn.
        """
        self._envelope, self._asked, self._answer = envelope, False, None
        if not _on_one_line(envelope.recipient):
            self._answer = Answer("refused", "the address is not one that mail servers take")
            return
        if self._carried >= MOST_ON_ONE_CONNECTION:
            self.close()
        served = self._carried > 0
        try:
            smtp = self._smtp or self._connect()
            if smtp.has_extn("pipelining"):
                smtp.send("".join(self._commands(envelope)))
                self._asked = True
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            if not served:
                self._answer = Answer("outage", _said(error))

    def finish(self) -> None:
        """Hand over the mail. A connection that has served before may end, and is made anew."""
        if self._answer is not None:
            return
        assert self._envelope is not None
        asked, self._asked = self._asked, False
        served = self._carried > 0
        self._answer = self._hand_over(self._envelope, asked=asked)
        if served and self._answer is not None and self._answer.outcome == "outage":
            self._answer = self._hand_over(self._envelope)
        self._carried += self._smtp is not None

    def answer(self) -> Answer:
        """What the server says of the mail; it may think for long."""
        return self._answer or self._last_reply()

    def withdraw(self) -> None:
        """Break off: a server that waits for a mail understands nothing else."""
        if self._asked:
            self._asked = False
            self._drop()

    def close(self) -> None:
        """Say goodbye, if anybody still listens."""
        self.withdraw()
        smtp, self._smtp, self._carried = self._smtp, None, 0
        if smtp is not None:
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()

    def _commands(self, envelope: Envelope) -> tuple[str, str, str]:
        return (
            f"MAIL FROM:<{self._sender}>\r\n",
            f"RCPT TO:<{envelope.recipient}>\r\n",
            "DATA\r\n",
        )

    def _hand_over(self, envelope: Envelope, *, asked: bool = False) -> Answer | None:
        """Give one mail to its end: the answer, where it could go no further. When the connection
        is lost after commands that went in a row (`asked`), they are given anew, one by one:
        replies may be lost with it, and where it fails tells whether the server is at fault or this
        mail.
        """
        sender, recipient, data = ("", "", "") if asked else self._commands(envelope)
        known = False
        try:
            smtp = self._smtp or self._connect()
            code, reply = _say(smtp, sender)
            if code != _OK:  # the sender is always the same: no fault of this mail
                self._drop()
                return Answer("outage", _reply(code, reply))
            known = True
            code, reply = _say(smtp, recipient)
            if code not in (_OK, _FORWARDS):
                if asked and _say(smtp, data)[0] == _GO_AHEAD:
                    self._drop()  # it waits for a mail to nobody
                return self._turned_down(smtp, code, reply, at_recipient=True)
            code, reply = _say(smtp, data)
            if code != _GO_AHEAD:
                return self._turned_down(smtp, code, reply)
            if asked and _has_spoken(smtp):
                raise smtplib.SMTPServerDisconnected("the server did not wait for the mail")
            smtp.send(_stuffed(envelope.message))
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            if asked and not _timed_out(error):
                return self._hand_over(envelope)
            return Answer("deferred" if known else "outage", _said(error))
        return None

    def _last_reply(self) -> Answer:
        smtp = self._smtp
        assert smtp is not None
        try:
            assert smtp.sock is not None
            smtp.sock.settimeout(self._reply_timeout)
            code, reply = smtp.getreply()
            smtp.sock.settimeout(COMMAND_TIMEOUT)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Answer("unknown", _said(error))
        if code == _OK:
            return Answer("sent")
        return self._turned_down(smtp, code, reply)

    def _turned_down(
        self, smtp: smtplib.SMTP, code: int, reply: bytes, *, at_recipient: bool = False
    ) -> Answer:
        if code == _CLOSING:
            self._drop()
            return Answer("outage", _reply(code, reply))
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
        return Answer(
            "refused" if code >= _NEVER else "deferred",
            _reply(code, reply),
            no_such_address=at_recipient and no_such_address(code, reply),
        )

    def _connect(self) -> smtplib.SMTP:
        url = self._url
        tls = dict(parse_qsl(url.query)).get("tls")
        host = url.hostname or ""
        if tls == "implicit":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host, url.port or 465, timeout=CONNECT_TIMEOUT, context=_trust()
            )
        else:
            smtp = smtplib.SMTP(host, url.port or 25, timeout=CONNECT_TIMEOUT)
        try:
            assert smtp.sock is not None
            smtp.sock.settimeout(COMMAND_TIMEOUT)
            # What is said is short and must not wait for the server's ACK.
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls == "starttls":
                smtp.starttls(context=_trust())
            smtp.ehlo_or_helo_if_needed()
            if url.username:
                smtp.login(unquote(url.username), unquote(url.password or ""))
        except (OSError, smtplib.SMTPException):
            smtp.close()
            raise
        self._smtp = smtp
        return smtp

    def _drop(self) -> None:
        smtp, self._smtp, self._carried = self._smtp, None, 0
        if smtp is not None:
            smtp.close()


def _trust() -> ssl.SSLContext:
    """The authorities that this machine trusts; SSL_CERT_FILE names others."""
    return ssl.create_default_context()


def no_such_address(code: int, reply: bytes) -> bool:
    """Whether a reply to RCPT says for good that nobody gets mail at the address. A server that
    gives an enhanced status (RFC 3463) is believed; one that does not, unless its words speak of
    something else.
    """
    if code not in _MAILBOX_CODES:
        return False
    if _ANY_STATUS.match(reply):
        return _MAILBOX_STATUS.match(reply.lstrip()) is not None
    return _POLICY.search(reply) is None


def _on_one_line(address: str) -> bool:
    """Whether an address can stand in a command and does not end it."""
    return address.isascii() and address.isprintable() and not {"<", ">"} & set(address)


def _say(smtp: smtplib.SMTP, command: str) -> tuple[int, bytes]:
    """Give a command, unless it is given already; the reply."""
    if command:
        smtp.send(command)
    return smtp.getreply()


def _has_spoken(smtp: smtplib.SMTP) -> bool:
    """Whether a server that should wait has said something, or has gone."""
    assert smtp.sock is not None
    return bool(select.select([smtp.sock], [], [], 0)[0])


def _timed_out(error: Exception) -> bool:
    """Whether a server was waited for in vain; smtplib says of that, too, that it was lost."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _stuffed(message: bytes) -> bytes:
    """The message as it stands on the line: leading dots doubled, as a lone one ends it."""
    return message.replace(b"\r\n.", b"\r\n..").rstrip(b"\r\n") + b"\r\n.\r\n"


def _reply(code: int, reply: bytes) -> str:
    return f"{code} {reply.decode(errors='replace')}"[:500]


def _said(error: Exception) -> str:
    """An error in one line; what it says never holds a password."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _reply(error.smtp_code, text if isinstance(text, bytes) else text.encode())
    return f"{type(error).__name__}: {error}"[:500]
