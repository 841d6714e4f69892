"""What a call is given: read leniently, so that its faults are told in their turn.

A call answers 401, 404, 403 before it speaks of fields. The shape of a body is therefore judged
here but not refused: the faults travel with the values and join those of the operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import Request
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from tracker.errors import Invalid
from workflows.facts import Refusal


@dataclass(frozen=True, slots=True)
class Given:
    """The values that have the right shape, and what is wrong with the others."""

    values: Mapping[str, Any]
    faults: tuple[Refusal, ...] = ()

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

    def beside(self, **more: Any) -> Given:
        """The same with values that came another way, as of a file."""
        return Given({**self.values, **more}, self.faults)

    def checked(self) -> Mapping[str, Any]:
        """The values when all is well; raises Invalid."""
        if self.faults:
            raise Invalid(*self.faults)
        return self.values


class Parser(FlaskParser):
    """Reads arguments into `Given`; only what cannot be read at all is refused at once."""

    def load_json(self, req: Request, schema: ma.Schema) -> Any:  # noqa: ARG002
        return json_body(req)

    def _process_location_data(
        self,
        location_data: Any,
        schema: ma.Schema,
        req: Request,  # noqa: ARG002
        location: str,  # noqa: ARG002
        unknown: str | None,  # noqa: ARG002
        validators: Any,  # noqa: ARG002
    ) -> Given:
        return given(location_data, schema)


def json_body(req: Request) -> Any:
    """The body as JSON; an absent one is an empty object."""
    if not req.get_data(cache=True):
        return {}
    if not req.is_json:
        raise UnsupportedMediaType
    try:
        return req.get_json()
    except RecursionError:
        raise BadRequest from None


def given(raw: Any, schema: ma.Schema) -> Given:
    """Values by a schema, with the faults as refusals."""
    try:
        return Given(schema.load(raw))
    except ma.ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, Mapping) else {}
        return Given(valid, tuple(_faults(error.messages, "")))


def _faults(messages: Any, place: str) -> Iterator[Refusal]:
    """The messages of the schemas are codes of ours."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            within = "" if name == ma.exceptions.SCHEMA else str(name)
            yield from _faults(inner, ".".join(filter(None, (place, within))))
        return
    for message in messages:
        code, _, params = message.partition(" ")
        yield Refusal(code, {"name": place, **dict(_pairs(params))}, place or None)


def _pairs(params: str) -> Iterator[tuple[str, str]]:
    for pair in params.split():
        name, _, value = pair.partition("=")
        yield name, value
