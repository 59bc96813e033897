"""The full `fairlead`: what it has beside this small one, and where it is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_groups = frozenset(
    """
    admin agent audit cloud completion configure-docker doctor explain help launch-config login logout
    node policy pull pulls secret serve token version whoami
    """.split()  # noqa: SIM905 - one name a word is what a person can read
)
_commands = {"fairlead cluster": frozenset(["status"]), "fairlead cluster-env": frozenset(["archive", "lint", "verify"])}


def belongs_to_full(typed: str, prog: str) -> bool:
    """Whether what was typed behind `prog` is a command of the full one."""
    return typed in (_groups if prog == "fairlead" else _commands.get(prog, frozenset()))


def where_it_is(own: str, path: str) -> str:
    """How to come to the full one. `own`: the program that runs; `path`: the folders that are searched."""
    here = Path(own).resolve().parent
    folders = [folder for folder in path.split(os.pathsep) if folder and Path(folder).resolve() != here]
    found = shutil.which("fairlead", path=os.pathsep.join(folders)) if folders else None
    if found is not None:
        return f"Run the full one: {found}."
    return "Run it with the full one; the README of Fairlead says how to get it."
