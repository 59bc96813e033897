"""When to retry a call: a few times, later each time, and never all clients at once."""

import re
from collections.abc import Callable

maximum_attempts = 4

_retried = frozenset({429, 502, 503, 504})
_longest_asked = 10.0


def may_retry_status(status: int) -> bool:
    return status in _retried


def retry_delay(attempt: int, retry_after: str | None, random: Callable[[], float]) -> float:
    """Seconds before the next attempt: jitter below a doubling ceiling, on top of what the server asked for."""
    asked = float(retry_after) if retry_after is not None and re.fullmatch(r"[0-9]{1,5}", retry_after) else 0.0
    return min(asked, _longest_asked) + random() * min(0.2 * float(2**attempt), 5.0)
