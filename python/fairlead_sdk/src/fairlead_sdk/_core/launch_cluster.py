"""Creates and starts a cluster, or starts the existing one of that name with new settings, and waits until Ray runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from fairlead_sdk._core import routes
from fairlead_sdk._core.caller import Caller, segment
from fairlead_sdk._core.deadline import Deadline
from fairlead_sdk._core.effects import Steps
from fairlead_sdk._core.pages import first_of
from fairlead_sdk._core.polling import Polling
from fairlead_sdk._core.request_model import request_model
from fairlead_sdk.models import Cluster, CreateCluster, StartCluster
from fairlead_sdk.problem import FairleadProblem, problem

Goal = Literal["Running", "Terminated"]
ClusterState = Literal["Terminated", "AwaitingStartup", "StartingUp", "Running", "StartupErrored", "Terminating"]


@dataclass(frozen=True)
class LaunchOptions:
    poll_rate_seconds: float
    timeout_seconds: float | None
    # False: return as soon as the start is accepted.
    wait: bool
    # Called with the cluster whenever it changes.
    on_change: Callable[[Cluster], None] | None


def cluster_request(
    name: str,
    cluster_environment: str | None,
    cluster_environment_build_id: str | None,
    cloud_id: str | None,
    worker_count: int | None,
    pin_digest: bool | None,
) -> CreateCluster:
    """Contains only what was given: an existing cluster keeps the rest."""
    given = {
        "name": name,
        "cluster_environment": cluster_environment,
        "cluster_environment_build_id": cluster_environment_build_id,
        "cloud_id": cloud_id,
        "worker_count": worker_count,
        "pin_digest": pin_digest,
    }
    return request_model(CreateCluster, {field: value for field, value in given.items() if value is not None})


def launch_cluster(caller: Caller, create: CreateCluster, options: LaunchOptions) -> Steps[Cluster]:
    deadline = caller.deadline(options.timeout_seconds)
    existing = yield from first_of(routes.list_clusters(caller, create.name))
    if existing is None:
        made = yield from routes.create_cluster(caller, create)
        started = yield from routes.start_cluster(caller, made.id, StartCluster())
    else:
        started = yield from _start_again(caller, existing, create)
    if not options.wait:
        if options.on_change is not None:
            options.on_change(started)
        return started
    return (yield from wait_for_cluster(caller, started.id, "Running", options, deadline))


def wait_for_cluster(caller: Caller, cluster_id: str, goal: Goal, options: LaunchOptions, deadline: Deadline) -> Steps[Cluster]:
    """Follows a cluster until it reaches that state; raises the problem if it fails."""
    polling = Polling(caller, options.poll_rate_seconds, deadline)
    told: Cluster | None = None
    while True:
        cluster = yield from polling.get(f"{routes.clusters}/{segment(cluster_id)}", Cluster)
        if cluster != told and options.on_change is not None:
            options.on_change(cluster)
        told = cluster
        if cluster.state == goal:
            return cluster
        # Another user may terminate what this one starts.
        if goal == "Running" and cluster.state in ("StartupErrored", "Terminated"):
            raise _why_it_ended(cluster)
        yield from polling.wait()


def _start_again(caller: Caller, existing: Cluster, create: CreateCluster) -> Steps[Cluster]:
    if create.cloud_id not in (None, existing.cloud_id):
        raise problem("NAME_IN_USE", name=create.name)
    # A launch that was interrupted and is repeated joins the start in progress.
    if _is_up(existing) and (yield from _is_as_asked(caller, existing, create)):
        return existing
    asked = create.model_dump(exclude_unset=True, exclude_none=True, exclude={"name", "cloud_id"})
    return (yield from routes.start_cluster(caller, existing.id, StartCluster(**asked)))


def _is_up(cluster: Cluster) -> bool:
    return cluster.state in ("AwaitingStartup", "StartingUp", "Running")


def _is_as_asked(caller: Caller, existing: Cluster, create: CreateCluster) -> Steps[bool]:
    said = create.model_fields_set
    if "worker_count" in said and create.worker_count != existing.worker_count:
        return False
    if "pin_digest" in said and create.pin_digest != existing.pin_digest:
        return False
    build_id = create.cluster_environment_build_id
    if create.cluster_environment is not None:
        build_id = (yield from routes.find_build(caller, create.cluster_environment)).id
    return build_id in (None, existing.cluster_environment_build_id)


def _why_it_ended(cluster: Cluster) -> FairleadProblem:
    told = cluster.problem or next((node.problem for node in cluster.nodes if node.problem), None)
    return FairleadProblem(told) if told else problem("CLUSTER_TERMINATED", name=cluster.name)
