"""Who may open which page: the table of roles and pages, written out."""

from __future__ import annotations

import pytest

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


def test_nobody_opens_them_without_logging_in(browser, road):
    reference = road("council")
    for page in PAGES:
        answer = browser.get(page.format(reference))
        assert answer.status_code == 303, page
        assert answer.location.startswith("/log-in"), page
