"""Environment variables of a workload: names that every shell accepts, and sizes that every kernel accepts."""

import re
from collections.abc import Mapping

from fairlead_sdk._config.looks_like_secret import holds_token
from fairlead_sdk._core.printable import printable
from fairlead_sdk._generated.models import FieldProblem
from fairlead_sdk.problem import FairleadProblem, problem

_most_variables = 500
_longest_name = 256
_largest_value = 32 * 1024
_largest_total = 128 * 1024

# With these, an environment could disable Ray's token, or choose one that others know.
_own_names = {"RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH", "RAY_ENABLE_K8S_TOKEN_AUTH"}
_name = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_env_vars(given: object) -> dict[str, str] | None:
    """Returns the variables unchanged, or raises CONFIG_INVALID with every invalid variable. Values are never repeated."""
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise _refused([_fault("env_vars", "it is not a set of names with values")])
    faults = [fault for name, value in list(given.items())[:_most_variables] if (fault := _fault_of(name, value))]
    if len(given) > _most_variables:
        faults.append(_fault("env_vars", f"more than {_most_variables} variables"))
    if faults:
        raise _refused(faults)
    total = sum(len(name.encode()) + len(value.encode()) + 2 for name, value in given.items())
    if total > _largest_total:
        raise _refused([_fault("env_vars", f"all together are larger than {_largest_total} bytes")])
    return dict(given)


def _fault_of(name: object, value: object) -> FieldProblem | None:
    text = name if isinstance(name, str) else ""
    # A token pasted as a name is not repeated either.
    if holds_token(text):
        return _fault("env_vars", "a name looks like a token; revoke it if it is one")
    detail = _name_fault(text) or _value_fault(value)
    # If NAME=VALUE was pasted as a name, the problem does not contain the value.
    return _fault(f"env_vars.{printable(text.partition('=')[0])}", detail) if detail else None


def _name_fault(name: str) -> str | None:
    if len(name) > _longest_name:
        return f"a name has at most {_longest_name} characters"
    if _name.fullmatch(name) is None:
        return "a name has A-Z a-z 0-9 _ and does not start with a digit"
    if name in _own_names:
        return "Fairlead sets it, so that Ray is reached only with the token of the cluster"
    return "this name is reserved" if name == "__proto__" else None


def _value_fault(value: object) -> str | None:
    if not isinstance(value, str):
        return "it is not text; put it in quotes"
    if "\0" in value:
        return "a value cannot hold a NUL"
    if any("\ud800" <= character <= "\udfff" for character in value):
        return "a value must be well-formed Unicode"
    return f"a value has at most {_largest_value} bytes" if len(value.encode()) > _largest_value else None


def _fault(path: str, detail: str) -> FieldProblem:
    return FieldProblem(path=path, detail=detail)


def _refused(faults: list[FieldProblem]) -> FairleadProblem:
    """The sentence names the first fault; the fields list all of them."""
    return problem("CONFIG_INVALID", path=faults[0].path, reason=faults[0].detail, fields=faults)
