"""A mail as it goes over the line: headers, and one text in two forms.

Written out rather than built by the standard library, some of whose versions lose the space between
two encoded words of a long header. Everything is ASCII, every line ends in CRLF and is short, and
nothing that somebody wrote can end a header: a name is made one printable line, an address checked.
"""

from __future__ import annotations

import re
import textwrap
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import format_datetime, formataddr
from functools import lru_cache

_ENCODED_WORD, _LINE = 39, 66
"""Bytes in an encoded word and characters in a header's line: with its name within 76."""
_ATOMS = r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*"
_ORDINARY = re.compile(f"{_ATOMS}@{_ATOMS}", re.ASCII)
"""An address that needs no closer look (RFC 5322: two dot-atoms)."""


class UnusableAddress(Exception):
    """An address that cannot stand in a header or that no mail server takes."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, to whomever."""

    language: str
    subject: str
    text: str
    html: str
    reply_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What of a mail was fixed when its notice was queued."""

    message_id: str
    created_at: datetime
    unsubscribe: str = ""
    """The address that ends what brought it (RFC 8058), where the reader may end it."""


def compose(letter: Letter, sender: str, recipient: str, stamp: Stamp) -> str:
    """The whole message. `sender` and `recipient` are mailboxes as `mailbox` gives them."""
    boundary = f"=_{stamp.message_id.strip('<>').partition('@')[0]}"
    headers = {
        "From": sender,
        "To": recipient,
        "Reply-To": ",\r\n ".join(letter.reply_to),
        "Subject": _words(letter.subject),
        "Date": format_datetime(stamp.created_at),
        "Message-ID": stamp.message_id,
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{stamp.unsubscribe}>" if stamp.unsubscribe else "",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" if stamp.unsubscribe else "",
        "Content-Language": letter.language,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative;\r\n boundary="{boundary}"',
    }
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    for subtype, text in (("plain", letter.text), ("html", letter.html)):
        lines += ["", f"--{boundary}", *_part(subtype, text)]
    return "\r\n".join([*lines, "", f"--{boundary}--", ""])


@lru_cache(1024)
def mailbox(name: str, email: str) -> str:
    """A name and an address as a header has them. Raises UnusableAddress."""
    if not _ORDINARY.fullmatch(email):
        try:
            Address(addr_spec=email)
        except (ValueError, IndexError, MessageError):
            raise UnusableAddress from None
        if not (email.isascii() and email.isprintable()):
            raise UnusableAddress
    printable = "".join(character if character.isprintable() else " " for character in name)
    name = " ".join(printable.split())
    if name.isascii():
        return formataddr((name, email))
    return f"{_words(name)} <{email}>"


def _words(text: str) -> str:
    """One line of words as a header has it, folded."""
    if text.isascii():
        return "\r\n ".join(
            textwrap.wrap(text, _LINE, break_long_words=False, break_on_hyphens=False)
        )
    chunks = [""]
    for character in text:
        if len((chunks[-1] + character).encode()) > _ENCODED_WORD:
            chunks.append("")
        chunks[-1] += character
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk.encode()).decode()}?=" for chunk in chunks)


def _part(subtype: str, text: str) -> list[str]:
    """A text with its own headers, in the shorter of the two encodings."""
    data = text.replace("\n", "\r\n").encode()
    foreign = len(data) - len(text)
    if foreign * 4 > len(text):
        encoding, body = "base64", encodebytes(data).replace(b"\n", b"\r\n")
    else:
        encoding, body = "quoted-printable", b2a_qp(data)
    return [
        f"Content-Type: text/{subtype}; charset=utf-8",
        f"Content-Transfer-Encoding: {encoding}",
        "",
        body.decode("ascii").rstrip("\r\n"),
    ]
