"""
What a call needs from the outside, as values. A call is a generator that yields effects and receives their outcomes; its
driver may block or await. So each decision is written once, for both clients.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar


@dataclass(frozen=True)
class Request:
    method: Literal["GET", "POST", "DELETE"]
    # Includes the query, but not the prefix of the API.
    path: str
    body: bytes | None = None
    # The same in every attempt, so that a write whose answer was lost is not done twice.
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Answer:
    status: int
    retry_after: str | None
    # None if it was larger than any answer of the API.
    body: bytes | None


@dataclass(frozen=True)
class NoAnswer:
    code: Literal["CONTROL_PLANE_UNREACHABLE", "CONTROL_PLANE_TLS"]


@dataclass(frozen=True)
class Exchange:
    """Send the request once; its outcome is an Answer, or NoAnswer."""

    request: Request
    timeout: float


@dataclass(frozen=True)
class Pause:
    """Wait; it has no outcome."""

    seconds: float


Effect: TypeAlias = Exchange | Pause
Outcome: TypeAlias = Answer | NoAnswer | None

Result = TypeVar("Result")
Steps: TypeAlias = Generator[Effect, Outcome, Result]


def exchange(request: Request, timeout: float) -> Steps[Answer | NoAnswer]:
    outcome = yield Exchange(request, timeout)
    if outcome is None:
        raise TypeError("an exchange has an outcome")
    return outcome


def pause(seconds: float) -> Steps[None]:
    yield Pause(seconds)
