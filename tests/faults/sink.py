"""A mail server in a process of its own: `python -m tests.faults.sink PORT LOG`.

It writes a line for each message (Message-ID, digest of its bytes) before it answers, and waits a
little in between, so that the time in which a sender can die without knowing is wider than in life.
"""

from __future__ import annotations

import asyncio
import email
import hashlib
import os
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session

PAUSE = 0.004


class Log:
    def __init__(self, path: str) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message_id = email.message_from_bytes(envelope.content)["Message-ID"]
        digest = hashlib.sha256(envelope.content).hexdigest()
        os.write(self.file, f"{message_id} {digest}\n".encode())
        await asyncio.sleep(PAUSE)
        return "250 OK"


async def serve(port: int, path: str) -> None:
    log = Log(path)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(log, loop=loop), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
