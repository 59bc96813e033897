"""How often to poll: soon at first, since most things take less than a second, then at the requested rate."""

from fairlead_sdk._core.deadline import Deadline
from fairlead_sdk._core.effects import Steps, pause

_first = 0.1


class Polling:
    def __init__(self, rate_seconds: float, deadline: Deadline) -> None:
        self._rate = rate_seconds
        self._deadline = deadline
        self._next = min(_first, rate_seconds)

    def wait(self) -> Steps[None]:
        """Waits until the next poll; raises TIMED_OUT if the time is up first."""
        yield from pause(min(self._next, self._deadline.left()))
        self._deadline.left()
        self._next = min(2 * self._next, self._rate)
