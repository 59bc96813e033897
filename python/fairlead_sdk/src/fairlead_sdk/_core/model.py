"""What all models of the API have in common."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict

_hidden = "token"


class Model(BaseModel):
    # A value that is refused may be a password that was pasted, so that no error repeats it.
    model_config = ConfigDict(hide_input_in_errors=True)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """What a log or a notebook shows: a token is not among it."""
        for name, value in super().__repr_args__():
            yield name, "…" if name == _hidden else value
