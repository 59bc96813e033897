"""Every error is one exception: a stable code, what happened, what to do, and who can do it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from fairlead_sdk._core.printable import printable, printable_sentence
from fairlead_sdk._core.problem_table import exit_code_of, problem_table
from fairlead_sdk._generated.models import FieldProblem, Problem

_docs_base = "https://fairlead.dev/problems/"


class FairleadProblem(Exception):
    """Every problem that this package finds itself or that the control plane reports."""

    def __init__(self, document: Problem) -> None:
        super().__init__(document.detail)
        self.document = document

    @property
    def code(self) -> str:
        """Stable, for programs to check."""
        return self.document.code

    @property
    def title(self) -> str:
        return self.document.title

    @property
    def detail(self) -> str:
        """What happened, in one sentence."""
        return self.document.detail

    @property
    def fix(self) -> str:
        """What to do about it, in one sentence."""
        return self.document.fix

    @property
    def who(self) -> str:
        """Who can do it: `you`, `node-owner`, `registry-admin` or `cloud-admin`."""
        return self.document.who

    @property
    def status(self) -> int:
        """The HTTP status, or the equivalent one if there was no answer."""
        return self.document.status

    @property
    def fields(self) -> Sequence[FieldProblem]:
        """The invalid fields of the request; their values are never repeated."""
        return self.document.fields or ()

    @property
    def request_id(self) -> str | None:
        return self.document.request_id

    @property
    def exit_code(self) -> int:
        """The exit code of the command line for this problem."""
        return exit_code_of(self.code)

    def __str__(self) -> str:
        lines = [f"{printable_sentence(self.detail)} ({printable(self.code)})"]
        lines += [f"  {printable(field.path)}: {printable_sentence(field.detail)}" for field in self.fields]
        return "\n".join([*lines, f"fix: {printable_sentence(self.fix)}", f"who: {self.who}"])

    def __reduce__(self) -> tuple[Any, ...]:
        # It may be sent to another process, as anything in Ray may be.
        return (type(self), (self.document,))


def problem(code: str, /, *, fields: Sequence[FieldProblem] = (), **facts: str | float) -> FairleadProblem:
    """A problem from the table, with the facts that its sentences mention."""
    row = problem_table()[code]
    document = {
        "type": _docs_base + code,
        "title": row.title,
        "status": row.status,
        "detail": _filled(row.what, facts),
        "code": code,
        "fix": _filled(row.fix, facts),
        "who": row.who,
        **({"fields": list(fields)} if fields else {}),
    }
    return FairleadProblem(Problem.model_validate(document))


def served_problem(body: object) -> FairleadProblem | None:
    """The problem in the body of an answer; None if there is none."""
    try:
        return FairleadProblem(Problem.model_validate(body))
    except ValidationError:
        return None


def _filled(template: str, facts: dict[str, str | float]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: printable(_text(facts.get(found[1], "?"))), template)


def _text(fact: str | float) -> str:
    return f"{fact:g}" if isinstance(fact, float) else str(fact)
