"""Mail over TLS, to a server with a certificate of its own, `sink.pem`: made for these tests."""

import ssl
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from tests.notices.outgoing import states, use_sink, wait_for_sending
from tests.notices.sink import Sink
from tracker.notices.relay import relay

CERTIFICATE = Path(__file__).parent / "sink.pem"


class EncryptedSink(Sink):
    def __init__(self, tls):
        super().__init__()
        self._tls = tls
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(CERTIFICATE)

    @property
    def url(self):
        return f"{super().url}?tls={self._tls}"

    def start(self):
        options = {"hostname": "127.0.0.1", "port": self.port}
        if self._tls == "starttls":
            options |= {"tls_context": self._context, "require_starttls": True}
        else:
            options |= {"ssl_context": self._context}
        self._controller = Controller(self, **options)
        self._controller.start()


@pytest.fixture(params=["starttls", "implicit"])
def encrypted(request):
    sink = EncryptedSink(request.param)
    sink.start()
    yield sink
    sink.stop()


def test_mail_goes_encrypted_to_a_server_that_is_trusted(app, encrypted, now, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    wait_for_sending(3, now)
    use_sink(encrypted.url)
    assert relay(now=lambda: now).sent == 3
    assert len(encrypted.received) == 3


def test_a_server_that_nobody_vouches_for_gets_nothing(app, encrypted, now):
    wait_for_sending(1, now)
    use_sink(encrypted.url)
    done = relay(now=lambda: now)
    assert "CERTIFICATE_VERIFY_FAILED" in done.outage
    assert encrypted.received == []
    assert states() == {"queued": 1}
