"""The table of all problems, the same as that of the control plane: status, exit code, what, fix, who."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# For a code that only a newer table has.
_unknown_exit = 1


@dataclass(frozen=True)
class ProblemRow:
    status: int
    exit: int
    retry: bool
    title: str
    what: str
    fix: str
    who: str


@cache
def problem_table() -> Mapping[str, ProblemRow]:
    text = files("fairlead_sdk._generated").joinpath("problem_table.json").read_text("utf-8")
    return {code: ProblemRow(**row) for code, row in json.loads(text).items()}


def exit_code_of(code: str) -> int:
    row = problem_table().get(code)
    return _unknown_exit if row is None else row.exit


def may_pass(code: str) -> bool:
    """Whether the same request may succeed later."""
    row = problem_table().get(code)
    return row is not None and row.retry
