"""Registers an image as a cluster environment, or as the next build of an existing one, and waits for its check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_sdk._config.environment_config import check_environment_config
from fairlead_sdk._core import routes
from fairlead_sdk._core.caller import Caller
from fairlead_sdk._core.deadline import Deadline
from fairlead_sdk._core.effects import Steps
from fairlead_sdk._core.model import Model
from fairlead_sdk._core.pages import first_of
from fairlead_sdk._core.polling import Polling
from fairlead_sdk._core.request_model import request_model
from fairlead_sdk.models import Build, ClusterEnvironment, CreateBYODClusterEnvironment, EnvironmentConfig
from fairlead_sdk.problem import FairleadProblem, problem


@dataclass(frozen=True)
class BuildOptions:
    poll_rate_seconds: float
    timeout_seconds: float | None
    # False: return as soon as it is registered.
    wait: bool
    # True: raise CHECK_PENDING if no node can check the build now. False: return it, pending.
    require_check: bool
    # Called with the build whenever it changes.
    on_change: Callable[[Build], None] | None


def build_cluster_environment(
    caller: Caller, create: CreateBYODClusterEnvironment | Mapping[str, Any], options: BuildOptions
) -> Steps[Build]:
    deadline = caller.deadline(options.timeout_seconds)
    asked = request_model(CreateBYODClusterEnvironment, create)
    build = yield from _register(caller, asked)
    if not options.wait:
        _tell(options, build)
        return build
    return (yield from wait_for_check(caller, build, options, deadline))


def create_environment(caller: Caller, create: CreateBYODClusterEnvironment | Mapping[str, Any]) -> Steps[ClusterEnvironment]:
    asked = request_model(CreateBYODClusterEnvironment, create)
    return (yield from routes.create_environment(caller, _body(asked)))


def create_build(
    caller: Caller, environment_id: str, config: EnvironmentConfig | Mapping[str, Any], prefetch: bool | None
) -> Steps[Build]:
    checked = check_environment_config(_plain(config))
    return (yield from routes.create_build(caller, environment_id, checked, prefetch))


def check_of(caller: Caller, build_id: str, options: BuildOptions) -> Steps[Build]:
    deadline = caller.deadline(options.timeout_seconds)
    build = yield from routes.get_build(caller, build_id)
    return (yield from wait_for_check(caller, build, options, deadline))


def wait_for_check(caller: Caller, build: Build, options: BuildOptions, deadline: Deadline) -> Steps[Build]:
    """Follows a build until it is checked, or until no node is online to check it."""
    polling = Polling(caller, options.poll_rate_seconds, deadline)
    told: Build | None = None
    while True:
        if build != told:
            _tell(options, build)
        told = build
        if build.status == "succeeded":
            return build
        if build.status in ("failed", "canceled"):
            raise FairleadProblem(build.problem) if build.problem else problem("BUILD_FAILED", name=build.id)
        if build.status == "pending" and not (yield from _has_node_online(caller, build.cloud_id)):
            if options.require_check:
                raise problem("CHECK_PENDING")
            return build
        yield from polling.wait()
        build = yield from polling.get(f"{routes.builds}/{build.id}", Build)


def _register(caller: Caller, asked: CreateBYODClusterEnvironment) -> Steps[Build]:
    body = _body(asked)
    try:
        return (yield from routes.create_environment(caller, body)).latest_build
    except FairleadProblem as error:
        if error.code != "NAME_IN_USE":
            raise
        found = yield from first_of(routes.list_environments(caller, asked.name, include_archived=True))
        if found is None or asked.cloud_id not in (None, found.cloud_id):
            raise
    return (yield from routes.create_build(caller, found.id, body["config_json"], asked.prefetch))


def _body(asked: CreateBYODClusterEnvironment) -> dict[str, Any]:
    # A password pasted as a reference must not leave this machine.
    config = check_environment_config(_plain(asked.config_json))
    cloud = {} if asked.cloud_id is None else {"cloud_id": asked.cloud_id}
    prefetch = {} if asked.prefetch is None else {"prefetch": asked.prefetch}
    return {"name": asked.name, "config_json": config, **cloud, **prefetch}


def _has_node_online(caller: Caller, cloud_id: str) -> Steps[bool]:
    read = routes.list_nodes(caller, cloud_id)
    token: str | None = None
    while True:
        page = yield from read(100, token)
        if any(node.state == "online" for node in page.results):
            return True
        token = page.next_paging_token
        if token is None:
            return False


def _tell(options: BuildOptions, build: Build) -> None:
    if options.on_change is not None:
        options.on_change(build)


def _plain(config: EnvironmentConfig | Mapping[str, Any]) -> Mapping[str, Any]:
    return config.model_dump(exclude_none=True) if isinstance(config, Model) else config
