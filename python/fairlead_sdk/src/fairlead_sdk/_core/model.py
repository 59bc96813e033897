"""What all models of the API have in common."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict

_hidden = "token"


class Model(BaseModel):
    # A rejected value may be a pasted password, so no error repeats it.
    model_config = ConfigDict(hide_input_in_errors=True)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """What a log or a notebook shows, without tokens."""
        for name, value in super().__repr_args__():
            yield name, "…" if name == _hidden else value
