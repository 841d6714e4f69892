"""The fields of what calls take (`…_in`) and of what they answer (`…_out`).

Of what comes in only the shape is judged here; what a value may be, the operations say. The
messages are codes of `tracker.refusals`. What goes out has all its fields, always; `maybe` marks
those that can be null.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import marshmallow as ma

LAST_NUMBER = 1_000_000
"""The highest page and the highest edition that can be asked for."""


def _codes(invalid: str) -> dict[str, Any]:
    return {"required": "required", "null": "required", "invalid": invalid}


_OF_A_NUMBER = {**_codes("not_a_number"), "too_large": "not_a_number"}
_LOOKED_AT = "The version of the act you looked at."


def text_in(required: bool = False, description: str = "", **more: Any) -> ma.fields.String:
    """A text of a body."""
    return ma.fields.String(
        required=required,
        allow_none=not required,
        error_messages=_codes("not_text"),
        metadata={"description": description, **more},
    )


def word_in(description: str = "", **more: Any) -> ma.fields.String:
    """A text of a query; of a body, one that is left out rather than null."""
    return ma.fields.String(
        error_messages=_codes("not_text"), metadata={"description": description, **more}
    )


def any_in(description: str) -> ma.fields.Raw:
    """What the operation reads as it came."""
    return ma.fields.Raw(allow_none=True, metadata={"description": description})


def titles_in(required: bool = False) -> ma.fields.Dict:
    return ma.fields.Dict(
        required=required,
        allow_none=not required,
        error_messages=_codes("not_an_object"),
        metadata={
            "description": "Language → text; the authentic language is required.",
            "additionalProperties": {"type": "string"},
        },
    )


def number_in(required: bool = False, description: str = "") -> ma.fields.Integer:
    """A number of a body: a text with digits is none."""
    return ma.fields.Integer(
        strict=True,
        required=required,
        allow_none=not required,
        error_messages=_OF_A_NUMBER,
        metadata={"description": description},
    )


def version_in(required: bool = False) -> ma.fields.Integer:
    return number_in(required, _LOOKED_AT)


def typed_number_in(
    description: str, validate: ma.validate.Validator | None = None, **more: Any
) -> ma.fields.Integer:
    """A number of a query or a form, where all that comes is text."""
    return ma.fields.Integer(
        error_messages=_OF_A_NUMBER,
        validate=validate,
        metadata={"description": description},
        **more,
    )


def typed_version_in() -> ma.fields.Integer:
    return typed_number_in(_LOOKED_AT)


def within(low: int, high: int) -> ma.validate.Range:
    return ma.validate.Range(low, high, error=f"out_of_range low={low} high={high}")


def flag_in(load_default: bool | None, description: str) -> ma.fields.Boolean:
    """A true or false of a body, as JSON has them; null only where it is the default."""
    return ma.fields.Boolean(
        load_default=load_default,
        allow_none=load_default is None,
        truthy={True},
        falsy={False},
        error_messages=_codes("not_a_flag"),
        metadata={"description": description},
    )


def list_in(
    item: ma.fields.Field[Any] | type[ma.fields.Field[Any]],
    description: str = "",
    load_default: Sequence[Any] | None = (),
) -> ma.fields.List[Any]:
    """A list that may be left out."""
    return ma.fields.List(
        item,
        load_default=load_default,
        allow_none=True,
        error_messages=_codes("not_a_list"),
        metadata={"description": description} if description else {},
    )


def required_list_in(
    item: ma.fields.Field[Any] | type[ma.fields.Field[Any]], most: int | None = None
) -> ma.fields.List[Any]:
    """A list; where `most` is said, of one item at least and so many at most."""
    return ma.fields.List(
        item,
        required=True,
        validate=ma.validate.Length(1, most, error=f"out_of_range low=1 high={most}")
        if most
        else None,
        error_messages=_codes("not_a_list"),
    )


def file_in(description: str) -> ma.fields.Raw:
    """A file of a form; it comes beside the form's texts, so this only documents it."""
    return ma.fields.Raw(
        metadata={"type": "string", "format": "binary", "description": description}
    )


class Who(ma.fields.Field[str]):
    """Somebody: an e-mail address, a key or an id, which a client may also write as a number."""

    default_error_messages = _codes("not_text")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return str(value)
        raise self.make_error("invalid")


def text_out(*, maybe: bool = False, **more: Any) -> ma.fields.String:
    return ma.fields.String(required=True, allow_none=maybe, metadata=more)


def date_out(*, maybe: bool = False) -> ma.fields.String:
    return text_out(maybe=maybe, format="date")


def moment_out(*, maybe: bool = False) -> ma.fields.String:
    return text_out(maybe=maybe, format="date-time")


def number_out(*, maybe: bool = False) -> ma.fields.Integer:
    return ma.fields.Integer(required=True, allow_none=maybe)


def flag_out(*, maybe: bool = False, **more: Any) -> ma.fields.Boolean:
    return ma.fields.Boolean(required=True, allow_none=maybe, metadata=more)


def texts_out() -> ma.fields.Dict:
    """Language or field → text."""
    return ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)


def counts_out(*, maybe: bool = False, **more: Any) -> ma.fields.Dict:
    """Key → how many."""
    return ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        required=True,
        allow_none=maybe,
        metadata=more,
    )


def words_out(**more: Any) -> ma.fields.List[Any]:
    """A list of keys or names."""
    return ma.fields.List(ma.fields.String(), required=True, metadata=more)


def one(schema: type[ma.Schema], *, maybe: bool = False) -> ma.fields.Nested:
    return ma.fields.Nested(schema, required=True, allow_none=maybe)


def many(schema: type[ma.Schema], *, maybe: bool = False, **more: Any) -> ma.fields.List[Any]:
    return ma.fields.List(ma.fields.Nested(schema), required=True, allow_none=maybe, metadata=more)
