"""One call to the API: limited in time, retried where that is safe, and with its answer parsed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode

from pydantic import ValidationError

from fairlead_sdk._core.backoff import maximum_attempts, may_retry_status, retry_delay
from fairlead_sdk._core.deadline import Deadline
from fairlead_sdk._core.effects import Answer, Request, Steps, exchange, pause
from fairlead_sdk._core.model import Model
from fairlead_sdk._core.problem_table import may_pass
from fairlead_sdk.problem import FairleadProblem, problem, served_problem

Parsed = TypeVar("Parsed", bound=Model)
Query = Mapping[str, str | int | bool | None]


@dataclass(frozen=True)
class Caller:
    # Scheme, host and port of the control plane.
    origin: str
    # For one attempt.
    timeout: float
    clock: Callable[[], float]
    random: Callable[[], float]

    def deadline(self, seconds: float | None) -> Deadline:
        return Deadline.after(seconds, self.clock)

    def get(self, path: str, kind: type[Parsed], deadline: Deadline | None = None) -> Steps[Parsed]:
        answer = yield from self.call(Request("GET", path), deadline)
        return self.parse_result(kind, answer)

    def post(
        self, path: str, body: Mapping[str, object], kind: type[Parsed], deadline: Deadline | None = None
    ) -> Steps[Parsed]:
        text = json.dumps(body).encode()
        request = Request("POST", path, body=text, idempotency_key=str(uuid.uuid4()))
        answer = yield from self.call(request, deadline)
        return self.parse_result(kind, answer)

    def delete(self, path: str) -> Steps[None]:
        yield from self.call(Request("DELETE", path), None)

    def call(self, request: Request, deadline: Deadline | None) -> Steps[object]:
        """Returns the body of the answer, or raises the problem."""
        until = deadline or self.deadline(None)
        attempt = 1
        while True:
            began = self.clock()
            outcome = yield from exchange(request, min(self.timeout, until.left()))
            if isinstance(outcome, Answer):
                body = _read_json(outcome.body)
                if 200 <= outcome.status < 300:
                    return body
                found = served_problem(body) or self.not_served(outcome.status)
                again, retry_after = may_retry_status(outcome.status), outcome.retry_after
            else:
                found = problem(outcome.code, host=self.address)
                # A server that was silent for so long is not asked again.
                is_silent = self.clock() - began >= self.timeout
                again, retry_after = may_pass(outcome.code) and not is_silent, None
            until.left()
            if not again or attempt == maximum_attempts:
                raise found
            yield from pause(min(retry_delay(attempt, retry_after, self.random), until.left()))
            attempt += 1

    def parse_result(self, kind: type[Parsed], body: object) -> Parsed:
        return self.parse(kind, body.get("result") if isinstance(body, dict) else None)

    def parse(self, kind: type[Parsed], value: object) -> Parsed:
        try:
            return kind.model_validate(value)
        except ValidationError:
            raise self.not_in_the_api() from None

    def not_served(self, status: int) -> FairleadProblem:
        # A proxy in front may answer instead: these describe the path, not the control plane.
        if may_retry_status(status):
            return problem("CONTROL_PLANE_UNAVAILABLE", host=self.address, http_status=status)
        return self.not_in_the_api()

    def not_in_the_api(self) -> FairleadProblem:
        return problem("CONTROL_PLANE_ANSWER_INVALID", host=self.address)

    @property
    def address(self) -> str:
        return self.origin.partition("//")[2]


def with_query(path: str, query: Query) -> str:
    """Omits values that are None."""
    given = {name: _query_text(value) for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def _query_text(value: str | int | bool | None) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def segment(text: str) -> str:
    """One segment of a path, whatever the text contains."""
    quoted = quote(text, safe="")
    # A segment of only dots would climb.
    return quoted.replace(".", "%2E") if quoted.strip(".") == "" else quoted


def _read_json(body: bytes | None) -> object:
    try:
        return None if body is None else json.loads(body)
    except (ValueError, RecursionError):
        return None
