"""Waiting, tested without a clock or a network: the test performs the effects that a call yields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairlead_sdk import Build, FairleadProblem, prefetch_state
from fairlead_sdk._core.backoff import retry_delay
from fairlead_sdk._core.caller import Caller
from fairlead_sdk._core.effects import Answer, Exchange, NoAnswer, Outcome, Pause, Steps
from fairlead_sdk._core.launch_cluster import LaunchOptions, wait_for_cluster
from fairlead_sdk._core.routes import get_build
from fairlead_sdk._core.wait_for_prefetch import PrefetchOptions, wait_for_prefetch

cluster = {
    "id": "ses_1",
    "name": "train",
    "state": "StartingUp",
    "problem": None,
    "cloud_id": "cld_1",
    "cluster_environment_id": "cenv_1",
    "cluster_environment_build_id": "bld_1",
    "cluster_environment": "env:1",
    "worker_count": 0,
    "pin_digest": True,
    "digest": None,
    "generation": 1,
    "creator_id": "tok_1",
    "created_at": "2026-01-02T03:04:05.678Z",
    "state_changed_at": "2026-01-02T03:04:05.678Z",
    "ray_address": None,
    "dashboard_url": None,
    "alive_nodes": None,
    "nodes": [],
}

build = {
    "id": "bld_1",
    "cluster_environment_id": "cenv_1",
    "revision": 1,
    "status": "succeeded",
    "is_byod": True,
    "docker_image_name": "registry.example.com/team/app:1",
    "ray_version": "2.55.1",
    "registry_login_secret": None,
    "env_vars": {},
    "cloud_id": "cld_1",
    "creator_id": "tok_1",
    "created_at": "2026-01-02T03:04:05.678Z",
    "last_modified_at": "2026-01-02T03:04:05.678Z",
    "digest": f"sha256:{'a' * 64}",
    "size_bytes": 1,
    "platform": None,
    "byod_ray_version": None,
    "warnings": [],
    "checked_by": None,
    "prefetch": True,
    "steps": [],
    "problem": None,
    "error_message": None,
}


class World:
    """A clock that only pauses and slow answers advance."""

    def __init__(self, outcomes: list[Outcome], answer_takes: float = 0.0) -> None:
        self.now = 1000.0
        self.waited: list[float] = []
        self.caller = Caller("https://fairlead.example.com", 30.0, lambda: self.now, lambda: 0.5)
        self._outcomes = outcomes
        self._answer_takes = answer_takes

    def run(self, steps: Steps[Any]) -> Any:
        try:
            effect = next(steps)
            while True:
                effect = steps.send(self._perform(effect))
        except StopIteration as done:
            return done.value

    def _perform(self, effect: Exchange | Pause) -> Outcome:
        if isinstance(effect, Pause):
            self.waited.append(effect.seconds)
            self.now += effect.seconds
            return None
        self.now += min(self._answer_takes, effect.timeout)
        return self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]


def answer(**changes: object) -> Answer:
    return result({**cluster, **changes})


def result(value: object) -> Answer:
    return Answer(200, None, json.dumps({"result": value}).encode())


def follow(world: World, timeout: float | None, goal: Any = "Running") -> Any:
    options = LaunchOptions(poll_rate_seconds=2.0, timeout_seconds=timeout, wait=True, on_change=None)
    return world.run(wait_for_cluster(world.caller, "ses_1", goal, options, world.caller.deadline(timeout)))


def test_polls_soon_then_at_the_requested_rate_until_the_goal_is_reached() -> None:
    world = World([*[answer()] * 7, answer(state="Running", ray_address="ray://10.0.0.1:10001")])
    assert follow(world, None).ray_address == "ray://10.0.0.1:10001"
    assert world.waited == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]


def test_times_out_on_time_and_not_a_poll_later() -> None:
    world = World([answer()])
    with pytest.raises(FairleadProblem) as raised:
        follow(world, 5.0)
    assert (raised.value.code, round(world.now, 6)) == ("TIMED_OUT", 1005.0)
    assert "5 s" in raised.value.detail


def test_a_hanging_server_does_not_outlast_the_timeout_either() -> None:
    world = World([NoAnswer("CONTROL_PLANE_UNREACHABLE")], answer_takes=60.0)
    with pytest.raises(FairleadProblem) as raised:
        follow(world, 5.0)
    assert (raised.value.code, world.now) == ("TIMED_OUT", 1005.0)


unavailable = Answer(503, None, b"<h1>Service Unavailable</h1>")


def test_outlasts_a_restart_of_the_control_plane() -> None:
    away = [*[NoAnswer("CONTROL_PLANE_UNREACHABLE")] * 8, *[unavailable] * 8]
    world = World([answer(), *away, answer(state="Running", ray_address="ray://10.0.0.1:10001")])
    assert follow(world, None).state == "Running"


def test_gives_up_after_a_minute_without_the_control_plane() -> None:
    world = World([answer(), unavailable])
    with pytest.raises(FairleadProblem) as raised:
        follow(world, None)
    assert raised.value.code == "CONTROL_PLANE_UNAVAILABLE"
    assert 1060 <= world.now < 1075


def test_waits_for_no_problem_that_a_restart_does_not_solve() -> None:
    world = World([answer(), Answer(404, None, b"{}")])
    with pytest.raises(FairleadProblem):
        follow(world, None)
    assert world.waited == [0.1]


def test_a_silent_server_is_not_asked_again_by_one_call() -> None:
    world = World([NoAnswer("CONTROL_PLANE_UNREACHABLE")], answer_takes=60.0)
    with pytest.raises(FairleadProblem):
        world.run(get_build(world.caller, "bld_1"))
    assert (world.now, world.waited) == (1030.0, [])


def test_stops_waiting_if_another_user_terminates_the_cluster() -> None:
    with pytest.raises(FairleadProblem) as raised:
        follow(World([answer(state="Terminated")]), None)
    assert raised.value.code == "CLUSTER_TERMINATED"


def test_rejects_an_address_that_is_not_safe_to_paste() -> None:
    with pytest.raises(FairleadProblem) as raised:
        follow(World([answer(state="Running", ray_address="ray://x'); import os #")]), None)
    assert raised.value.code == "CONTROL_PLANE_ANSWER_INVALID"


def with_progress(idle: int, ready: int, failed: int = 0) -> dict[str, Any]:
    return {**build, "prefetch_progress": {"idle_nodes": idle, "ready_nodes": ready, "failed_nodes": failed}}


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        (with_progress(5, 4), "bringing"),
        (with_progress(5, 5), "done"),
        (with_progress(5, 4, 1), "failed"),
        (with_progress(5, 3, 1), "bringing"),
        (with_progress(0, 0), "no-idle-node"),
        (build, "not-asked"),
    ],
)
def test_a_build_says_how_far_idle_nodes_are(shown: dict[str, Any], state: str) -> None:
    assert prefetch_state(Build.model_validate(shown)) == state


def follow_prefetch(world: World, timeout: float | None = None, patience: float = 600.0) -> tuple[str, list[int | None]]:
    """How it ended, and each number of nodes that was told."""
    told: list[int | None] = []

    def tell(changed: Build) -> None:
        told.append(changed.prefetch_progress and changed.prefetch_progress.ready_nodes)

    options = PrefetchOptions(poll_rate_seconds=2.0, timeout_seconds=timeout, patience_seconds=patience, on_change=tell)
    last = world.run(wait_for_prefetch(world.caller, "bld_1", options))
    return prefetch_state(last), told


def test_follows_idle_nodes_until_all_have_the_image() -> None:
    looks = [with_progress(2, 0), with_progress(2, 1), with_progress(2, 1), with_progress(2, 2)]
    assert follow_prefetch(World([result(look) for look in looks])) == ("done", [0, 1, 2])


def test_waits_for_no_node_that_is_not_idle_no_longer_asked_or_could_not() -> None:
    assert follow_prefetch(World([result(with_progress(0, 0))])) == ("no-idle-node", [0])
    assert follow_prefetch(World([result(with_progress(2, 1)), result(build)])) == ("not-asked", [1, None])
    assert follow_prefetch(World([result(with_progress(2, 1)), result(with_progress(2, 1, 1))])) == ("failed", [1, 1])


def test_expects_no_more_nodes_once_none_got_the_image_for_a_long_time() -> None:
    world = World([*[result(with_progress(3, 0))] * 4, result(with_progress(3, 1))])
    assert follow_prefetch(world, timeout=100.0, patience=20.0) == ("bringing", [0, 1])
    # The first got it after 1.5 s; the last poll is at most 2 s late.
    assert 1021.5 <= world.now < 1023.5


def test_a_wait_for_idle_nodes_times_out_on_time() -> None:
    world = World([result(with_progress(2, 1))])
    with pytest.raises(FairleadProblem) as raised:
        follow_prefetch(world, timeout=5.0)
    assert (raised.value.code, round(world.now, 6)) == ("TIMED_OUT", 1005.0)


@pytest.mark.parametrize("attempt", range(1, 9))
def test_the_ceiling_of_a_delay_doubles_up_to_five_seconds(attempt: int) -> None:
    ceiling = min(0.2 * 2**attempt, 5.0)
    assert retry_delay(attempt, None, lambda: 0.0) == 0.0
    assert retry_delay(attempt, None, lambda: 1.0) == ceiling
    assert retry_delay(attempt, "7", lambda: 1.0) == 7.0 + ceiling
    assert retry_delay(attempt, "100000", lambda: 0.0) == 0.0
    assert retry_delay(attempt, "٣", lambda: 0.0) == 0.0
