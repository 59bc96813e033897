"""One page of a list, and what the lists of both clients share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from fairlead_sdk._core.caller import Caller, Query, with_query
from fairlead_sdk._core.effects import Request, Steps
from fairlead_sdk._core.model import Model

largest_page = 100

Item = TypeVar("Item", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Item]):
    results: list[Item]
    # For the next page; None after the last.
    next_paging_token: str | None


class _Metadata(Model):
    next_paging_token: str | None


class _Envelope(Model):
    results: list[object]
    metadata: _Metadata


ReadPage: TypeAlias = Callable[[int, str | None], Steps[Page[Item]]]


def reader_of(caller: Caller, path: str, query: Query, kind: type[Item]) -> ReadPage[Item]:
    def read(count: int, paging_token: str | None) -> Steps[Page[Item]]:
        request = Request("GET", with_query(path, {**query, "count": count, "paging_token": paging_token}))
        envelope = caller.parse(_Envelope, (yield from caller.call(request, None)))
        results = [caller.parse(kind, item) for item in envelope.results]
        return Page(results, envelope.metadata.next_paging_token)

    return read


def first_of(read: ReadPage[Item]) -> Steps[Item | None]:
    page = yield from read(1, None)
    return page.results[0] if page.results else None


def take_from(read: ReadPage[Item], limit: int) -> Steps[Page[Item]]:
    """The first `limit` items as one page; its token continues exactly after them."""
    results: list[Item] = []
    token: str | None = None
    while True:
        page = yield from read(min(limit - len(results), largest_page), token)
        results += page.results
        token = page.next_paging_token
        if token is None or len(results) >= limit:
            return Page(results, token)
