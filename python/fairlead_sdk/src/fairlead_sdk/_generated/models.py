"""The models of the API. Generated from its OpenAPI document by tools/generate.py."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from fairlead_sdk._core.model import Model


class ApiToken(Model):
    """A token with which a person or a program calls the API; its text is shown only once, when it is created."""

    id: str
    """Its id."""
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._@+/:-]{1,128}$")]
    """Its name."""
    role: Literal["admin", "developer", "viewer"]
    """Its role."""
    cloud_ids: list[str] | None
    """The clouds that it is limited to; null: all."""
    created_at: AwareDatetime
    """When it was created."""
    last_used_at: AwareDatetime | None
    """When it was last used; null: never."""
    expires_at: AwareDatetime | None
    """When it expires; null: never."""
    revoked_at: AwareDatetime | None
    """When it was revoked; null: it was not."""
    identity: Identity | None
    """Who signed in, if it is a session; null for a token that an administrator created."""


class Attention(Model):
    """What somebody should look at."""

    ailing_clusters: NamedCount
    """Clusters with a problem."""
    lost_nodes: NamedCount
    """Nodes that went silent."""
    waited_on_nodes: NamedCount
    """Nodes of Kubernetes with pods whose image could not be pulled."""
    failed_environments: NamedCount
    """Environments whose newest build failed its check."""
    low_budgets: NamedCount
    """Environments whose newest check saw that its login has few pulls left."""
    broken_chains: NamedCount
    """Nodes, not revoked, whose pull records are no whole chain: some are missing or were changed."""
    refused_pulls: Annotated[int, Field(ge=0)]
    """Pulls that nodes refused in the last 24 hours."""
    expiring_admin_tokens: NamedCount
    """Tokens of administrators that expire within days; only an administrator sees them."""


class AuditEvent(Model):
    """One act of an administrator, or one refused request."""

    id: str
    """Its id."""
    at: AwareDatetime
    """When it happened."""
    request_id: str | None
    """The request, as in the log; null if none made it."""
    token_id: str | None
    """Who did it; null if the control plane or a node did."""
    token_name: Annotated[str | None, Field(pattern="^[A-Za-z0-9._@+/:-]{1,128}$")]
    """The name of that token at the time."""
    role: Literal["admin", "developer", "viewer"] | None
    """The role of that token."""
    identity: Identity | None
    """Who did it, or was refused, if they signed in."""
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
        "session.start",
        "session.end",
    ]
    """What was done."""
    resource_ids: list[str]
    """To what it was done."""
    cloud_id: str | None
    """In which cloud; null if it concerns none."""
    outcome: Literal["done"] | str
    """`done`, or the code of the problem with which it was refused."""


class Build(Model):
    """One immutable revision of a cluster environment, and the outcome of its check on a node."""

    id: str
    """Its id."""
    cluster_environment_id: str
    """The environment of which it is a revision."""
    revision: Annotated[int, Field(gt=0)]
    """Its number: 1, 2, 3 and so on."""
    status: Literal["pending", "in_progress", "succeeded", "failed", "pending_cancellation", "canceled"]
    """How far its check is."""
    is_byod: Literal[True]
    """Always true: the image is your own."""
    docker_image_name: str
    """The image, as in the configuration."""
    ray_version: str
    """The version of Ray in the image, as in the configuration."""
    registry_login_secret: str | None
    """A reference to the secret with the login; null for none."""
    env_vars: dict[str, str | None]
    """Variables of the containers; values are null for a viewer."""
    cloud_id: str
    """The cloud that it belongs to."""
    creator_id: str
    """The id of the token that created it."""
    creator_name: Annotated[str | None, Field(pattern="^[A-Za-z0-9._@+/:-]{1,128}$")] = None
    """The name of that token."""
    created_at: AwareDatetime
    """When it was created."""
    last_modified_at: AwareDatetime
    """When it last changed."""
    digest: Annotated[str | None, Field(pattern="^sha256:[0-9a-f]{64}$")]
    """The digest of the image; null until a node resolved it."""
    size_bytes: Annotated[int | None, Field(ge=0)]
    """What a node downloads for the whole image."""
    platform: Annotated[
        str | None,
        Field(pattern="^[a-z0-9]{1,20}\\/[a-z0-9]{1,20}(\\/[a-z0-9.]{1,20})?$"),
    ]
    """Operating system and architecture, such as `linux/amd64`."""
    byod_ray_version: Annotated[str | None, Field(pattern="^[A-Za-z0-9.+_-]{1,64}$")]
    """The version of Ray found in the image, once a node ran it."""
    warnings: list[ConfigWarning]
    """What is allowed, but probably not meant."""
    checked_by: str | None
    """The node that checked it; null: none yet."""
    prefetch: bool
    """Whether idle nodes bring the image once it is checked, before a cluster needs it."""
    prefetch_progress: PrefetchProgress | None = None
    """How many idle nodes have the image; absent in lists, and while no node is asked to bring it."""
    steps: list[StepReport]
    """The steps so far, in order."""
    problem: Problem | None
    """Why it failed; null if it did not."""
    error_message: str | None
    """The problem in one sentence; null if there is none."""


class Certificate(Model):
    """When its certificate ends and what is wrong with it; null without TLS."""

    expires_at: AwareDatetime
    faults: list[Literal["expired", "not_yet_valid", "other_name", "not_replaced"]]


class Cloud(Model):
    """Where nodes run, how they prove what they are, and where they read secrets."""

    id: str
    """Its id."""
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    """Its name."""
    provider: Literal["aws", "gcp", "local"]
    """Where nodes read secrets."""
    partition: Literal["aws", "aws-cn", "aws-us-gov"] | None
    """The partition of AWS."""
    region: Annotated[str | None, Field(max_length=64)]
    """The region."""
    account_id: Annotated[str | None, Field(pattern="^\\d{12}$")]
    """The AWS account of the nodes."""
    project_id: Annotated[
        str | None,
        Field(pattern="^(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"),
    ]
    """The Google Cloud project of the nodes."""
    project_number: Annotated[str | None, Field(pattern="^\\d{1,20}$")]
    """The number of that project."""
    node_role: Annotated[str | None, Field(pattern="^[A-Za-z0-9_+=,.@/-]{1,128}$")]
    """The role or service account as which nodes run."""
    join: Literal["proof", "token"]
    """How machines join."""
    kubernetes: KubernetesCluster | None
    """The Kubernetes cluster whose pods may join; null: none may."""
    allow_any_secret: bool
    """Whether builds may name any secret that the nodes can read; otherwise only granted ones."""
    prefetch: bool
    """Whether idle nodes bring the image once it is checked, before a cluster needs it."""
    created_at: AwareDatetime
    """When it was created."""


class Cluster(Model):
    """A head and workers that run one build."""

    id: str
    """Its id."""
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    """Its name."""
    state: Literal["Terminated", "AwaitingStartup", "StartingUp", "Running", "StartupErrored", "Terminating"]
    """Its state."""
    problem: Problem | None
    """Why it failed; null if it did not."""
    cloud_id: str
    """The cloud that it belongs to."""
    cluster_environment_id: str
    """The environment that it runs."""
    cluster_environment_build_id: str
    """The build that runs."""
    cluster_environment: str
    """That environment, as `name:revision`."""
    worker_count: Annotated[int, Field(ge=0)]
    """The number of nodes in addition to the head."""
    pin_digest: bool
    """Whether every node pulls the digest of the check; otherwise what the tag points to at the start."""
    digest: Annotated[str | None, Field(pattern="^sha256:[0-9a-f]{64}$")]
    """The digest of the image; null until a node resolved it."""
    generation: Annotated[int, Field(ge=0)]
    """The number of the start; each start has the next."""
    creator_id: str
    """The id of the token that created it."""
    creator_name: Annotated[str | None, Field(pattern="^[A-Za-z0-9._@+/:-]{1,128}$")] = None
    """The name of that token."""
    created_at: AwareDatetime
    """When it was created."""
    state_changed_at: AwareDatetime
    """When its state last changed."""
    ray_address: Annotated[str | None, Field(pattern="^ray:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270}$")]
    """Where Ray clients connect; null until it runs."""
    dashboard_url: Annotated[str | None, Field(pattern="^http:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270}$")]
    """Ray's dashboard on the head; null until it runs."""
    alive_nodes: Annotated[int | None, Field(ge=0)]
    """How many nodes Ray sees; null until it runs."""
    nodes: list[ClusterNode]
    """What each of its nodes does, the head first."""


class ClusterConnection(Model):
    """How to reach Ray in a running cluster."""

    ray_address: Annotated[str, Field(pattern="^ray:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270}$")]
    """Where Ray clients connect; null until it runs."""
    dashboard_url: Annotated[str | None, Field(pattern="^http:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270}$")]
    """Ray's dashboard on the head; null until it runs."""
    ray_token: Annotated[str | None, Field(pattern="^frt_[A-Za-z0-9_-]{43}$")]
    """The token that Ray requires; null before Ray 2.52."""


class ClusterEcKey(Model):
    """A public key of a Kubernetes cluster, on an elliptic curve."""

    kid: Annotated[str, Field(max_length=256, min_length=1)]
    """The name of the key."""
    use: Literal["sig"]
    """What it is for."""
    kty: Literal["EC"]
    """The kind of key."""
    alg: Literal["ES256", "ES384", "ES512"]
    """The algorithm of its signatures."""
    crv: Literal["P-256", "P-384", "P-521"]
    """The curve."""
    x: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,2048}$")]
    """The first coordinate, in base64url."""
    y: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,2048}$")]
    """The second coordinate, in base64url."""


class ClusterEnvironment(Model):
    """A name for an image and its settings; each change is a new build."""

    id: str
    """Its id."""
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    """Its name."""
    cloud_id: str
    """The cloud that it belongs to."""
    creator_id: str
    """The id of the token that created it."""
    creator_name: Annotated[str | None, Field(pattern="^[A-Za-z0-9._@+/:-]{1,128}$")] = None
    """The name of that token."""
    created_at: AwareDatetime
    """When it was created."""
    last_modified_at: AwareDatetime
    """When it last changed."""
    archived_at: AwareDatetime | None
    """When it was archived; null: it can be used."""
    latest_build: Build
    """Its newest build."""


class ClusterNode(Model):
    """What one node does for a cluster."""

    node_id: str
    """The node."""
    node_name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    """The name of the node."""
    role: Literal["head", "worker"]
    """Head or worker."""
    phase: Literal["assigned", "pulling", "starting", "running", "failed", "stopping", "stopped", "lost"]
    """How far its container is."""
    steps: list[StepReport]
    """The steps so far, in order."""
    problem: Problem | None
    """Why it failed; null if it did not."""
    warnings: list[str]
    """What is allowed, but probably not meant."""
    last_lines: Annotated[list[str] | None, Field(max_length=50)]
    """The last lines of a container, if the owner of the node shares them."""
    last_lines_at: AwareDatetime | None = None
    """When they last changed; null: the node has shared none."""
    last_heard_at: AwareDatetime | None
    """When the node last reported."""


class ClusterRsaKey(Model):
    """A public RSA key of a Kubernetes cluster."""

    kid: Annotated[str, Field(max_length=256, min_length=1)]
    """The name of the key."""
    use: Literal["sig"]
    """What it is for."""
    kty: Literal["RSA"]
    """The kind of key."""
    alg: Literal["RS256"]
    """The algorithm of its signatures."""
    n: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,2048}$")]
    """The modulus, in base64url."""
    e: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,2048}$")]
    """The exponent, in base64url."""


class ConfigWarning(Model):
    """Something in a configuration that is allowed, but probably not meant."""

    code: str
    """Which warning it is."""
    path: str
    """The field that it is about."""
    detail: str
    """What was noticed, and what may have been meant."""


class ControlPlane(Model):
    """The control plane itself: its version and its certificate."""

    version: Annotated[str, Field(pattern="^[A-Za-z0-9.+_-]{1,64}$")]
    """Its version."""
    certificate: Certificate | None
    """When its certificate ends and what is wrong with it; null without TLS."""


class CreateApiToken(Model):
    """A token to create."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    """Its name."""
    role: Literal["admin", "developer", "viewer"]
    """Its role."""
    cloud_ids: Annotated[list[str] | None, Field(max_length=100, min_length=1)] = None
    """The clouds that it is limited to; null: all."""
    expires_at: AwareDatetime | None = None
    """When it expires: in the future, at most ten years ahead; absent: never."""


class CreateBuild(Model):
    """The configuration of the next revision."""

    model_config = ConfigDict(
        extra="forbid",
    )
    config_json: EnvironmentConfig
    """The configuration."""
    prefetch: bool | None = None
    """Whether idle nodes bring the image once it is checked, before a cluster needs it."""


class CreateCloud(Model):
    """A cloud to create."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    """Its name."""
    provider: Literal["aws", "gcp", "local"]
    """Where nodes read secrets."""
    partition: Literal["aws", "aws-cn", "aws-us-gov"] | None = None
    """The partition of AWS."""
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
    """The region."""
    account_id: Annotated[str | None, Field(pattern="^\\d{12}$")] = None
    """The AWS account of the nodes."""
    project_id: Annotated[
        str | None,
        Field(pattern="^(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"),
    ] = None
    """The Google Cloud project of the nodes."""
    project_number: Annotated[str | None, Field(pattern="^\\d{1,20}$")] = None
    """The number of that project."""
    node_role: Annotated[str | None, Field(pattern="^[A-Za-z0-9_+=,.@/-]{1,128}$")] = None
    """The role or service account as which nodes run."""
    join: Literal["proof", "token"] | None = None
    """How machines join."""
    kubernetes: GivenKubernetesCluster | None = None
    """The Kubernetes cluster whose pods may join; null: none may."""
    allow_any_secret: bool | None = False
    """Whether builds may name any secret that the nodes can read; otherwise only granted ones."""
    prefetch: bool | None = False
    """Whether idle nodes bring the image once it is checked, before a cluster needs it."""


class CreateCluster(Model):
    """A cluster to create; `cluster_environment` or `cluster_environment_build_id` says what it runs."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    """Its name."""
    cluster_environment: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,128}(:[1-9]\\d{0,8})?$")] = None
    """The environment by name, or `name:revision`."""
    cluster_environment_build_id: str | None = None
    """The build to run, by id."""
    cloud_id: str | None = None
    """The cloud that it belongs to."""
    worker_count: Annotated[int | None, Field(ge=0, le=1000)] = 0
    """The number of nodes in addition to the head."""
    pin_digest: bool | None = True
    """Whether every node pulls the digest of the check; otherwise what the tag points to at the start."""


class CreateClusterEnvironment(Model):
    """A cluster environment to create, with its first build."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    """Its name."""
    config_json: EnvironmentConfig
    """The configuration."""
    cloud_id: str | None = None
    """The cloud that it belongs to."""
    prefetch: bool | None = None
    """Whether idle nodes bring the image once it is checked, before a cluster needs it."""


class CreateGrant(Model):
    """A secret to allow in a cloud."""

    model_config = ConfigDict(
        extra="forbid",
    )
    reference: Annotated[str, Field(max_length=2048, min_length=1)]
    """The secret, or a prefix that ends in `/`."""
    registries: Annotated[list[str] | None, Field(max_length=20)] = []
    """The registries for whose images it may be named; absent: any."""


class CreatedApiToken(Model):
    """A token that was just created, with its text."""

    id: str
    """Its id."""
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._@+/:-]{1,128}$")]
    """Its name."""
    role: Literal["admin", "developer", "viewer"]
    """Its role."""
    cloud_ids: list[str] | None
    """The clouds that it is limited to; null: all."""
    created_at: AwareDatetime
    """When it was created."""
    last_used_at: AwareDatetime | None
    """When it was last used; null: never."""
    expires_at: AwareDatetime | None
    """When it expires; null: never."""
    revoked_at: AwareDatetime | None
    """When it was revoked; null: it was not."""
    identity: Identity | None
    """Who signed in, if it is a session; null for a token that an administrator created."""
    token: str
    """Its text, shown only here."""


class EnvironmentConfig(Model):
    """The four fields of a cluster environment file."""

    model_config = ConfigDict(
        extra="forbid",
    )
    docker_image: Annotated[str, Field(max_length=512, min_length=1)]
    """The image, as `HOST[:PORT]/REPOSITORY:TAG` or with a digest; without a host it is on Docker Hub."""
    ray_version: Annotated[str, Field(max_length=64, min_length=1)]
    """The version of Ray in the image, as text."""
    env_vars: dict[str, str] | None = None
    """Variables of the containers, in clear text."""
    registry_login_secret: Annotated[str | None, Field(max_length=2048, min_length=1)] = None
    """Where nodes find the registry's login: a name or a full identifier, never the login."""


class FieldProblem(Model):
    """What is wrong with one field of a request."""

    path: str
    """The field."""
    detail: str
    """What is wrong with it."""


class GivenClusterEcKey(Model):
    """A public key of a Kubernetes cluster, on an elliptic curve."""

    model_config = ConfigDict(
        extra="forbid",
    )
    kid: Annotated[str, Field(max_length=256, min_length=1)]
    """The name of the key."""
    use: Literal["sig"]
    """What it is for."""
    kty: Literal["EC"]
    """The kind of key."""
    alg: Literal["ES256", "ES384", "ES512"]
    """The algorithm of its signatures."""
    crv: Literal["P-256", "P-384", "P-521"]
    """The curve."""
    x: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,2048}$")]
    """The first coordinate, in base64url."""
    y: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,2048}$")]
    """The second coordinate, in base64url."""


class GivenClusterRsaKey(Model):
    """A public RSA key of a Kubernetes cluster."""

    model_config = ConfigDict(
        extra="forbid",
    )
    kid: Annotated[str, Field(max_length=256, min_length=1)]
    """The name of the key."""
    use: Literal["sig"]
    """What it is for."""
    kty: Literal["RSA"]
    """The kind of key."""
    alg: Literal["RS256"]
    """The algorithm of its signatures."""
    n: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,2048}$")]
    """The modulus, in base64url."""
    e: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,2048}$")]
    """The exponent, in base64url."""


class GivenKubernetesCluster(Model):
    """A Kubernetes cluster whose pods may join."""

    model_config = ConfigDict(
        extra="forbid",
        regex_engine="python-re",
    )
    issuer: Annotated[
        str,
        Field(
            max_length=512,
            pattern="^https:\\/\\/(?:(?:(?![Xx][Nn]--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*(?![Xx][Nn]--)[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?|(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3})(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?(?:\\/[A-Za-z0-9._~/-]*)?$",
        ),
    ]
    """Who issues the tokens."""
    service_accounts: Annotated[list[str], Field(max_length=8, min_length=1)]
    """As `namespace/name`; only pods with one of these may join."""
    keys: Annotated[
        list[Annotated[GivenClusterRsaKey | GivenClusterEcKey, Field(discriminator="kty")]] | None,
        Field(max_length=16, min_length=1),
    ]
    """Its public keys; null: the control plane fetches them from the issuer."""


class Grant(Model):
    """A secret, or all below a prefix, that builds of a cloud may name."""

    id: str
    """Its id."""
    cloud_id: str
    """The cloud that it belongs to."""
    reference: str
    """The secret, or a prefix that ends in `/`."""
    match: Literal["exact", "prefix"]
    """Whether it is that secret only, or all below the prefix."""
    registries: list[str]
    """The registries for whose images it may be named; null: any."""
    created_at: AwareDatetime
    """When it was created."""


class Identity(Model):
    """Who signed in, as their identity provider names them."""

    issuer: Annotated[str, Field(max_length=2048)]
    """The identity provider."""
    subject: Annotated[str, Field(max_length=255)]
    """What it calls the user or program, and nobody else."""


class JoinCommand(Model):
    """The command that makes a machine a node."""

    command: Annotated[
        str,
        Field(
            pattern="^fairlead agent join --host https?:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270} --provider (?:aws|gcp|local)(?: --cloud [A-Za-z0-9._-]{1,128}(?: --kubernetes-token \\/[a-z/]{1,64})?(?: --ca-sha256 [0-9a-f]{64})?)?$"
        ),
    ]
    """The command to run on the machine."""


class JoinToken(Model):
    """A token with which one machine may join, once, within 15 minutes."""

    id: str
    """Its id."""
    cloud_id: str
    """The cloud that it belongs to."""
    token: str
    """Its text, shown only here."""
    expires_at: AwareDatetime
    """When it ends."""
    command: Annotated[
        str,
        Field(pattern="^fairlead agent join --host https?:\\/\\/[A-Za-z0-9.:\\[\\]-]{1,270} --provider (?:aws|gcp|local)$"),
    ]
    """The command to run on the machine."""


class KubernetesCluster(Model):
    """A Kubernetes cluster whose pods may join."""

    model_config = ConfigDict(
        regex_engine="python-re",
    )
    issuer: Annotated[
        str,
        Field(
            max_length=512,
            pattern="^https:\\/\\/(?:(?:(?![Xx][Nn]--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*(?![Xx][Nn]--)[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?|(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3})(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?(?:\\/[A-Za-z0-9._~/-]*)?$",
        ),
    ]
    """Who issues the tokens."""
    service_accounts: Annotated[list[str], Field(max_length=8, min_length=1)]
    """As `namespace/name`; only pods with one of these may join."""
    keys: Annotated[
        list[Annotated[ClusterRsaKey | ClusterEcKey, Field(discriminator="kty")]] | None,
        Field(max_length=16, min_length=1),
    ]
    """Its public keys; null: the control plane fetches them from the issuer."""


class NamedCount(Model):
    """How many there are, up to 10,000, and the newest of them."""

    total: Annotated[int, Field(ge=0)]
    """How many there are, up to 10,000."""
    newest: list[NamedResource]
    """The newest of them: at most three."""


class NamedResource(Model):
    """A resource of any kind, by its name."""

    id: str
    """Its id."""
    name: str
    """Its name."""


class Node(Model):
    """A machine whose agent joined a cloud."""

    id: str
    """Its id."""
    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    """Its name."""
    cloud_id: str
    """The cloud that it belongs to."""
    checker: bool
    """Whether the machine only checks builds and runs no clusters."""
    state: Literal["online", "lost", "revoked"]
    """Whether it is heard from."""
    revoked_because: Literal["admin", "left", "silent", "joined_anew"] | None
    """Why it is no longer a node; null while it is one."""
    facts: NodeFacts | None
    """What it reported last; null before its first report."""
    cluster_id: str | None
    """The cluster that uses it; null: it is free."""
    joined_at: AwareDatetime
    """When it joined."""
    identity: NodeIdentity | None
    """What its cloud vouched for; null if it joined with a token."""
    second_join: SecondJoin | None
    """When the same machine last asked to join again while this node was online; null: never."""
    last_heard_at: AwareDatetime | None
    """When the node last reported."""
    pull_chain: Literal["intact", "gap", "fork", "altered"] | None = None
    """Whether its pull records form one chain; absent before the first record."""
    pull_checkpoint: PullCheckpoint | None = None
    """Where its chain begins now; absent until records were removed."""


class NodeFacts(Model):
    """What a node reports about itself."""

    agent_version: Annotated[str, Field(pattern="^[A-Za-z0-9.+_-]{1,64}$")]
    """The version of its agent."""
    engine_version: Annotated[str | None, Field(pattern="^[A-Za-z0-9.+_-]{1,64}$")]
    """The version of Docker; null on a checker."""
    platform: Annotated[str, Field(pattern="^[a-z0-9]{1,20}\\/[a-z0-9]{1,20}(\\/[a-z0-9.]{1,20})?$")]
    """Operating system and architecture, such as `linux/amd64`."""
    cpus: Annotated[int, Field(gt=0)]
    """Its processors."""
    memory_bytes: Annotated[int, Field(ge=0)]
    """Its memory."""
    disk_free_bytes: Annotated[int | None, Field(ge=0)]
    """Free space where Docker keeps images; null if it cannot tell."""
    advertise_address: Annotated[str, Field(pattern="^[A-Za-z0-9.:-]{1,255}$")]
    """Where other nodes reach it."""
    waiting_pods: Annotated[list[WaitingPod] | None, Field(max_length=32)] = None
    """Its pods whose image could not be pulled, the longest wait first; absent if it does not know its pods."""
    prefetched: Annotated[list[str] | None, Field(max_length=16)] = None
    """The builds whose images it has prefetched; absent if it is asked for none."""


class NodeIdentity(Model):
    """What the cloud vouched for when the machine joined."""

    principal: str
    """The ARN of its role, or the address of its service account."""
    instance: str
    """The id of the instance, pod or task."""


class Overview(Model):
    """What a screen shows of the whole fleet."""

    control_plane: ControlPlane
    """The control plane itself."""
    running_clusters: Annotated[int, Field(ge=0)]
    """How many clusters run."""
    online_nodes: Annotated[int, Field(ge=0)]
    """How many nodes are heard from."""
    cluster_environments: Annotated[int, Field(ge=0)]
    """How many environments there are, without archived ones."""
    attention: Attention
    """What somebody should look at."""
    done_steps: list[Literal["cloud", "machine", "secret", "environment", "cluster"]]
    """The steps to the first cluster that are done."""
    activity: PullActivity
    """What was pulled in the last 24 hours."""


class PodName(Model):
    """A pod of Kubernetes, and what owns it."""

    model_config = ConfigDict(
        regex_engine="python-re",
    )
    namespace: Annotated[str, Field(pattern="^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    """Its namespace."""
    name: Annotated[
        str,
        Field(pattern="^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"),
    ]
    """Its name."""
    owner: PodOwner | None
    """What owns it; null: nothing would replace it."""


class PodOwner(Model):
    """What created a pod and replaces it, such as a RayCluster."""

    model_config = ConfigDict(
        regex_engine="python-re",
    )
    kind: Annotated[str, Field(pattern="^[A-Z][A-Za-z0-9]{0,62}$")]
    """Its kind, such as `RayCluster`."""
    name: Annotated[
        str,
        Field(pattern="^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"),
    ]
    """Its name, in the namespace of the pod."""


class PrefetchProgress(Model):
    """How far the nodes that are idle now are with the image of a build."""

    idle_nodes: Annotated[int, Field(ge=0)]
    """Nodes of the cloud that are online, have an engine and are in no cluster."""
    ready_nodes: Annotated[int, Field(ge=0)]
    """How many of them have the image."""
    failed_nodes: Annotated[int, Field(ge=0)]
    """How many of them could not bring it when they last tried; their pull records say why."""


class Problem(Model):
    """Why something failed, what to do, and who can (RFC 9457)."""

    type: str
    """A URL for its code."""
    title: str
    """What kind of problem it is."""
    status: int
    """The HTTP status."""
    detail: str
    """What happened."""
    code: str
    """Its code, which is stable."""
    fix: str
    """What to do."""
    who: Literal["you", "node-owner", "registry-admin", "cloud-admin"]
    """Who can do it."""
    fields: list[FieldProblem] | None = None
    """What is wrong with each field of the request."""
    request_id: str | None = None
    """The request, as in the log."""


class PullActivity(Model):
    """How many pulls there were in each hour, and how long they took; only hours with records."""

    since: AwareDatetime
    """Where the first hour begins."""
    hours: list[PullHour]
    """The hours with records."""


class PullCheckpoint(Model):
    """Where the chain of a node begins, after older records were removed."""

    sequence: Annotated[int, Field(gt=0)]
    """The number of the last record that was removed."""
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """The hash of that record, which the first one left continues."""
    removed: Annotated[int, Field(gt=0)]
    """How many records were removed."""
    received_until: AwareDatetime
    """Records received until then were removed."""
    removed_at: AwareDatetime
    """When they were removed."""


class PullHour(Model):
    """The pulls of one hour."""

    at: AwareDatetime
    """Its beginning; records count by their arrival."""
    records: Annotated[int, Field(ge=0)]
    """Pulls and checks."""
    failed: Annotated[int, Field(ge=0)]
    """How many of them failed."""
    mean_ms: Annotated[float | None, Field(ge=0.0)]
    """How long pulls that succeeded took on average, without checks; null if there were none."""
    max_ms: Annotated[float | None, Field(ge=0.0)]
    """The longest of them."""


class PullRecord(Model):
    """Who pulled what, when, and with which decision; a link in the chain of its node."""

    id: str
    """Its id."""
    node_id: str | None
    """The node."""
    sequence: Annotated[int, Field(gt=0)]
    """Its number in the chain of its node."""
    purpose: Literal["cluster", "check", "once", "door", "prefetch"]
    """What it was for."""
    engine: Literal["docker", "containerd", "podman"] | None = None
    """The engine that pulled through a door; otherwise null."""
    pods: Annotated[list[PodName] | None, Field(max_length=16)] = None
    """The pods of the node that waited for the image; absent if the node does not know its pods."""
    cluster_id: str | None
    """The cluster that it is for; null if there is none."""
    build_id: str | None
    """The build that it is for; null if there is none."""
    image: Annotated[str, Field(max_length=512)]
    """The image, as it was asked for."""
    registry: Annotated[str, Field(max_length=260)]
    """The host of the image; null if its name could not be read."""
    repository: Annotated[str, Field(max_length=255)]
    """The repository of the image."""
    digest: Annotated[str | None, Field(pattern="^sha256:[0-9a-f]{64}$")]
    """The digest of the image; null until a node resolved it."""
    secret_reference: Annotated[str | None, Field(max_length=2048)]
    """The secret that was named; null: none."""
    secret_version: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,64}$")]
    """The version of the secret that was read."""
    decision: Literal[
        "authenticated",
        "anonymous_login_unproved",
        "anonymous_no_secret",
        "anonymous_mismatch_allowed",
        "refused",
        "offline_proved",
    ]
    """Whether the login was used, and why or why not."""
    login: Literal["none", "unasked", "asked", "read", "parsed", "matched", "sent", "unproved", "accepted"] | None = None
    """How far the login got; null where the agent is of an older version."""
    code: str | None
    """The problem that ended it; null: it succeeded."""
    bytes: Annotated[int, Field(ge=0)]
    """Bytes received from the registry."""
    total_bytes: Annotated[int | None, Field(ge=0)]
    """The size of the whole image; null until it is known."""
    started_at: AwareDatetime
    """When it began."""
    duration_ms: Annotated[float, Field(ge=0.0)]
    """How long it took, in milliseconds."""
    steps: list[StepReport]
    """The steps so far, in order."""
    previous_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """The hash of the record before it."""
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """The hash of the record, over its content and the hash before it."""


class SecondJoin(Model):
    """When the same machine last asked to join again while this node was online; null: never."""

    name: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,128}$")]
    at: AwareDatetime


class StartCluster(Model):
    """What to change for this start; everything else stays as it was."""

    model_config = ConfigDict(
        extra="forbid",
    )
    cluster_environment: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,128}(:[1-9]\\d{0,8})?$")] = None
    """The environment by name, or `name:revision`."""
    cluster_environment_build_id: str | None = None
    """The build that runs."""
    worker_count: Annotated[int | None, Field(ge=0, le=1000)] = None
    """The number of nodes in addition to the head."""
    pin_digest: bool | None = None
    """Whether every node pulls the digest of the check; otherwise what the tag points to at the start."""


class StepReport(Model):
    """One step of a check or a start, with its outcome and its time."""

    step: Literal["secret", "match", "challenge", "login", "resolve", "pull", "start", "ray"]
    """Which step."""
    status: Literal["running", "done", "failed", "skipped"]
    """How it went."""
    started_at: AwareDatetime
    """When it began; null: not yet."""
    duration_ms: Annotated[float | None, Field(ge=0.0)]
    """How long it took, in milliseconds."""
    bytes: Annotated[int | None, Field(ge=0)] = None
    """Bytes received from the registry."""
    total_bytes: Annotated[int | None, Field(ge=0)] = None
    """The size of the whole image; null until it is known."""


class UpdateCloud(Model):
    """What to change of a cloud; fields that are absent stay."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str | None, Field(pattern="^[A-Za-z0-9._-]{1,128}$")] = None
    """Its name."""
    partition: Literal["aws", "aws-cn", "aws-us-gov"] | None = None
    """The partition of AWS."""
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
    """The region."""
    account_id: Annotated[str | None, Field(pattern="^\\d{12}$")] = None
    """The AWS account of the nodes."""
    project_id: Annotated[
        str | None,
        Field(pattern="^(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"),
    ] = None
    """The Google Cloud project of the nodes."""
    project_number: Annotated[str | None, Field(pattern="^\\d{1,20}$")] = None
    """The number of that project."""
    node_role: Annotated[str | None, Field(pattern="^[A-Za-z0-9_+=,.@/-]{1,128}$")] = None
    """The role or service account as which nodes run."""
    join: Literal["proof", "token"] | None = None
    """How machines join."""
    kubernetes: GivenKubernetesCluster | None = None
    """The Kubernetes cluster whose pods may join; null: none may."""
    allow_any_secret: bool | None = None
    """Whether builds may name any secret that the nodes can read; otherwise only granted ones."""
    prefetch: bool | None = None
    """Whether idle nodes bring the image once it is checked, before a cluster needs it."""


class WaitingPod(Model):
    """A pod whose image could not be pulled."""

    pod: PodName
    """The pod."""
    image: Annotated[str, Field(max_length=512)]
    """The image that it waits for."""
    since: AwareDatetime
    """When its node took it on."""
    code: str | None
    """Why the door refused the image; null if no refusal was told."""
