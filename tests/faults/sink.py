"""A mail server in a process of its own: `python -m tests.faults.sink PORT LOG`.

It writes a line for each message (Message-ID, digest of its bytes) before it answers, and waits a
little in between, so that the time in which a sender can die without knowing is wider than in life.
The file LOG.mode, where there is one, says how it misbehaves: `refusing`, `slow` or `dropping`.
"""

from __future__ import annotations

import asyncio
import email
import hashlib
import os
import sys
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

PAUSE, SLOW = 0.004, 1.5
DROPS = ("at RCPT", "before it is kept", "after it is kept", "never")


class Log:
    def __init__(self, path: str) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.mode = Path(f"{path}.mode")
        self.mails = count()
        self.drop = ""

    def misbehaves(self) -> str:
        return self.mode.read_text() if self.mode.exists() else ""

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, host: str, lines: list[str]
    ) -> list[str]:
        session.host_name = host
        return [*lines[:-1], "250-PIPELINING", lines[-1]]

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list
    ) -> str:
        mode = self.misbehaves()
        if mode == "refusing":
            return "451 4.3.0 Try again later"
        self.drop = DROPS[next(self.mails) % len(DROPS)] if mode == "dropping" else ""
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list
    ) -> str:
        self._drop_if(server, "at RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._drop_if(server, "before it is kept"):
            return "451 lost"
        assert isinstance(envelope.content, bytes)
        message_id = email.message_from_bytes(envelope.content)["Message-ID"]
        digest = hashlib.sha256(envelope.content).hexdigest()
        os.write(self.file, f"{message_id} {digest}\n".encode())
        self._drop_if(server, "after it is kept")
        await asyncio.sleep(SLOW if self.misbehaves() == "slow" else PAUSE)
        return "250 OK"

    def _drop_if(self, server: SMTP, moment: str) -> bool:
        """Lose the connection if this is the moment for it."""
        if self.drop != moment:
            return False
        assert server.transport is not None
        server.transport.abort()
        return True


async def serve(port: int, path: str) -> None:
    log = Log(path)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(log, loop=loop), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
