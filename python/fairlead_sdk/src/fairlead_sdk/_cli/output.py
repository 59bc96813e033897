"""How results and problems leave: as JSON as the API gives them, or as text for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import TextIO

from fairlead_sdk._core.model import Model
from fairlead_sdk._core.pages import Item, Page
from fairlead_sdk._core.printable import printable, printable_sentence
from fairlead_sdk.models import Problem

_who = {
    "you": "you",
    "node-owner": "the owner of the node; forward these lines",
    "registry-admin": "the admin of the registry; forward these lines",
    "cloud-admin": "an admin of this Fairlead cloud; forward these lines",
}


class Output:
    def __init__(self, stdout: TextIO, stderr: TextIO, env: Mapping[str, str], as_json: bool) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self._env = env
        self.as_json = as_json

    def line(self, text: str) -> None:
        """For people alone; whatever is in it, it is one line."""
        if not self.as_json:
            print(printable_sentence(text), file=self._stdout, flush=True)

    def result(self, value: Model) -> None:
        """For programs alone."""
        if self.as_json:
            print(json_text(plain(value)), file=self._stdout)

    def table(self, page: Page[Item], headers: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
        if self.as_json:
            envelope = {
                "results": [plain(item) for item in page.results],
                "metadata": {"next_paging_token": page.next_paging_token},
            }
            print(json_text(envelope), file=self._stdout)
            return
        if not rows:
            self.line(empty)
            return
        cells = [list(headers), *([printable(cell) for cell in row] for row in rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(headers))]
        for row in cells:
            self.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if page.next_paging_token is not None:
            self.line("There are more; print them with --max-items.")

    def warning(self, path: str, detail: str, code: str) -> None:
        if not self.as_json:
            text = f"{printable(path)}: {printable_sentence(detail)} ({printable(code)})"
            print(f"{self._paint('33', 'warning:')} {text}", file=self._stderr)

    def problem(self, document: Problem) -> None:
        if self.as_json:
            print(json_text(plain(document)), file=self._stderr)
            return
        lines = [f"{self._paint('1;31', 'error:')} {printable_sentence(document.detail)} ({printable(document.code)})"]
        lines += [f"  {printable(field.path)}: {printable_sentence(field.detail)}" for field in document.fields or ()]
        lines += [
            f"{self._paint('1', 'fix:')}   {printable_sentence(document.fix)}",
            f"{self._paint('1', 'who:')}   {_who[document.who]}",
        ]
        if document.status >= 500 and document.request_id is not None:
            lines.append(f"{self._paint('1', 'id:')}    {printable(document.request_id)}")
        print("\n".join(lines), file=self._stderr)

    def _paint(self, colour: str, text: str) -> str:
        plain_only = self._env.get("NO_COLOR") or self._env.get("TERM") == "dumb" or not self._stderr.isatty()
        return text if plain_only else f"\x1b[{colour}m{text}\x1b[0m"


def plain(value: object) -> object:
    """As the API wrote it: times in milliseconds, and nothing that it did not send."""
    if isinstance(value, Model):
        return plain(value.model_dump(exclude_unset=True))
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def json_text(value: object) -> str:
    """Safe on a terminal: what is not ASCII is escaped, as JSON itself can say it."""
    return json.dumps(value, indent=2).replace("\x7f", "\\u007f")
