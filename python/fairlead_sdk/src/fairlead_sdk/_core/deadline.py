"""How long a caller is willing to wait."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from fairlead_sdk.problem import problem


@dataclass(frozen=True)
class Deadline:
    clock: Callable[[], float]
    # None: as long as it takes.
    seconds: float | None
    at: float

    @classmethod
    def after(cls, seconds: float | None, clock: Callable[[], float]) -> "Deadline":
        return cls(clock, seconds, math.inf if seconds is None else clock() + seconds)

    def left(self) -> float:
        """The seconds that are left; raises TIMED_OUT if there are none."""
        left = self.at - self.clock()
        if left <= 0:
            raise problem("TIMED_OUT", seconds=float(self.seconds or 0))
        return left
