"""Performs the effects of a call, and lets other tasks run meanwhile."""

from __future__ import annotations

import asyncio

import httpx

from fairlead_sdk._core.effects import Answer, Effect, NoAnswer, Outcome, Pause, Request, Result, Steps
from fairlead_sdk._core.settings import Settings
from fairlead_sdk._http.wire import AnswerBody, headers_of, no_answer, prefix, tls_context


class AwaitingDriver:
    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None) -> None:
        self._settings = settings
        # Ignores the environment, since .netrc would replace the token.
        self._client = httpx.AsyncClient(verify=tls_context(settings), transport=transport, trust_env=False)

    async def run(self, steps: Steps[Result]) -> Result:
        try:
            effect = next(steps)
            while True:
                effect = steps.send(await self._perform(effect))
        except StopIteration as done:
            result: Result = done.value
            return result
        finally:
            steps.close()

    async def close(self) -> None:
        await self._client.aclose()

    async def _perform(self, effect: Effect) -> Outcome:
        if isinstance(effect, Pause):
            await asyncio.sleep(effect.seconds)
            return None
        try:
            return await asyncio.wait_for(self._exchange(effect.request, effect.timeout), effect.timeout)
        except asyncio.TimeoutError:
            return NoAnswer("CONTROL_PLANE_UNREACHABLE")
        except httpx.HTTPError as error:
            return no_answer(error)

    async def _exchange(self, request: Request, timeout: float) -> Answer:
        url = f"{self._settings.origin}{prefix}{request.path}"
        headers = headers_of(self._settings, request)
        async with self._client.stream(request.method, url, content=request.body, headers=headers, timeout=timeout) as response:
            body = AnswerBody(response.headers)
            if body.is_wanted:
                async for chunk in response.aiter_bytes():
                    if not body.add(chunk):
                        break
            return Answer(response.status_code, response.headers.get("retry-after"), body.whole())
