"""
Chooses the control plane, the token and the CA from arguments, the environment and the saved `fairlead login`. A token is
stored with its origin, and is never sent to another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fairlead_sdk._core.origin import parse_origin
from fairlead_sdk.problem import FairleadProblem, problem

# Where `fairlead serve` listens by default.
default_host = "http://127.0.0.1:8470"

_largest_file = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    origin: str
    token: str
    # The only CA to trust; None for the public CAs.
    ca_file: str | None

    def __repr__(self) -> str:
        return f"Settings(origin={self.origin!r})"


class _Login(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    token: str = Field(max_length=512)
    ca_file: str | None = Field(max_length=4096)


class _Credentials(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    current: str | None
    logins: dict[str, _Login]


def choose_settings(
    auth_token: str | None, host: str | None, ca_file: str | None, env: Mapping[str, str], home: Path
) -> Settings:
    credentials = _read_credentials(_credentials_path(env, home))
    origin = parse_origin(host or env.get("FAIRLEAD_HOST") or credentials.current or default_host)
    login = credentials.logins.get(origin)
    token = auth_token or env.get("FAIRLEAD_TOKEN") or (login.token if login else None)
    if token is None:
        raise problem("TOKEN_MISSING")
    # It becomes a header value, so anything that does not fit in one is not a token.
    if re.fullmatch(r"[!-~]{1,512}", token) is None:
        raise problem("TOKEN_INVALID")
    return Settings(origin, token, ca_file or env.get("FAIRLEAD_CA_FILE") or (login.ca_file if login else None))


def _credentials_path(env: Mapping[str, str], home: Path) -> Path:
    # The standard ignores a relative path, which would be another folder wherever the program runs.
    folder = Path(env.get("XDG_CONFIG_HOME", ""))
    return (folder if folder.is_absolute() else home / ".config") / "fairlead" / "credentials.json"


def _read_credentials(path: Path) -> _Credentials:
    try:
        with path.open("rb") as file:
            text = file.read(_largest_file + 1)
    except (FileNotFoundError, NotADirectoryError):
        return _Credentials(current=None, logins={})
    except OSError as error:
        raise _unreadable(path, error.strerror or "it cannot be opened") from None
    try:
        return _Credentials.model_validate(json.loads(text) if len(text) <= _largest_file else None)
    except (ValueError, RecursionError, ValidationError):
        raise _unreadable(path, "it is not what `fairlead login` writes; remove it and log in") from None


def _unreadable(path: Path, reason: str) -> FairleadProblem:
    return problem("CONFIG_FILE_UNREADABLE", path=str(path), reason=reason)
