"""
How often to poll: soon at first, since most things take less than a second, then at the requested rate. The control plane
may be away meanwhile.
"""

from typing import TypeVar

from fairlead_sdk._core.caller import Caller
from fairlead_sdk._core.deadline import Deadline
from fairlead_sdk._core.effects import Steps, pause
from fairlead_sdk._core.model import Model
from fairlead_sdk._core.problem_table import may_pass
from fairlead_sdk.problem import FairleadProblem

Parsed = TypeVar("Parsed", bound=Model)

_first = 0.1
# How long the control plane may be away before a wait gives up: it may restart, or be upgraded.
_patience = 60.0


class Polling:
    def __init__(self, caller: Caller, rate_seconds: float, deadline: Deadline) -> None:
        self._caller = caller
        self._rate = rate_seconds
        self._deadline = deadline
        self._next = min(_first, rate_seconds)

    def wait(self) -> Steps[None]:
        """Waits until the next poll; raises TIMED_OUT if the time is up first."""
        yield from pause(min(self._next, self._deadline.left()))
        self._deadline.left()
        self._next = min(2 * self._next, self._rate)

    def get(self, path: str, kind: type[Parsed]) -> Steps[Parsed]:
        """The resource as it is now, or once the control plane is there again."""
        began = self._caller.clock()
        while True:
            try:
                return (yield from self._caller.get(path, kind, self._deadline))
            except FairleadProblem as error:
                if not may_pass(error.code) or self._caller.clock() - began >= _patience:
                    raise
            yield from pause(min(self._rate, self._deadline.left()))
