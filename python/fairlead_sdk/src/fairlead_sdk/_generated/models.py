"""The models of the API. Generated from its OpenAPI document by tools/generate.py."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from fairlead_sdk._core.model import Model


class ApiToken(Model):
    id: str
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    role: Literal["admin", "developer", "viewer"]
    cloud_ids: list[str] | None
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None
    revoked_at: AwareDatetime | None


class AuditEvent(Model):
    id: str
    at: AwareDatetime
    request_id: str | None
    token_id: str | None
    token_name: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    role: Literal["admin", "developer", "viewer"] | None
    act: Literal[
        "token.create",
        "token.revoke",
        "cloud.create",
        "cloud.update",
        "cloud.delete",
        "cloud.reset_role",
        "grant.add",
        "grant.remove",
        "join_token.create",
        "node.revoke",
        "node.leave",
        "node.forget",
        "environment.archive",
        "cluster.terminate",
        "cluster.delete",
    ]
    resource_ids: list[str]
    cloud_id: str | None
    outcome: Literal["done"] | str


class Build(Model):
    id: str
    cluster_environment_id: str
    revision: Annotated[int, Field(gt=0)]
    status: Literal["pending", "in_progress", "succeeded", "failed", "pending_cancellation", "canceled"]
    is_byod: Literal[True]
    docker_image_name: str
    ray_version: str
    registry_login_secret: str | None
    env_vars: dict[str, str | None]
    cloud_id: str
    creator_id: str
    creator_name: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,128}$")] = None
    created_at: AwareDatetime
    last_modified_at: AwareDatetime
    digest: Annotated[str | None, Field(pattern="^sha256:[0-9a-f]{64}$")]
    size_bytes: Annotated[int | None, Field(ge=0)]
    platform: Annotated[
        str | None,
        Field(pattern="^[a-z0-9]{1,20}\\/[a-z0-9]{1,20}(\\/[a-z0-9.]{1,20})?$"),
    ]
    byod_ray_version: Annotated[str | None, Field(pattern="^[A-Za-z0-9.+_-]{1,64}$")]
    warnings: list[ConfigWarning]
    checked_by: str | None
    steps: list[StepReport]
    problem: Problem | None
    error_message: str | None


class Certificate(Model):
    expires_at: AwareDatetime
    faults: list[Literal["expired", "not_yet_valid", "other_name", "not_replaced"]]


class Cloud(Model):
    id: str
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    provider: Literal["aws", "gcp", "local"]
    partition: Literal["aws", "aws-cn", "aws-us-gov"] | None
    region: Annotated[str | None, Field(max_length=64)]
    account_id: Annotated[str | None, Field(pattern="^\\d{12}$")]
    project_id: Annotated[
        str | None,
        Field(pattern="^(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"),
    ]
    project_number: Annotated[str | None, Field(pattern="^\\d{1,20}$")]
    node_role: Annotated[str | None, Field(pattern="^[A-Za-z0-9_+=,.@/-]{1,128}$")]
    join: Literal["proof", "token"]
    allow_any_secret: bool
    created_at: AwareDatetime


class Cluster(Model):
    id: str
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    state: Literal["Terminated", "AwaitingStartup", "StartingUp", "Running", "StartupErrored", "Terminating"]
    problem: Problem | None
    cloud_id: str
    cluster_environment_id: str
    cluster_environment_build_id: str
    cluster_environment: str
    worker_count: Annotated[int, Field(ge=0)]
    pin_digest: bool
    digest: Annotated[str | None, Field(pattern="^sha256:[0-9a-f]{64}$")]
    generation: Annotated[int, Field(ge=0)]
    creator_id: str
    creator_name: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,128}$")] = None
    created_at: AwareDatetime
    state_changed_at: AwareDatetime
    ray_address: Annotated[str | None, Field(pattern="^ray:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270}$")]
    dashboard_url: Annotated[str | None, Field(pattern="^http:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270}$")]
    alive_nodes: Annotated[int | None, Field(ge=0)]
    nodes: list[ClusterNode]


class ClusterConnection(Model):
    ray_address: Annotated[str, Field(pattern="^ray:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270}$")]
    dashboard_url: Annotated[str | None, Field(pattern="^http:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270}$")]
    ray_token: Annotated[str | None, Field(pattern="^frt_[A-Za-z0-9_-]{43}$")]


class ClusterEnvironment(Model):
    id: str
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    cloud_id: str
    creator_id: str
    creator_name: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,128}$")] = None
    created_at: AwareDatetime
    last_modified_at: AwareDatetime
    archived_at: AwareDatetime | None
    latest_build: Build


class ClusterNode(Model):
    node_id: str
    node_name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    role: Literal["head", "worker"]
    phase: Literal["assigned", "pulling", "starting", "running", "failed", "stopping", "stopped", "lost"]
    steps: list[StepReport]
    problem: Problem | None
    warnings: list[str]
    last_lines: Annotated[list[str] | None, Field(max_length=50)]
    last_heard_at: AwareDatetime | None


class ConfigWarning(Model):
    code: str
    path: str
    detail: str


class ControlPlane(Model):
    version: Annotated[str, Field(pattern="^[A-Za-z0-9.+_-]{1,64}$")]
    certificate: Certificate | None


class CreateApiToken(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    role: Literal["admin", "developer", "viewer"]
    cloud_ids: Annotated[list[str] | None, Field(max_length=100, min_length=1)] = None


class CreateBuild(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    config_json: EnvironmentConfig


class CreateCloud(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    provider: Literal["aws", "gcp", "local"]
    partition: Literal["aws", "aws-cn", "aws-us-gov"] | None = None
    region: Annotated[
        Literal[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "me-west-1",
            "mx-central-1",
            "sa-east-1",
            "sa-west-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
            "cn-north-1",
            "cn-northwest-1",
            "us-gov-east-1",
            "us-gov-west-1",
            "africa-south1",
            "asia-east1",
            "asia-east2",
            "asia-northeast1",
            "asia-northeast2",
            "asia-northeast3",
            "asia-south1",
            "asia-south2",
            "asia-southeast1",
            "asia-southeast2",
            "asia-southeast3",
            "australia-southeast1",
            "australia-southeast2",
            "europe-central2",
            "europe-north2",
            "europe-southwest1",
            "europe-west1",
            "europe-west2",
            "europe-west3",
            "europe-west4",
            "europe-west6",
            "europe-west8",
            "europe-west9",
            "europe-west10",
            "europe-west12",
            "me-central1",
            "me-central2",
            "me-west1",
            "northamerica-northeast1",
            "northamerica-northeast2",
            "northamerica-south1",
            "southamerica-east1",
            "southamerica-west1",
            "us-central1",
            "us-east1",
            "us-east4",
            "us-east5",
            "us-south1",
            "us-west1",
            "us-west2",
            "us-west3",
            "us-west4",
            "europe-north1",
        ]
        | None,
        Field(max_length=64),
    ] = None
    account_id: Annotated[str | None, Field(pattern="^\\d{12}$")] = None
    project_id: Annotated[
        str | None,
        Field(pattern="^(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"),
    ] = None
    project_number: Annotated[str | None, Field(pattern="^\\d{1,20}$")] = None
    node_role: Annotated[str | None, Field(pattern="^[A-Za-z0-9_+=,.@/-]{1,128}$")] = None
    join: Literal["proof", "token"] | None = None
    allow_any_secret: bool | None = False


class CreateCluster(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    cluster_environment: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,128}(:[1-9]\\d{0,8})?$")] = None
    cluster_environment_build_id: str | None = None
    cloud_id: str | None = None
    worker_count: Annotated[int | None, Field(ge=0, le=1000)] = 0
    pin_digest: bool | None = True


class CreateClusterEnvironment(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    config_json: EnvironmentConfig
    cloud_id: str | None = None


class CreateGrant(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    reference: Annotated[str, Field(max_length=2048, min_length=1)]
    registries: Annotated[list[str] | None, Field(max_length=20)] = []


class CreatedApiToken(Model):
    id: str
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    role: Literal["admin", "developer", "viewer"]
    cloud_ids: list[str] | None
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None
    revoked_at: AwareDatetime | None
    token: str


class EnvironmentConfig(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    docker_image: Annotated[str, Field(max_length=512, min_length=1)]
    ray_version: Annotated[str, Field(max_length=64, min_length=1)]
    env_vars: dict[str, str] | None = None
    registry_login_secret: Annotated[str | None, Field(max_length=2048, min_length=1)] = None


class FieldProblem(Model):
    path: str
    detail: str


class Grant(Model):
    id: str
    cloud_id: str
    reference: str
    match: Literal["exact", "prefix"]
    registries: list[str]
    created_at: AwareDatetime


class JoinCommand(Model):
    command: Annotated[
        str,
        Field(
            pattern="^fairlead agent join --host https?:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270} --provider (?:aws|gcp|local)(?: --cloud [A-Za-z0-9._-]{1,128}(?: --ca-sha256 [0-9a-f]{64})?)?$"
        ),
    ]


class JoinToken(Model):
    id: str
    cloud_id: str
    token: str
    expires_at: AwareDatetime
    command: Annotated[
        str,
        Field(pattern="^fairlead agent join --host https?:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270} --provider (?:aws|gcp|local)$"),
    ]


class Node(Model):
    id: str
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    cloud_id: str
    checker: bool
    state: Literal["online", "lost", "revoked"]
    revoked_because: Literal["admin", "left", "silent", "joined_anew"] | None
    facts: NodeFacts | None
    cluster_id: str | None
    joined_at: AwareDatetime
    identity: NodeIdentity | None
    second_join: SecondJoin | None
    last_heard_at: AwareDatetime | None
    pull_chain: Literal["intact", "gap", "fork", "altered"] | None = None
    pull_checkpoint: PullCheckpoint | None = None


class NodeFacts(Model):
    agent_version: Annotated[str, Field(pattern="^[A-Za-z0-9.+_-]{1,64}$")]
    engine_version: Annotated[str | None, Field(pattern="^[A-Za-z0-9.+_-]{1,64}$")]
    platform: Annotated[str, Field(pattern="^[a-z0-9]{1,20}\\/[a-z0-9]{1,20}(\\/[a-z0-9.]{1,20})?$")]
    cpus: Annotated[int, Field(gt=0)]
    memory_bytes: Annotated[int, Field(ge=0)]
    disk_free_bytes: Annotated[int | None, Field(ge=0)]
    advertise_address: Annotated[str, Field(pattern="^[A-Za-z0-9.:-]{1,255}$")]


class NodeIdentity(Model):
    principal: str
    instance: str


class Problem(Model):
    type: str
    title: str
    status: int
    detail: str
    code: str
    fix: str
    who: Literal["you", "node-owner", "registry-admin", "cloud-admin"]
    fields: list[FieldProblem] | None = None
    request_id: str | None = None


class PullActivity(Model):
    since: AwareDatetime
    hours: list[PullHour]


class PullCheckpoint(Model):
    sequence: Annotated[int, Field(gt=0)]
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    removed: Annotated[int, Field(gt=0)]
    received_until: AwareDatetime
    removed_at: AwareDatetime


class PullHour(Model):
    at: AwareDatetime
    records: Annotated[int, Field(ge=0)]
    failed: Annotated[int, Field(ge=0)]
    mean_ms: Annotated[float | None, Field(ge=0.0)]
    max_ms: Annotated[float | None, Field(ge=0.0)]


class PullRecord(Model):
    id: str
    node_id: str | None
    sequence: Annotated[int, Field(gt=0)]
    purpose: Literal["cluster", "check", "once", "door"]
    engine: Literal["docker", "containerd", "podman"] | None = None
    cluster_id: str | None
    build_id: str | None
    image: Annotated[str, Field(max_length=512)]
    registry: Annotated[str, Field(max_length=260)]
    repository: Annotated[str, Field(max_length=255)]
    digest: Annotated[str | None, Field(pattern="^sha256:[0-9a-f]{64}$")]
    secret_reference: Annotated[str | None, Field(max_length=2048)]
    secret_version: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,64}$")]
    decision: Literal[
        "authenticated",
        "anonymous_login_unproved",
        "anonymous_no_secret",
        "anonymous_mismatch_allowed",
        "refused",
        "offline_proved",
    ]
    login: Literal["none", "unasked", "asked", "read", "parsed", "matched", "sent", "unproved", "accepted"] | None = None
    code: str | None
    bytes: Annotated[int, Field(ge=0)]
    total_bytes: Annotated[int | None, Field(ge=0)]
    started_at: AwareDatetime
    duration_ms: Annotated[float, Field(ge=0.0)]
    steps: list[StepReport]
    previous_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class SecondJoin(Model):
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    at: AwareDatetime


class StartCluster(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    cluster_environment: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,128}(:[1-9]\\d{0,8})?$")] = None
    cluster_environment_build_id: str | None = None
    worker_count: Annotated[int | None, Field(ge=0, le=1000)] = None
    pin_digest: bool | None = None


class StepReport(Model):
    step: Literal["secret", "match", "challenge", "login", "resolve", "pull", "start", "ray"]
    status: Literal["running", "done", "failed", "skipped"]
    started_at: AwareDatetime
    duration_ms: Annotated[float | None, Field(ge=0.0)]
    bytes: Annotated[int | None, Field(ge=0)] = None
    total_bytes: Annotated[int | None, Field(ge=0)] = None


class UpdateCloud(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,128}$")] = None
    partition: Literal["aws", "aws-cn", "aws-us-gov"] | None = None
    region: Annotated[
        Literal[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "me-west-1",
            "mx-central-1",
            "sa-east-1",
            "sa-west-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
            "cn-north-1",
            "cn-northwest-1",
            "us-gov-east-1",
            "us-gov-west-1",
            "africa-south1",
            "asia-east1",
            "asia-east2",
            "asia-northeast1",
            "asia-northeast2",
            "asia-northeast3",
            "asia-south1",
            "asia-south2",
            "asia-southeast1",
            "asia-southeast2",
            "asia-southeast3",
            "australia-southeast1",
            "australia-southeast2",
            "europe-central2",
            "europe-north2",
            "europe-southwest1",
            "europe-west1",
            "europe-west2",
            "europe-west3",
            "europe-west4",
            "europe-west6",
            "europe-west8",
            "europe-west9",
            "europe-west10",
            "europe-west12",
            "me-central1",
            "me-central2",
            "me-west1",
            "northamerica-northeast1",
            "northamerica-northeast2",
            "northamerica-south1",
            "southamerica-east1",
            "southamerica-west1",
            "us-central1",
            "us-east1",
            "us-east4",
            "us-east5",
            "us-south1",
            "us-west1",
            "us-west2",
            "us-west3",
            "us-west4",
            "europe-north1",
        ]
        | None,
        Field(max_length=64),
    ] = None
    account_id: Annotated[str | None, Field(pattern="^\\d{12}$")] = None
    project_id: Annotated[
        str | None,
        Field(pattern="^(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"),
    ] = None
    project_number: Annotated[str | None, Field(pattern="^\\d{1,20}$")] = None
    node_role: Annotated[str | None, Field(pattern="^[A-Za-z0-9_+=,.@/-]{1,128}$")] = None
    join: Literal["proof", "token"] | None = None
    allow_any_secret: bool | None = None
