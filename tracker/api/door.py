"""Who asks. Every call needs a token; a session's cookie opens nothing here, so that no page of
another site can act for somebody who is logged in.
"""

from __future__ import annotations

from typing import cast

from flask import g, request

from tracker import assembly, clock
from tracker.api.problems import Unauthorized
from tracker.db import db
from tracker.people.operations import token_hash
from tracker.people.queries import Member, find_token_owner
from workflows.facts import Actor, Refusal


def authenticate() -> None:
    """Find who asks by their token, and speak their language; raises Unauthorized."""
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise Unauthorized(Refusal("token_missing"))
    day = clock.today(assembly.zone())
    owner = find_token_owner(db.session(), token_hash(given.token), day)
    if owner is None:
        raise Unauthorized(Refusal("token_invalid"))
    g.api_member = owner
    g.member = owner  # for the log
    languages = assembly.assembly().languages
    g.language = request.accept_languages.best_match(languages) or owner.person.language


def member() -> Member:
    """Whose token it is."""
    return cast("Member", g.api_member)


def actor() -> Actor:
    return member().actor


def account() -> int:
    """The account that the token belongs to."""
    found = actor().account
    assert found is not None
    return found
