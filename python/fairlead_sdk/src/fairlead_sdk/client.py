"""The blocking client. Generated from async_client.py by scripts/blocking-client.ts."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import httpx

from fairlead_sdk._core import routes
from fairlead_sdk._core.build_cluster_environment import (
    BuildOptions,
    build_cluster_environment,
    check_of,
    create_build,
    create_environment,
)
from fairlead_sdk._core.caller import Caller
from fairlead_sdk._core.launch_cluster import ClusterState, LaunchOptions, cluster_request, launch_cluster, wait_for_cluster
from fairlead_sdk._core.ray_environment import ray_environment
from fairlead_sdk._core.request_model import request_model
from fairlead_sdk._core.settings import choose_settings
from fairlead_sdk._core.wait_for_prefetch import PrefetchOptions, wait_for_prefetch
from fairlead_sdk._http.blocking import BlockingDriver
from fairlead_sdk.lists import Pages
from fairlead_sdk.models import (
    ApiToken,
    AuditEvent,
    Build,
    Cloud,
    Cluster,
    ClusterConnection,
    ClusterEnvironment,
    ClusterNode,
    CreateApiToken,
    CreateBYODClusterEnvironment,
    CreateCloud,
    CreateCluster,
    CreatedApiToken,
    CreateGrant,
    EnvironmentConfig,
    Grant,
    JoinCommand,
    JoinToken,
    Node,
    Overview,
    PullRecord,
    StartCluster,
    UpdateCloud,
)


class FairleadSDK:
    """
    The API of a control plane. Without arguments, it uses `FAIRLEAD_HOST`, `FAIRLEAD_TOKEN` and `FAIRLEAD_CA_FILE`,
    then the saved `fairlead login`. Errors are raised as FairleadProblem.
    """

    def __init__(
        self,
        auth_token: str | None = None,
        host: str | None = None,
        *,
        ca_file: str | None = None,
        timeout_seconds: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """`timeout_seconds` limits one attempt. `transport` is for a proxy or a test."""
        settings = choose_settings(auth_token, host, ca_file, os.environ, Path.home())
        self._caller = Caller(settings.origin, timeout_seconds, time.monotonic, random.random)
        self._driver = BlockingDriver(settings, transport)

    def __enter__(self) -> FairleadSDK:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"FairleadSDK(host={self.host!r})"

    @property
    def host(self) -> str:
        """Scheme, host and port of the control plane."""
        return self._caller.origin

    def close(self) -> None:
        """Closes the connections; a `with` block does it for you."""
        self._driver.close()

    # Cluster environments and their builds

    def build_cluster_environment(
        self,
        create_cluster_environment: CreateBYODClusterEnvironment | Mapping[str, Any],
        *,
        poll_rate_seconds: float = 1.0,
        timeout_seconds: float | None = None,
        wait: bool = True,
        require_check: bool = False,
        on_change: Callable[[Build], None] | None = None,
    ) -> Build:
        """
        Creates the environment or, if the name exists, adds a build; waits for the check on a node and returns the
        build. If no node is online, the build is returned as `pending`; `require_check` raises CHECK_PENDING instead.
        """
        options = BuildOptions(poll_rate_seconds, timeout_seconds, wait, require_check, on_change)
        return self._driver.run(build_cluster_environment(self._caller, create_cluster_environment, options))

    def wait_for_build(
        self,
        build_id: str,
        *,
        poll_rate_seconds: float = 1.0,
        timeout_seconds: float | None = None,
        require_check: bool = False,
        on_change: Callable[[Build], None] | None = None,
    ) -> Build:
        """Follows the check of a build to its end; raises the problem if it fails."""
        options = BuildOptions(poll_rate_seconds, timeout_seconds, True, require_check, on_change)
        return self._driver.run(check_of(self._caller, build_id, options))

    def wait_for_prefetch(
        self,
        build_id: str,
        *,
        poll_rate_seconds: float = 2.0,
        timeout_seconds: float | None = None,
        patience_seconds: float = 600.0,
        on_change: Callable[[Build], None] | None = None,
    ) -> Build:
        """
        Follows the idle nodes that bring the image of a checked build, until no more are expected to; returns the build
        as last seen. `prefetch_state` says how it ended; `patience_seconds` is how long to wait for the next change.
        """
        options = PrefetchOptions(poll_rate_seconds, timeout_seconds, patience_seconds, on_change)
        return self._driver.run(wait_for_prefetch(self._caller, build_id, options))

    def create_cluster_environment(
        self, create_cluster_environment: CreateBYODClusterEnvironment | Mapping[str, Any]
    ) -> ClusterEnvironment:
        """Creates an environment and its first build without waiting; raises NAME_IN_USE if the name exists."""
        return self._driver.run(create_environment(self._caller, create_cluster_environment))

    def create_cluster_environment_build(
        self,
        cluster_environment_id: str,
        config_json: EnvironmentConfig | Mapping[str, Any],
        *,
        prefetch: bool | None = None,
    ) -> Build:
        """Creates the next build without waiting; `prefetch` lets idle nodes bring its image once it is checked."""
        return self._driver.run(create_build(self._caller, cluster_environment_id, config_json, prefetch))

    def get_cluster_environment(self, cluster_environment_id: str) -> ClusterEnvironment:
        """One cluster environment, with its newest build."""
        return self._driver.run(routes.get_environment(self._caller, cluster_environment_id))

    def list_cluster_environments(
        self,
        *,
        name: str | None = None,
        name_contains: str | None = None,
        cloud_id: str | None = None,
        include_archived: bool = False,
        build_status: routes.BuildStatus | None = None,
        advice: routes.CheckAdvice | None = None,
    ) -> Pages[ClusterEnvironment]:
        """Newest first."""
        filters = (name, name_contains, cloud_id, include_archived, build_status, advice)
        read = routes.list_environments(self._caller, *filters)
        return Pages(self._driver, read)

    def archive_cluster_environment(self, cluster_environment_id: str) -> ClusterEnvironment:
        """No cluster can start from an archived environment."""
        return self._driver.run(routes.archive_environment(self._caller, cluster_environment_id))

    def get_cluster_environment_build(self, cluster_environment_build_id: str) -> Build:
        """One build, with the outcome of its check."""
        return self._driver.run(routes.get_build(self._caller, cluster_environment_build_id))

    def find_cluster_environment_build_by_identifier(self, identifier: str) -> Build:
        """Finds a build by `name` (the newest) or `name:revision`."""
        return self._driver.run(routes.find_build(self._caller, identifier))

    def list_cluster_environment_builds(self, cluster_environment_id: str) -> Pages[Build]:
        """The builds of an environment, newest first."""
        return Pages(self._driver, routes.list_builds(self._caller, cluster_environment_id))

    def verify_cluster_environment_build(self, cluster_environment_build_id: str) -> Build:
        """Has a node check the build again, for example after a secret or a registry was fixed."""
        return self._driver.run(routes.verify_build(self._caller, cluster_environment_build_id))

    # Clusters

    def launch_cluster(
        self,
        cluster_name: str,
        *,
        cluster_environment: str | None = None,
        cluster_environment_build_id: str | None = None,
        cloud_id: str | None = None,
        worker_count: int | None = None,
        pin_digest: bool | None = None,
        poll_rate_seconds: float = 1.0,
        timeout_seconds: float | None = None,
        wait: bool = True,
        on_change: Callable[[Cluster], None] | None = None,
    ) -> Cluster:
        """
        Creates and starts a cluster, or starts the existing one of that name with these settings, and waits until Ray
        runs on all its nodes; `ray_environment` says how to reach it. `cluster_environment` is `name` or `name:revision`.
        """
        create = cluster_request(
            cluster_name, cluster_environment, cluster_environment_build_id, cloud_id, worker_count, pin_digest
        )
        options = LaunchOptions(poll_rate_seconds, timeout_seconds, wait, on_change)
        return self._driver.run(launch_cluster(self._caller, create, options))

    def wait_for_cluster(
        self,
        cluster_id: str,
        state: Literal["Running", "Terminated"] = "Running",
        *,
        poll_rate_seconds: float = 1.0,
        timeout_seconds: float | None = None,
        on_change: Callable[[Cluster], None] | None = None,
    ) -> Cluster:
        """Follows a cluster until it reaches that state; raises the problem if it fails."""
        options = LaunchOptions(poll_rate_seconds, timeout_seconds, True, on_change)
        deadline = self._caller.deadline(timeout_seconds)
        return self._driver.run(wait_for_cluster(self._caller, cluster_id, state, options, deadline))

    def create_cluster(self, create_cluster: CreateCluster | Mapping[str, Any]) -> Cluster:
        """Creates a cluster, `Terminated`; `start_cluster` starts it."""
        return self._driver.run(routes.create_cluster(self._caller, request_model(CreateCluster, create_cluster)))

    def get_cluster(self, cluster_id: str) -> Cluster:
        """One cluster, with the state of its nodes."""
        return self._driver.run(routes.get_cluster(self._caller, cluster_id))

    def list_clusters(
        self,
        *,
        name: str | None = None,
        name_contains: str | None = None,
        state: ClusterState | None = None,
        has_problem: bool | None = None,
    ) -> Pages[Cluster]:
        """Newest first."""
        return Pages(self._driver, routes.list_clusters(self._caller, name, name_contains, state, has_problem))

    def get_cluster_connection(self, cluster_id: str) -> ClusterConnection:
        """Ray's address, and the token that it requires; viewers cannot read them."""
        return self._driver.run(routes.get_cluster_connection(self._caller, cluster_id))

    def ray_environment(self, cluster_id: str) -> dict[str, str]:
        """The variables that let `ray.init()` reach the cluster. Set them before importing Ray, which reads them on import."""
        return ray_environment(self.get_cluster_connection(cluster_id))

    def list_cluster_nodes(self, cluster_id: str) -> Pages[ClusterNode]:
        """What each node does for the cluster, and its problem if it has one."""
        return Pages(self._driver, routes.list_cluster_nodes(self._caller, cluster_id))

    def start_cluster(self, cluster_id: str, changes: StartCluster | Mapping[str, Any] | None = None) -> Cluster:
        """Returns as soon as the start is accepted; `wait_for_cluster` waits until it runs."""
        asked = request_model(StartCluster, changes or {})
        return self._driver.run(routes.start_cluster(self._caller, cluster_id, asked))

    def terminate_cluster(self, cluster_id: str) -> Cluster:
        """Returns as soon as the request is accepted; `wait_for_cluster(id, "Terminated")` waits until it is terminated."""
        return self._driver.run(routes.terminate_cluster(self._caller, cluster_id))

    def delete_cluster(self, cluster_id: str) -> None:
        """Deletes a cluster that has ended; the records of its pulls stay."""
        return self._driver.run(routes.delete_cluster(self._caller, cluster_id))

    # Clouds, nodes, pull records, tokens

    def create_cloud(self, create_cloud: CreateCloud | Mapping[str, Any]) -> Cloud:
        """Describes where nodes run and how they prove what they are."""
        return self._driver.run(routes.create_cloud(self._caller, request_model(CreateCloud, create_cloud)))

    def get_cloud(self, cloud_id: str) -> Cloud:
        """One cloud."""
        return self._driver.run(routes.get_cloud(self._caller, cloud_id))

    def list_clouds(self, *, name: str | None = None, name_contains: str | None = None) -> Pages[Cloud]:
        """Newest first."""
        return Pages(self._driver, routes.list_clouds(self._caller, name, name_contains))

    def update_cloud(self, cloud_id: str, changes: UpdateCloud | Mapping[str, Any]) -> Cloud:
        """What the changes leave out stays. Where the cloud is stays while it has nodes."""
        return self._driver.run(routes.update_cloud(self._caller, cloud_id, request_model(UpdateCloud, changes)))

    def delete_cloud(self, cloud_id: str) -> None:
        """Fails with CLOUD_IN_USE while it has nodes, clusters that have not ended, or environments."""
        return self._driver.run(routes.delete_cloud(self._caller, cloud_id))

    def reset_cloud_role(self, cloud_id: str) -> Cloud:
        """Call this after the node role on AWS was recreated: the next node that proves itself determines the new one."""
        return self._driver.run(routes.reset_cloud_role(self._caller, cloud_id))

    def get_cloud_policy(
        self,
        cloud_id: str,
        cluster_environment: str,
        *,
        customer_keys: bool = False,
    ) -> dict[str, object]:
        """The minimal policy document that lets the nodes read the secrets of `name` or `name:revision`."""
        steps = routes.get_cloud_policy(self._caller, cloud_id, cluster_environment, customer_keys)
        return self._driver.run(steps)

    def grant_secret(self, cloud_id: str, create_grant: CreateGrant | Mapping[str, Any]) -> Grant:
        """Allows a secret to be named in this cloud, and says for which registries."""
        return self._driver.run(routes.grant(self._caller, cloud_id, request_model(CreateGrant, create_grant)))

    def list_grants(self, cloud_id: str) -> Pages[Grant]:
        """Which secrets may be named in this cloud, newest first."""
        return Pages(self._driver, routes.list_grants(self._caller, cloud_id))

    def revoke_grant(self, cloud_id: str, grant_id: str) -> None:
        """Removes a grant: new builds cannot name that secret any more."""
        return self._driver.run(routes.revoke_grant(self._caller, cloud_id, grant_id))

    def create_join_token(self, cloud_id: str) -> JoinToken:
        """Creates a token that lets one machine join, once, within 15 minutes."""
        return self._driver.run(routes.create_join_token(self._caller, cloud_id))

    def get_join_command(self, cloud_id: str) -> JoinCommand:
        """The command that makes a machine join; it asks for a token if machines join this cloud with tokens."""
        return self._driver.run(routes.get_join_command(self._caller, cloud_id))

    def get_node(self, node_id: str) -> Node:
        """One node, with the facts that it reported last."""
        return self._driver.run(routes.get_node(self._caller, node_id))

    def list_nodes(
        self,
        *,
        cloud_id: str | None = None,
        name: str | None = None,
        name_contains: str | None = None,
        state: routes.NodeState | None = None,
        has_waiting_pods: bool | None = None,
        has_broken_chain: bool | None = None,
        prefetched_build_id: str | None = None,
    ) -> Pages[Node]:
        """Newest first."""
        read = routes.list_nodes(
            self._caller,
            cloud_id,
            name,
            name_contains,
            state,
            has_waiting_pods,
            has_broken_chain,
            prefetched_build_id,
        )
        return Pages(self._driver, read)

    def revoke_node(self, node_id: str) -> Node:
        """Cuts the node off at once."""
        return self._driver.run(routes.revoke_node(self._caller, node_id))

    def get_pull(self, pull_id: str) -> PullRecord:
        """One pull record: which image, by which node, with which decision."""
        return self._driver.run(routes.get_pull(self._caller, pull_id))

    def list_pulls(
        self,
        *,
        cluster_id: str | None = None,
        build_id: str | None = None,
        node_id: str | None = None,
        purpose: routes.PullPurpose | None = None,
        code: str | None = None,
        registry: str | None = None,
        pod_owner: str | None = None,
        decision: routes.PullDecision | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Pages[PullRecord]:
        """What was pulled, by which node, and with which decision.

        `since` and `until` are times of arrival, in UTC; `pod_owner` is `NAMESPACE/KIND/NAME`, such as `team/RayCluster/train`.
        """
        filters = (cluster_id, build_id, node_id, purpose, code, registry, pod_owner, decision, since, until)
        return Pages(self._driver, routes.list_pulls(self._caller, *filters))

    def get_overview(self) -> Overview:
        """What needs attention, how much there is, and what was pulled in the last 24 hours."""
        return self._driver.run(routes.get_overview(self._caller))

    def whoami(self) -> ApiToken:
        """The token that this client uses."""
        return self._driver.run(routes.me(self._caller))

    def create_api_token(self, create_api_token: CreateApiToken | Mapping[str, Any]) -> CreatedApiToken:
        """Only this answer contains the token itself."""
        asked = request_model(CreateApiToken, create_api_token)
        return self._driver.run(routes.create_api_token(self._caller, asked))

    def list_api_tokens(
        self, *, name: str | None = None, name_contains: str | None = None, kind: routes.TokenKind | None = None
    ) -> Pages[ApiToken]:
        """Newest first, without their text; `kind="token"` leaves out the sessions of those who signed in."""
        return Pages(self._driver, routes.list_api_tokens(self._caller, name, name_contains, kind))

    def sign_out(self) -> None:
        """Ends the session that this client uses; a token that an administrator created is revoked instead."""
        return self._driver.run(routes.sign_out(self._caller))

    def revoke_api_token(self, token_id: str) -> None:
        """Revokes a token permanently."""
        return self._driver.run(routes.revoke_api_token(self._caller, token_id))

    def list_audit_events(self, *, act: str | None = None, token_id: str | None = None) -> Pages[AuditEvent]:
        """What administrators did, and what was denied to whom; newest first."""
        return Pages(self._driver, routes.list_audit_events(self._caller, act, token_id))
