"""What goes wrong in words: the exceptions operations raise, each with a status and a code.

Pages, the API and the command line show the same reasons; `tracker.refusals` has their texts.
"""

from __future__ import annotations

from workflows.facts import Refusal
from workflows.outcome import Denied


class TrackerError(Exception):
    """An answer that is not what was asked for. Nothing was changed."""

    status = 400
    code = "bad_request"

    def __init__(self, *refusals: Refusal, act_id: int | None = None) -> None:
        self.refusals = refusals
        self.act_id = act_id
        super().__init__(", ".join(refusal.code for refusal in refusals) or self.code)


class NotFound(TrackerError):
    """There is no such thing, or none that this actor may know of."""

    status, code = 404, "not_found"


class Forbidden(TrackerError):
    """The actor sees it but may not do this."""

    status, code = 403, "forbidden"


class Invalid(TrackerError):
    """Something given is not acceptable; each refusal names its field."""

    status, code = 422, "invalid"


class Stale(TrackerError):
    """The act has moved on since the actor looked."""

    status, code = 409, "stale"


class Refused(TrackerError):
    """It is permitted and well formed, but something that must be true is not."""

    status, code = 409, "refused"


_OF_STATUS = {"forbidden": Forbidden, "invalid": Invalid, "stale": Stale, "refused": Refused}


def denied(answer: Denied, act_id: int) -> TrackerError:
    """The exception for a step that does not happen."""
    return _OF_STATUS[answer.status](*answer.refusals, act_id=act_id)


def invalid(field: str, code: str, **params: object) -> Invalid:
    """One field that is not acceptable."""
    return Invalid(Refusal(code, params, field))
