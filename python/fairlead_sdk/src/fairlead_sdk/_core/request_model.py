"""Requests that may be given as a model or as a plain mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from fairlead_sdk._core.model import Model
from fairlead_sdk._core.printable import printable
from fairlead_sdk.models import FieldProblem
from fairlead_sdk.problem import problem

Request = TypeVar("Request", bound=Model)


def request_model(kind: type[Request], given: Request | Mapping[str, Any]) -> Request:
    if isinstance(given, kind):
        return given
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        # The errors say where and why, but omit what was given.
        found = error.errors(include_input=False, include_url=False, include_context=False)
    fields = [FieldProblem(path=printable(".".join(map(str, one["loc"]))), detail=one["msg"]) for one in found]
    raise problem("REQUEST_INVALID", fields=fields)
