"""
Checks the configuration of a cluster environment as the control plane does, so that mistakes are reported at once and a
password pasted into it stays on this machine.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from fairlead_sdk._config.env_vars import check_env_vars
from fairlead_sdk._config.image_reference import parse_image_reference
from fairlead_sdk._config.looks_like_secret import holds_token
from fairlead_sdk._config.secret_reference import check_secret_reference
from fairlead_sdk._core.printable import printable
from fairlead_sdk._generated.models import FieldProblem
from fairlead_sdk.problem import FairleadProblem, problem

config_fields = ("docker_image", "ray_version", "env_vars", "registry_login_secret")

_longest_image = 512
_most_fields_listed = 20
# `2.10`, `2.55.1`, `3.0.0rc1`, `3.0.0.dev0+abc`: numbers as typed, since 2.10 is not 2.1.
_number = "[0-9]{1,5}"
_ray_version = re.compile(
    rf"{_number}\.{_number}(?:\.{_number})?(?:(?:a|b|rc){_number})?(?:\.(?:post|dev){_number})?(?:\+[A-Za-z0-9.]{{1,40}})?"
)
# A name that a variable in a shell's environment may have.
_variable_name = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# A config never contains a login itself: a field with such a name means the reference to it.
_names_login = re.compile("user|pass|login|secret|auth|token|cred", re.IGNORECASE)

Value = TypeVar("Value")


def check_environment_config(given: object) -> dict[str, object]:
    """Returns the configuration to send, or raises the worst of its problems, with all invalid fields listed."""
    if not isinstance(given, Mapping):
        raise problem("CONFIG_INVALID", path="the configuration", reason="it has no named fields")
    found: list[FairleadProblem] = []

    def judge(path: str, read: Callable[[], Value]) -> Value | None:
        try:
            return read()
        except FairleadProblem as error:
            found.append(error if error.fields else _at(path, error))
            return None

    for name in given:
        judge(printable(str(name)), lambda name=name: _check_field_name(name, given))  # type: ignore[misc]
    image = judge("docker_image", lambda: _image(given.get("docker_image")))
    ray_version = judge("ray_version", lambda: _checked_ray_version(given.get("ray_version")))
    env_vars = judge("env_vars", lambda: check_env_vars(given.get("env_vars")))
    secret = judge("registry_login_secret", lambda: _secret(given.get("registry_login_secret")))
    if found:
        raise _worst(found)
    optional = {"env_vars": env_vars, "registry_login_secret": secret}
    return {
        "docker_image": image,
        "ray_version": ray_version,
        **{name: value for name, value in optional.items() if value is not None},
    }


def _check_field_name(name: object, given: Mapping[object, object]) -> None:
    text = str(name)
    if text in config_fields:
        return
    near = _near_field(text)
    # Text copied from a page loses its indentation.
    if near is None and "env_vars" in given and given["env_vars"] is None and _variable_name.fullmatch(text):
        detail = "there is no such field; if it is a variable, indent it below env_vars"
        fix = f"Indent {printable(text)} by two spaces below env_vars, as every variable. "
        raise _unknown_field(text, detail, fix)
    nearest = "registry_login_secret" if _names_login.search(text) else near
    if nearest is None:
        raise _unknown_field(text, "there is no such field", "")
    raise _unknown_field(text, f"there is no such field; did you mean {nearest}?", f"Did you mean {nearest}? ")


def _near_field(text: str) -> str | None:
    """The field that was probably meant: few letters differ, or one is part of the other."""
    typed = text[:64].lower()
    part = [field for field in config_fields if len(typed) > 2 and (typed in field or field in typed)]
    return next(iter([*part, *difflib.get_close_matches(typed, config_fields, n=1, cutoff=0.65)]), None)


def _unknown_field(text: str, detail: str, fix: str) -> FairleadProblem:
    found = problem("CONFIG_UNKNOWN_FIELD", name=text, fields=[FieldProblem(path=printable(text), detail=detail)])
    return FairleadProblem(found.document.model_copy(update={"fix": fix + found.document.fix}))


def _image(value: object) -> str:
    text = _required_text("docker_image", value)
    if len(text) > _longest_image:
        raise problem("IMAGE_REF_INVALID", reason=f"it is longer than {_longest_image} characters")
    if holds_token(parse_image_reference(text).tag or ""):
        raise problem("IMAGE_REF_INVALID", reason="its tag looks like a token; revoke it if it is one")
    return text


def _checked_ray_version(value: object) -> str:
    if isinstance(value, (int, float)):
        raise problem("CONFIG_INVALID", path="ray_version", reason="as a number 2.10 is 2.1; write it as text, in quotes")
    text = _required_text("ray_version", value)
    if _ray_version.fullmatch(text) is None:
        raise problem("CONFIG_INVALID", path="ray_version", reason="expected a version of Ray, such as 2.55.1")
    return text


def _secret(value: object) -> str | None:
    if value is None:
        return None
    text = _required_text("registry_login_secret", value)
    check_secret_reference(text)
    return text


def _required_text(path: str, value: object) -> str:
    if value is None:
        raise problem("CONFIG_INVALID", path=path, reason="it is missing")
    if not isinstance(value, str):
        raise problem("CONFIG_INVALID", path=path, reason="it is not text; put it in quotes")
    if value == "":
        raise problem("CONFIG_INVALID", path=path, reason="it is empty")
    return value


def _worst(found: list[FairleadProblem]) -> FairleadProblem:
    """A pasted secret, since it must be revoked; otherwise the first problem that was found."""
    first = next((one for one in found if one.code == "REFERENCE_LOOKS_LIKE_A_SECRET"), found[0])
    fields = [field for one in found for field in one.fields][:_most_fields_listed]
    return FairleadProblem(first.document.model_copy(update={"fields": fields}))


def _at(path: str, error: FairleadProblem) -> FairleadProblem:
    fields = [FieldProblem(path=path, detail=error.detail)]
    return FairleadProblem(error.document.model_copy(update={"fields": fields}))
