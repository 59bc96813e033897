"""Performs the effects of a call, and blocks until they are done."""

from __future__ import annotations

import time
import weakref

import httpx

from fairlead_sdk._core.effects import Answer, Effect, NoAnswer, Outcome, Pause, Request, Result, Steps
from fairlead_sdk._core.settings import Settings
from fairlead_sdk._http.wire import AnswerBody, headers_of, no_answer, prefix, tls_context


class BlockingDriver:
    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None) -> None:
        self._settings = settings
        # Ignores the environment, since .netrc would replace the token.
        self._client = httpx.Client(verify=tls_context(settings), transport=transport, trust_env=False)
        # Leaves no connection behind even if the caller forgets to close it.
        weakref.finalize(self, self._client.close)

    def run(self, steps: Steps[Result]) -> Result:
        try:
            effect = next(steps)
            while True:
                effect = steps.send(self._perform(effect))
        except StopIteration as done:
            result: Result = done.value
            return result
        finally:
            steps.close()

    def close(self) -> None:
        self._client.close()

    def _perform(self, effect: Effect) -> Outcome:
        if isinstance(effect, Pause):
            time.sleep(effect.seconds)
            return None
        try:
            return self._exchange(effect.request, effect.timeout)
        except httpx.HTTPError as error:
            return no_answer(error)

    def _exchange(self, request: Request, timeout: float) -> Answer | NoAnswer:
        until = time.monotonic() + timeout
        url = f"{self._settings.origin}{prefix}{request.path}"
        headers = headers_of(self._settings, request)
        with self._client.stream(request.method, url, content=request.body, headers=headers, timeout=timeout) as response:
            body = AnswerBody(response.headers)
            if body.is_wanted:
                for chunk in response.iter_bytes():
                    if time.monotonic() > until:
                        return NoAnswer("CONTROL_PLANE_UNREACHABLE")
                    if not body.add(chunk):
                        break
            return Answer(response.status_code, response.headers.get("retry-after"), body.whole())
