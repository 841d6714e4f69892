"""Who may open which page: the table of roles and pages, written out."""

from __future__ import annotations

import pytest

from tracker.db import db
from tracker.reviews.consolidated import issue_board_opinion
from tracker.reviews.invitations import token_of
from tracker.reviews.models import ReviewLink
from tracker.reviews.operations import accept_review, assign_review, end_link, file_opinion

LOGINS = ("secretariat", "eab.secretary", "eab.expert1", "defence.secretary", "social.secretary",
          "council.kz", "parliament.kz", "drafter", "admin")  # fmt: skip

# S secretariat · E Board's secretary · X its expert who gave the opinion · K secretary of the lead
# commission · O of another · C Council · L liaison of the initiator · D drafter · A administrator
PAGES = {
    "/desk":                                 "S E X K O C L D A",
    "/acts":                                 "S E X K O C L D A",
    "/acts/board":                           "S E X K O C L D A",
    "/account":                              "S E X K O C L D A",
    "/acts/propose":                         "S",
    "/acts/admit":                           "S",
    "/acts/{0}":                             "S E X K C L D",
    "/acts/{0}/timeline":                    "S E X K C L D",
    "/acts/{0}/visibility":                  "S",
    "/acts/{0}/correct":                     "S K",
    "/acts/{0}/actions/include_in_agenda":   "S",
    "/acts/{0}/actions/return_to_commission": "S",
    "/acts/{0}/actions/withdraw":            "S K D",
    "/acts/{0}/actions/approve_in_commission": "K",  # theirs, but not from the Council
    "/acts/{0}/text":                        "S E X K C L D",
    "/acts/{0}/text/1/ru/text":              "S E X K C L D",
    "/acts/{0}/text/1/ru":                   "S E X K C L D",
    "/acts/{0}/text/1/ru/akoma-ntoso":       "S E X K C L D",
    "/acts/{0}/text/compare":                "S E X K C L D",
    "/acts/{0}/reviews":                     "S E X K C L D",
    "/acts/{0}/remarks":                     "S E X K C L D",
    "/acts/{0}/remarks/enter":               "S E K",
    "/acts/{0}/remarks/import":              "S E K",
    "/acts/{0}/remarks/equal":               "S E K D",
    "/acts/{0}/remarks/carried":             "S E K D",
    "/acts/{0}/remarks.csv":                 "S E X K C L D",
    "/acts/{0}/circulation":                 "S E X K C L D",
    "/acts/{0}/decision":                    "S E X K C L D",
    "/acts/{0}/decision/sitting":            "S",
    "/acts/{0}/decision/position":           "S",
    "/acts/{0}/position":                    "C",
    "/acts/{0}/position/no":                 "C",
    "/acts/{0}/notices":                     "S E X K C L D",
    "/inbox":                                "S E X K O C L D A",
    "/notices":                              "S",
    "/reminders":                            "S",
    "/acts/{0}/remind/position":             "S",
    "/calendars/assembly/dates":             "S",
    "/bodies":                               "S E X K O C L D A",
    "/bodies/eab":                           "S E X K O C L D A",
    "/people":                               "S A",
    "/people/new":                           "S A",
    "/people/1":                             "S A",
    "/people/1/edit":                        "S A",
    "/calendars":                            "S E X K O C L D A",
    "/calendars/assembly":                   "S E X K O C L D A",
    "/procedures":                           "S E X K O C L D A",
    "/procedures/model_law/3":               "S E X K O C L D A",
    "/permissions":                          "S E X K O C L D A",
}  # fmt: skip
# The same of an act before the Board: its expert has accepted a review, another has given an
# opinion, and the Board's own is issued. K leads already; C heads the initiator's delegation.
EXAMINED = {
    "/acts/{0}/reviews":                     "S E X K C L D",
    "/acts/{0}/opinion":                     "S E K C L D",
    "/acts/{0}/opinion.docx":                "S E K C L D",
    "/acts/{0}/opinion.pdf":                 "S E K C L D",
    "/reviews/{1}":                          "X",
    "/reviews/{1}/read":                     "X",
    "/reviews/{1}/text/1/ru/text":           "X",
    "/reviews/{1}/cancel":                   "E",
    "/reviews/{2}":                          "",
    "/reviews/{2}/read":                     "",
    "/acts/{3}/opinion/edit":                "E",
    "/acts/{3}/opinion":                     "",
}  # fmt: skip
SENT_ON = {"/reviews/{1}": "S E K", "/reviews/{2}": "S E K"}
"""Who may see reviews is led from one to those of its act."""
LETTERS = dict(zip("SEXKOCLDA", LOGINS, strict=True))


@pytest.mark.parametrize("letter", LETTERS)
def test_each_role_opens_its_pages_and_no_others(enter, road, letter):
    reference = road("council")
    client = enter(LETTERS[letter])
    for page, allowed in PAGES.items():
        status = client.get(page.format(reference)).status_code
        if letter in allowed.split():
            assert status in (200, 409), (page, status)
        else:
            assert status in (403, 404), (page, status)


@pytest.fixture
def examined(road, as_, now):
    """An act before the Board, its two reviews, and a second act whose opinion is not issued."""
    found = [road("eab_review", lead_body="defence"), road("eab_review", lead_body="defence")]
    reviews = []
    for reference, login in ((found[0], "eab.expert1"), (found[0], "eab.expert2"),
                             (found[1], "eab.expert2")):  # fmt: skip
        reviews.append(
            assign_review(
                reference, f"{login}@demo.example.org", actor=as_("eab.secretary"), now=now
            )
        )
    accept_review(reviews[0], actor=as_("eab.expert1"), now=now)
    for review in reviews[1:]:
        file_opinion(review, "approve", "Одобрить.", actor=as_("eab.expert2"), now=now)
    issue_board_opinion(found[0], "approve", actor=as_("eab.chair"), now=now)
    return found[0], reviews[0], reviews[1], found[1]


@pytest.mark.parametrize("letter", LETTERS)
def test_each_role_opens_its_pages_of_reviews_and_opinions(enter, examined, letter):
    client = enter(LETTERS[letter])
    for page, allowed in EXAMINED.items():
        status = client.get(page.format(*examined)).status_code
        if letter in allowed.split():
            assert status == 200, (page, status)
        elif letter in SENT_ON.get(page, "").split():
            assert status == 303, (page, status)
        else:
            assert status in (403, 404), (page, status)


def test_the_link_of_an_invitation_opens_its_review_to_whoever_has_it(
    browser, enter, examined, as_, now
):
    _act, review, _other, _second = examined
    nonce = db.session.get_one(ReviewLink, review).nonce
    link = f"/invitation/{token_of(review, nonce)}"
    another = f"/invitation/{token_of(review, 'x')}"
    for client in (browser, enter("social.secretary")):
        for page in ("", "/read", "/text/1/ru/text"):
            assert client.get(f"{link}{page}").status_code == 200, page
            assert client.get(f"{another}{page}").status_code == 404, page
        assert client.get(f"/reviews/{review}").status_code in (303, 404)
    end_link(review, actor=as_("eab.secretary"), now=now)
    assert browser.get(link).status_code == 410


def test_nobody_opens_them_without_logging_in(browser, road):
    reference = road("council")
    for page in PAGES:
        answer = browser.get(page.format(reference))
        assert answer.status_code == 303, page
        assert answer.location.startswith("/log-in"), page
