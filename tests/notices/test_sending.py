"""What goes over the line to a mail server, word for word."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread

import pytest

from tracker.notices import sending
from tracker.notices.sending import Answer, Envelope, MailFolder, SmtpLine

GREETING = {"EHLO": "250-mail.example\r\n250 PIPELINING"}
WELCOME = {"MAIL": "250 OK", "RCPT": "250 OK", "DATA": "354 Go ahead", ".": "250 OK"}


def envelope(
    recipient: str = "one@a.example", text: bytes = b"Subject: A\r\n\r\nB\r\n"
) -> Envelope:
    return Envelope(recipient, text, "<1@a.example>", datetime(2026, 11, 24, tzinfo=UTC))


@contextmanager
def server(replies: dict[str, str]) -> Iterator[tuple[str, list[list[bytes]]]]:
    """A mail server that says the same to each command, or nothing; the pieces that it read, a list
    for each connection.
    """
    heard: list[list[bytes]] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    heard.append([])
                    connection.sendall(b"220 mail.example\r\n")
                    _talk(connection, replies, heard[-1])

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{listening.getsockname()[1]}", heard
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _talk(connection: socket.socket, replies: dict[str, str], heard: list[bytes]) -> None:
    inside = False
    while piece := connection.recv(65536):
        heard.append(piece)
        for line in piece.decode().splitlines():
            if inside and line != ".":
                continue
            reply = replies.get(line[:4].upper(), "250 OK")
            inside = reply.startswith("354")
            if reply:
                connection.sendall(f"{reply}\r\n".encode())


def send(line: SmtpLine, what: Envelope) -> Answer:
    line.offer(what)
    line.finish()
    return line.answer()


@pytest.fixture
def line_to():
    return lambda url: SmtpLine(url, "Tracker <tracker@assembly.example>", 5)


def test_a_server_that_allows_it_is_asked_in_one_piece_and_given_the_mail_in_another(line_to):
    with server(GREETING | WELCOME) as (url, heard):
        line = line_to(url)
        assert [send(line, envelope()).outcome for _ in range(2)] == ["sent", "sent"]
        line.close()
    asked = b"MAIL FROM:<tracker@assembly.example>\r\nRCPT TO:<one@a.example>\r\nDATA\r\n"
    given = b"Subject: A\r\n\r\nB\r\n.\r\n"
    ((greeting, *pieces),) = heard
    assert greeting.startswith(b"ehlo")
    assert pieces == [asked, given, asked, given, b"quit\r\n"]


def test_a_server_that_does_not_is_asked_step_by_step_when_the_mail_may_go(line_to):
    with server({"EHLO": "250 mail.example"} | WELCOME) as (url, heard):
        line = line_to(url)
        line.offer(envelope())
        line.withdraw()
        assert send(line, envelope()).outcome == "sent"
        line.close()
    ((_greeting, *pieces),) = heard
    assert [piece[:4] for piece in pieces] == [b"MAIL", b"RCPT", b"DATA", b"Subj", b"quit"]


def test_a_server_that_waits_for_a_mail_to_nobody_does_not_get_one(line_to):
    refusing = GREETING | WELCOME | {"RCPT": "550 5.1.1 No such user"}
    with server(refusing) as (url, heard):
        line = line_to(url)
        answers = [send(line, envelope()) for _ in range(2)]
        line.close()
    refused = Answer("refused", "550 5.1.1 No such user", no_such_address=True)
    assert answers == [refused, refused]
    assert [len(pieces) for pieces in heard] == [2, 2]  # greeted and asked, each time anew


def test_a_line_that_begins_with_a_dot_does_not_end_the_mail(line_to):
    with server(GREETING | WELCOME) as (url, heard):
        line = line_to(url)
        line.offer(envelope(text=b"Subject: A\r\n\r\n.\r\n..B\r\n\r\n"))
        line.finish()
        assert line.answer().outcome == "sent"
        line.close()
    assert heard[0][2] == b"Subject: A\r\n\r\n..\r\n...B\r\n.\r\n"


@pytest.mark.parametrize(
    ("unanswered", "outcome"), [(("MAIL", "RCPT", "DATA"), "outage"), (("DATA",), "deferred")]
)
def test_a_server_that_falls_silent_is_not_waited_for_twice(
    line_to, monkeypatch, unanswered, outcome
):
    monkeypatch.setattr(sending, "COMMAND_TIMEOUT", 0.5)
    with server(GREETING | WELCOME | dict.fromkeys(unanswered, "")) as (url, heard):
        line = line_to(url)
        assert send(line, envelope()).outcome == outcome
        line.close()
    assert len(heard) == 1


def test_a_server_that_is_away_is_called_once(line_to, monkeypatch):
    calls = []

    def refused(*_given, **_named):
        calls.append(1)
        raise ConnectionRefusedError

    monkeypatch.setattr(sending.smtplib, "SMTP", refused)
    assert send(line_to("smtp://mail.example"), envelope()).outcome == "outage"
    assert calls == [1]


def test_what_a_folder_could_not_take_is_not_taken_back(tmp_path):
    (tmp_path / "mail").write_text("no folder")
    folder = MailFolder(tmp_path / "mail")
    folder.offer(envelope())
    folder.withdraw()
    assert folder.answer().outcome == "outage"
