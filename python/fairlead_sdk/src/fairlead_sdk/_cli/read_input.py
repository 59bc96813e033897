"""Reads a file or standard input (`-`), never more than a limit."""

from pathlib import Path
from typing import BinaryIO

from fairlead_sdk.problem import problem


def read_input(path: str, limit: int, stdin: BinaryIO) -> bytes:
    try:
        if path == "-":
            data = stdin.read(limit + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise problem("CONFIG_FILE_UNREADABLE", path=path, reason=(reason or "it cannot be opened").lower()) from None
    if len(data) > limit:
        raise problem("CONFIG_FILE_UNREADABLE", path=path, reason=f"it is larger than {limit} bytes")
    return data
