"""The routes of the API, and what each returns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Literal

from fairlead_sdk._config.looks_like_secret import looks_like_secret
from fairlead_sdk._core.caller import Caller, Query, segment, with_query
from fairlead_sdk._core.effects import Request, Steps
from fairlead_sdk._core.model import Model
from fairlead_sdk._core.pages import ReadPage, reader_of
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
    CreateCloud,
    CreateCluster,
    CreatedApiToken,
    CreateGrant,
    Grant,
    JoinCommand,
    JoinToken,
    Node,
    Overview,
    PullRecord,
    StartCluster,
    UpdateCloud,
)
from fairlead_sdk.problem import problem

environments = "/cluster_environments"
builds = "/cluster_environment_builds"
clusters = "/clusters"
clouds = "/clouds"
nodes = "/nodes"

NodeState = Literal["online", "lost", "revoked"]
BuildStatus = Literal["pending", "in_progress", "succeeded", "failed", "pending_cancellation", "canceled"]
CheckAdvice = Literal["LOGIN_MAY_PUSH", "LOGIN_NOT_NEEDED", "LOGIN_UNPROVED", "RATE_LIMIT_LOW"]
PullDecision = Literal[
    "authenticated",
    "anonymous_login_unproved",
    "anonymous_no_secret",
    "anonymous_mismatch_allowed",
    "refused",
    "offline_proved",
]
TokenKind = Literal["token", "session"]
PullPurpose = Literal["cluster", "check", "once", "door"]


def body_of(model: Model) -> dict[str, object]:
    """Only the fields that were set, with times in UTC, as the API demands."""
    fields = model.model_dump(exclude_unset=True, exclude_none=True)
    in_utc = {name: value.astimezone(timezone.utc) for name, value in fields.items() if isinstance(value, datetime)}
    return model.model_copy(update=in_utc).model_dump(mode="json", exclude_unset=True, exclude_none=True)


def create_environment(caller: Caller, body: Mapping[str, object]) -> Steps[ClusterEnvironment]:
    return caller.post(environments, body, ClusterEnvironment)


def create_build(
    caller: Caller, environment_id: str, config: Mapping[str, object], prefetch: bool | None = None
) -> Steps[Build]:
    said = {} if prefetch is None else {"prefetch": prefetch}
    return caller.post(f"{environments}/{segment(environment_id)}/builds", {"config_json": config, **said}, Build)


def get_environment(caller: Caller, environment_id: str) -> Steps[ClusterEnvironment]:
    return caller.get(f"{environments}/{segment(environment_id)}", ClusterEnvironment)


def list_environments(
    caller: Caller,
    name: str | None,
    name_contains: str | None = None,
    cloud_id: str | None = None,
    include_archived: bool = False,
    build_status: BuildStatus | None = None,
    advice: CheckAdvice | None = None,
) -> ReadPage[ClusterEnvironment]:
    query: Query = {
        "name": name,
        "name_contains": name_contains,
        "cloud_id": cloud_id,
        "include_archived": include_archived or None,
        "build_status": build_status,
        "advice": advice,
    }
    return reader_of(caller, environments, query, ClusterEnvironment)


def archive_environment(caller: Caller, environment_id: str) -> Steps[ClusterEnvironment]:
    return caller.post(f"{environments}/{segment(environment_id)}/archive", {}, ClusterEnvironment)


def get_build(caller: Caller, build_id: str) -> Steps[Build]:
    return caller.get(f"{builds}/{segment(build_id)}", Build)


def find_build(caller: Caller, identifier: str) -> Steps[Build]:
    return caller.get(with_query(f"{builds}/by_identifier", {"identifier": identifier}), Build)


def list_builds(caller: Caller, environment_id: str) -> ReadPage[Build]:
    return reader_of(caller, builds, {"cluster_environment_id": environment_id}, Build)


def verify_build(caller: Caller, build_id: str) -> Steps[Build]:
    return caller.post(f"{builds}/{segment(build_id)}/verify", {}, Build)


def create_cluster(caller: Caller, body: CreateCluster) -> Steps[Cluster]:
    return caller.post(clusters, body_of(body), Cluster)


def get_cluster(caller: Caller, cluster_id: str) -> Steps[Cluster]:
    return caller.get(f"{clusters}/{segment(cluster_id)}", Cluster)


def get_cluster_connection(caller: Caller, cluster_id: str) -> Steps[ClusterConnection]:
    return caller.get(f"{clusters}/{segment(cluster_id)}/connection", ClusterConnection)


def list_clusters(
    caller: Caller,
    name: str | None,
    name_contains: str | None = None,
    state: str | None = None,
    has_problem: bool | None = None,
) -> ReadPage[Cluster]:
    query: Query = {"name": name, "name_contains": name_contains, "state": state, "has_problem": has_problem}
    return reader_of(caller, clusters, query, Cluster)


def list_cluster_nodes(caller: Caller, cluster_id: str) -> ReadPage[ClusterNode]:
    return reader_of(caller, f"{clusters}/{segment(cluster_id)}/nodes", {}, ClusterNode)


def start_cluster(caller: Caller, cluster_id: str, changes: StartCluster) -> Steps[Cluster]:
    return caller.post(f"{clusters}/{segment(cluster_id)}/start", body_of(changes), Cluster)


def terminate_cluster(caller: Caller, cluster_id: str) -> Steps[Cluster]:
    return caller.post(f"{clusters}/{segment(cluster_id)}/terminate", {}, Cluster)


def delete_cluster(caller: Caller, cluster_id: str) -> Steps[None]:
    return caller.delete(f"{clusters}/{segment(cluster_id)}")


def create_cloud(caller: Caller, body: CreateCloud) -> Steps[Cloud]:
    return caller.post(clouds, body_of(body), Cloud)


def get_cloud(caller: Caller, cloud_id: str) -> Steps[Cloud]:
    return caller.get(f"{clouds}/{segment(cloud_id)}", Cloud)


def list_clouds(caller: Caller, name: str | None, name_contains: str | None) -> ReadPage[Cloud]:
    return reader_of(caller, clouds, {"name": name, "name_contains": name_contains}, Cloud)


def update_cloud(caller: Caller, cloud_id: str, changes: UpdateCloud) -> Steps[Cloud]:
    return caller.post(f"{clouds}/{segment(cloud_id)}/update", body_of(changes), Cloud)


def delete_cloud(caller: Caller, cloud_id: str) -> Steps[None]:
    return caller.delete(f"{clouds}/{segment(cloud_id)}")


def reset_cloud_role(caller: Caller, cloud_id: str) -> Steps[Cloud]:
    return caller.post(f"{clouds}/{segment(cloud_id)}/reset_role", {}, Cloud)


def get_cloud_policy(caller: Caller, cloud_id: str, cluster_environment: str, customer_keys: bool) -> Steps[dict[str, object]]:
    query = {"cluster_environment": cluster_environment, "customer_keys": customer_keys or None}
    path = with_query(f"{clouds}/{segment(cloud_id)}/policy", query)
    body = yield from caller.call(Request("GET", path), None)
    policy = body.get("result") if isinstance(body, dict) else None
    if not isinstance(policy, dict):
        raise caller.not_in_the_api()
    return policy


def grant(caller: Caller, cloud_id: str, body: CreateGrant) -> Steps[Grant]:
    # A secret pasted by mistake must not leave this machine.
    if looks_like_secret(body.reference):
        raise problem("REFERENCE_LOOKS_LIKE_A_SECRET")
    return (yield from caller.post(f"{clouds}/{segment(cloud_id)}/grants", body_of(body), Grant))


def list_grants(caller: Caller, cloud_id: str) -> ReadPage[Grant]:
    return reader_of(caller, f"{clouds}/{segment(cloud_id)}/grants", {}, Grant)


def revoke_grant(caller: Caller, cloud_id: str, grant_id: str) -> Steps[None]:
    return caller.delete(f"{clouds}/{segment(cloud_id)}/grants/{segment(grant_id)}")


def create_join_token(caller: Caller, cloud_id: str) -> Steps[JoinToken]:
    return caller.post(f"{clouds}/{segment(cloud_id)}/join_tokens", {}, JoinToken)


def get_join_command(caller: Caller, cloud_id: str) -> Steps[JoinCommand]:
    return caller.get(f"{clouds}/{segment(cloud_id)}/join_command", JoinCommand)


def get_node(caller: Caller, node_id: str) -> Steps[Node]:
    return caller.get(f"{nodes}/{segment(node_id)}", Node)


def list_nodes(
    caller: Caller,
    cloud_id: str | None,
    name: str | None = None,
    name_contains: str | None = None,
    state: NodeState | None = None,
    has_waiting_pods: bool | None = None,
    has_broken_chain: bool | None = None,
    prefetched_build_id: str | None = None,
) -> ReadPage[Node]:
    query: Query = {
        "cloud_id": cloud_id,
        "name": name,
        "name_contains": name_contains,
        "state": state,
        "has_waiting_pods": has_waiting_pods,
        "has_broken_chain": has_broken_chain,
        "prefetched_build_id": prefetched_build_id,
    }
    return reader_of(caller, nodes, query, Node)


def revoke_node(caller: Caller, node_id: str) -> Steps[Node]:
    return caller.post(f"{nodes}/{segment(node_id)}/revoke", {}, Node)


def get_pull(caller: Caller, pull_id: str) -> Steps[PullRecord]:
    return caller.get(f"/pulls/{segment(pull_id)}", PullRecord)


def list_pulls(
    caller: Caller,
    cluster_id: str | None,
    build_id: str | None,
    node_id: str | None,
    purpose: PullPurpose | None,
    code: str | None,
    registry: str | None,
    pod_owner: str | None,
    decision: PullDecision | None,
    since: str | None,
    until: str | None,
) -> ReadPage[PullRecord]:
    query: Query = {
        "cluster_id": cluster_id,
        "build_id": build_id,
        "node_id": node_id,
        "purpose": purpose,
        "code": code,
        "registry": registry,
        "pod_owner": pod_owner,
        "decision": decision,
        "since": since,
        "until": until,
    }
    return reader_of(caller, "/pulls", query, PullRecord)


def get_overview(caller: Caller) -> Steps[Overview]:
    return caller.get("/overview", Overview)


def me(caller: Caller) -> Steps[ApiToken]:
    return caller.get("/api_tokens/me", ApiToken)


def create_api_token(caller: Caller, body: CreateApiToken) -> Steps[CreatedApiToken]:
    return caller.post("/api_tokens", body_of(body), CreatedApiToken)


def list_api_tokens(caller: Caller, name: str | None, name_contains: str | None, kind: TokenKind | None) -> ReadPage[ApiToken]:
    query: Query = {"name": name, "name_contains": name_contains, "kind": kind}
    return reader_of(caller, "/api_tokens", query, ApiToken)


def sign_out(caller: Caller) -> Steps[None]:
    return caller.delete("/api_tokens/me")


def revoke_api_token(caller: Caller, token_id: str) -> Steps[None]:
    return caller.delete(f"/api_tokens/{segment(token_id)}")


def list_audit_events(caller: Caller, act: str | None, token_id: str | None) -> ReadPage[AuditEvent]:
    return reader_of(caller, "/audit_events", {"act": act, "token_id": token_id}, AuditEvent)
