"""Waits while idle nodes bring the image of a build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from fairlead_sdk._core import routes
from fairlead_sdk._core.caller import Caller, segment
from fairlead_sdk._core.effects import Steps
from fairlead_sdk._core.polling import Polling
from fairlead_sdk.models import Build

PrefetchState = Literal["bringing", "done", "failed", "no-idle-node", "not-asked"]


@dataclass(frozen=True)
class PrefetchOptions:
    poll_rate_seconds: float
    timeout_seconds: float | None
    # After so long without another node that has the image, no more are expected.
    patience_seconds: float
    # Called with the build whenever it changes.
    on_change: Callable[[Build], None] | None


def prefetch_state(build: Build) -> PrefetchState:
    """
    How far idle nodes are with the image of a build: `bringing`, if more may come; `done`, if all have it; `failed`, if
    those that do not could not bring it; `no-idle-node`; or `not-asked`, if no node is to bring it, or no longer.
    """
    progress = build.prefetch_progress
    if progress is None:
        return "not-asked"
    if progress.idle_nodes == 0:
        return "no-idle-node"
    if progress.ready_nodes == progress.idle_nodes:
        return "done"
    return "failed" if progress.ready_nodes + progress.failed_nodes == progress.idle_nodes else "bringing"


def wait_for_prefetch(caller: Caller, build_id: str, options: PrefetchOptions) -> Steps[Build]:
    """Returns the build as it was last seen, in whichever state: idle nodes bring the image whether or not somebody waits."""
    deadline = caller.deadline(options.timeout_seconds)
    polling = Polling(caller, options.poll_rate_seconds, deadline)
    told: Build | None = None
    expected_until = caller.clock() + options.patience_seconds
    while True:
        build = yield from polling.get(f"{routes.builds}/{segment(build_id)}", Build)
        if build != told:
            expected_until = caller.clock() + options.patience_seconds
            if options.on_change is not None:
                options.on_change(build)
        told = build
        if prefetch_state(build) != "bringing" or caller.clock() >= expected_until:
            return build
        yield from polling.wait()
