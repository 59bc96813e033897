"""Problems as exceptions: printable, picklable, and from the same table as in the control plane."""

from __future__ import annotations

import pickle

from fairlead_sdk import FairleadProblem
from fairlead_sdk._core.printable import printable
from fairlead_sdk._core.problem_table import exit_code_of
from fairlead_sdk.problem import problem, served_problem


def test_a_problem_says_what_happened_what_to_do_and_who_can_do_it() -> None:
    found = problem("CLUSTER_NOT_FOUND", name="train")
    assert str(found) == "there is no cluster train (CLUSTER_NOT_FOUND)\nfix: See `fairlead cluster list`.\nwho: you"
    assert (found.status, found.exit_code, found.request_id, found.fields) == (404, 5, None, ())


def test_survives_pickling_as_in_ray() -> None:
    found = problem("NAME_IN_USE", name="x")
    again = pickle.loads(pickle.dumps(found))  # noqa: S301
    assert isinstance(again, FairleadProblem)
    assert again.document == found.document


def test_escapes_what_moves_the_cursor() -> None:
    assert printable("a\x1b[2Jb\u202ec\n") == "a\\u001b[2Jb\\u202ec\\u000a"
    assert printable("x" * 300) == "x" * 199 + "…"
    assert "\x1b" not in str(problem("NAME_IN_USE", name="\x1b[2J"))


def test_escapes_what_the_server_says_too() -> None:
    document = problem("NAME_IN_USE", name="x").document.model_dump() | {"detail": "\x1b[2J", "fix": "\u202e"}
    found = served_problem(document)
    assert found is not None
    assert "\x1b" not in str(found)
    assert "\u202e" not in str(found)


def test_a_code_from_a_newer_table_is_a_failure() -> None:
    assert exit_code_of("A_CODE_OF_TOMORROW") == 1
