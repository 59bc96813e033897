"""Paged lists: iterate over them, or take the first few items."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Generic, TypeVar

from fairlead_sdk._core.model import Model
from fairlead_sdk._core.pages import Page, ReadPage, first_of, largest_page, take_from
from fairlead_sdk._http.awaiting import AwaitingDriver
from fairlead_sdk._http.blocking import BlockingDriver

Item = TypeVar("Item", bound=Model)


class Pages(Generic[Item]):
    """Iterate over it; its pages are fetched as needed."""

    def __init__(self, driver: BlockingDriver, read: ReadPage[Item]) -> None:
        self._driver = driver
        self._read = read

    def __iter__(self) -> Iterator[Item]:
        token: str | None = None
        while True:
            page = self.page(paging_token=token)
            yield from page.results
            token = page.next_paging_token
            if token is None:
                return

    def page(self, count: int = largest_page, paging_token: str | None = None) -> Page[Item]:
        """One page, as the API returns it; `count` is at most 100."""
        return self._driver.run(self._read(count, paging_token))

    def take(self, limit: int) -> Page[Item]:
        """The first `limit` items as one page; its token continues exactly after them."""
        return self._driver.run(take_from(self._read, limit))

    def first(self) -> Item | None:
        return self._driver.run(first_of(self._read))


class AsyncPages(Generic[Item]):
    """Iterate over it with `async for`; its pages are fetched as needed."""

    def __init__(self, driver: AwaitingDriver, read: ReadPage[Item]) -> None:
        self._driver = driver
        self._read = read

    async def __aiter__(self) -> AsyncIterator[Item]:
        token: str | None = None
        while True:
            page = await self.page(paging_token=token)
            for item in page.results:
                yield item
            token = page.next_paging_token
            if token is None:
                return

    async def page(self, count: int = largest_page, paging_token: str | None = None) -> Page[Item]:
        """One page, as the API returns it; `count` is at most 100."""
        return await self._driver.run(self._read(count, paging_token))

    async def take(self, limit: int) -> Page[Item]:
        """The first `limit` items as one page; its token continues exactly after them."""
        return await self._driver.run(take_from(self._read, limit))

    async def first(self) -> Item | None:
        return await self._driver.run(first_of(self._read))
