"""The documentation of the API: OpenAPI 3.1, and the same as a page to read.

Both are made from the code that serves the calls. What every call has in common (the token, the
problems it may answer with, keys and tags of repetition) is written here once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import marshmallow as ma
from flask import Blueprint, Response, current_app, render_template, url_for

from tracker.api.act_schemas import ActAnswer
from tracker.api.blueprint import NAMES, PREFIX
from tracker.api.fields import many, number_out, text_out
from tracker.api.problems import MEDIA_TYPE, json_text
from tracker.api.schemas import RefusalAnswer
from tracker.people.access import public

_PROBLEMS = {
    "400": "The request cannot be read.",
    "401": "There is no token, or one that is not in force.",
    "403": "You see it and may not do this.",
    "404": "There is no such thing, or you may not see it.",
    "409": "`stale`: the act has moved on, see `act`. `refused`: something must be true first.",
    "413": "The body is too large.",
    "415": "The body is of another type than this call takes.",
    "422": "A field is not acceptable; each refusal names its field.",
}
_OF_GET = ("400", "401", "403", "404", "422")
_OF_POST = tuple(_PROBLEMS)
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same call with the same key gets the first answer again, for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
}
_TAG = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag you have; 304 when nothing has changed.",
    "schema": {"type": "string"},
}
METHODS = ("get", "post", "patch", "delete")
blueprint = Blueprint("api-docs", __name__, url_prefix=PREFIX)


class ProblemAnswer(ma.Schema):
    """Problem details (RFC 9457)."""

    type = text_out()
    title = text_out()
    status = number_out()
    code = text_out()
    detail = text_out()
    refusals = many(RefusalAnswer)
    act = ma.fields.Nested(ActAnswer, metadata={"description": "When stale: the act as it is now."})


@dataclass(frozen=True, slots=True)
class Call:
    """One call for the page."""

    method: str
    path: str
    summary: str
    anchor: str
    parameters: tuple[Mapping[str, Any], ...]
    body: tuple[Mapping[str, Any], ...]
    answers: Mapping[str, str]


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add to the collected document what all calls have in common."""
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    components["responses"] = {
        f"Problem{status}": {
            "description": words,
            "content": {
                MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{name_of(ProblemAnswer)}"}}
            },
        }
        for status, words in _PROBLEMS.items()
    }
    for unused in ("Error", "PaginationMetadata"):
        components["schemas"].pop(unused, None)
    document["security"] = [{"token": []}]
    document["tags"] = [
        {**tag, "name": tag["name"].removeprefix(NAMES)} for tag in document.get("tags", ())
    ]
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                _complete_call(path, method, item[method])
    return document


def _complete_call(path: str, method: str, call: dict[str, Any]) -> None:
    call["tags"] = [tag.removeprefix(NAMES) for tag in call["tags"]]
    call["operationId"] = f"{method} {path}"
    call["parameters"] = [*call.get("parameters", ()), _TAG if method == "get" else _KEY]
    answers = call["responses"]
    for status in _OF_GET if method == "get" else _OF_POST:
        answers[status] = {"$ref": f"#/components/responses/Problem{status}"}
    if method == "get":
        answers["304"] = {"description": "Nothing has changed."}
    for status, answer in answers.items():
        if status.startswith("2") and method == "get":
            answer["headers"] = {"ETag": {"schema": {"type": "string"}}}


def name_of(schema: type) -> str:
    """The name under which the document keeps a schema."""
    return schema.__name__.removesuffix("Schema").lstrip("_")


def document() -> dict[str, Any]:
    return cast("dict[str, Any]", current_app.extensions["openapi"])


@blueprint.route("/openapi.json")
@public
def openapi() -> Response:
    return Response(json_text(document()), mimetype="application/json")


@blueprint.route("/docs")
@public
def page() -> str:
    """The same to read."""
    groups = [
        (tag, [call for call in _calls() if tag["name"] in call[0]]) for tag in document()["tags"]
    ]
    return render_template(
        "api/docs.html",
        groups=[(tag, [call for _tags, call in calls]) for tag, calls in groups],
        problems=_PROBLEMS,
        openapi_url=url_for("api-docs.openapi"),
    )


def _calls() -> Iterator[tuple[list[str], Call]]:
    for path, item in document()["paths"].items():
        for method in METHODS:
            if method in item:
                found = item[method]
                parameters = [*item.get("parameters", ()), *found.get("parameters", ())]
                yield (
                    found["tags"],
                    Call(
                        method=method.upper(),
                        path=path,
                        summary=found.get("summary", ""),
                        anchor=f"{method}{path}".replace("/", "-").strip("-"),
                        parameters=tuple(parameters),
                        body=tuple(_body(found)),
                        answers={
                            status: answer.get("description", "")
                            for status, answer in found["responses"].items()
                            if status.startswith("2")
                        },
                    ),
                )


def _body(call: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The fields of a call's body."""
    for content in call.get("requestBody", {}).get("content", {}).values():
        name = content["schema"]["$ref"].rpartition("/")[2]
        schema = document()["components"]["schemas"][name]
        required = schema.get("required", ())
        for key, field in schema.get("properties", {}).items():
            yield {"name": key, "required": key in required, **field}
