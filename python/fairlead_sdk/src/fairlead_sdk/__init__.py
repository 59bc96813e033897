"""The Python client of Fairlead: Ray clusters from images in private registries."""

from fairlead_sdk._core.wait_for_prefetch import PrefetchState, prefetch_state
from fairlead_sdk.async_client import AsyncFairleadSDK
from fairlead_sdk.client import FairleadSDK
from fairlead_sdk.lists import AsyncPages, Pages
from fairlead_sdk.models import (
    Build,
    Cluster,
    ClusterEnvironment,
    ClusterEnvironmentBuild,
    CreateBYODClusterEnvironment,
    EnvironmentConfig,
)
from fairlead_sdk.problem import FairleadProblem
from fairlead_sdk.version import __version__

__all__ = [
    "AsyncFairleadSDK",
    "AsyncPages",
    "Build",
    "Cluster",
    "ClusterEnvironment",
    "ClusterEnvironmentBuild",
    "CreateBYODClusterEnvironment",
    "EnvironmentConfig",
    "FairleadProblem",
    "FairleadSDK",
    "Pages",
    "PrefetchState",
    "__version__",
    "prefetch_state",
]
