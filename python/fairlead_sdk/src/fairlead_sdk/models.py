"""The models of requests and answers."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from fairlead_sdk._core.model import Model
from fairlead_sdk._generated.models import (
    ApiToken,
    Attention,
    AuditEvent,
    Build,
    Cloud,
    Cluster,
    ClusterConnection,
    ClusterEnvironment,
    ClusterNode,
    ConfigWarning,
    ControlPlane,
    CreateApiToken,
    CreateCloud,
    CreateCluster,
    CreatedApiToken,
    CreateGrant,
    EnvironmentConfig,
    FieldProblem,
    Grant,
    JoinCommand,
    JoinToken,
    NamedCount,
    NamedResource,
    Node,
    NodeFacts,
    Overview,
    PrefetchProgress,
    Problem,
    PullActivity,
    PullCheckpoint,
    PullHour,
    PullRecord,
    StartCluster,
    StepReport,
    UpdateCloud,
)

ClusterEnvironmentBuild = Build


class CreateBYODClusterEnvironment(Model):
    """
    A cluster environment with your own image. `config_json` has the keys `docker_image`, `ray_version` and, optionally,
    `env_vars` and `registry_login_secret`, which is the name of the secret, never the secret itself.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    config_json: Annotated[Mapping[str, Any] | EnvironmentConfig, Field(union_mode="left_to_right")]
    # Required if there are several clouds.
    cloud_id: str | None = None
    # Whether idle nodes bring the image once it is checked; None: as the cloud says.
    prefetch: bool | None = None


__all__ = [
    "ApiToken",
    "Attention",
    "AuditEvent",
    "Build",
    "Cloud",
    "Cluster",
    "ClusterConnection",
    "ClusterEnvironment",
    "ClusterEnvironmentBuild",
    "ClusterNode",
    "ConfigWarning",
    "ControlPlane",
    "CreateApiToken",
    "CreateBYODClusterEnvironment",
    "CreateCloud",
    "CreateCluster",
    "CreateGrant",
    "CreatedApiToken",
    "EnvironmentConfig",
    "FieldProblem",
    "Grant",
    "JoinCommand",
    "JoinToken",
    "NamedCount",
    "NamedResource",
    "Node",
    "NodeFacts",
    "Overview",
    "PrefetchProgress",
    "Problem",
    "PullActivity",
    "PullCheckpoint",
    "PullHour",
    "PullRecord",
    "StartCluster",
    "StepReport",
    "UpdateCloud",
]
