"""How a caller is told, and what they follow."""

from __future__ import annotations

from sqlalchemy import select

from tests.road import propose
from tracker.db import db
from tracker.following.models import Follow


def test_settings_are_read_and_changed_in_part(api):
    assert api.get("drafter", "/me/settings").json == {
        "language": "ru", "information": "at_once", "office": None, "follows": [],
    }  # fmt: skip
    answer = api.patch("drafter", "/me/settings", {"information": "daily"})
    assert (answer.status_code, answer.json["information"]) == (200, "daily")
    assert answer.json["language"] == "ru"
    assert api.get("drafter", "/me/settings").json["information"] == "daily"
    assert api.patch("drafter", "/me/settings", {}).status_code == 200
    for wrong in ({"information": "never"}, {"language": "fr"}, {"language": 1}, {"x": "y"}):
        answer = api.patch("drafter", "/me/settings", wrong)
        assert (answer.status_code, len(answer.json["refusals"])) == (422, 1), wrong


def test_an_act_is_followed_and_left(api, as_, now):
    act = propose(as_, now)
    followed = {"id": act, "reference": act, "follows": True}
    for _twice in range(2):
        answer = api.post("drafter", f"/acts/{act}/follow")
        assert (answer.status_code, answer.json) == (200, followed)
    assert api.get("drafter", "/me/settings").json["follows"] == [{"reference": act, "body": None}]
    answer = api.delete("drafter", f"/acts/{act}/follow")
    assert (answer.status_code, answer.json["follows"]) == (200, False)
    assert db.session.scalar(select(Follow.id)) is None
    assert api.post("political.secretary", f"/acts/{act}/follow").status_code == 404
    assert api.delete("political.secretary", f"/acts/{act}/follow").status_code == 404
    assert api.post(None, f"/acts/{act}/follow").status_code == 401
