"""From a name that a person types to the resource that it names, or the problem that says there is none."""

from __future__ import annotations

import re

from fairlead_sdk._cli.parser import UsageError
from fairlead_sdk.client import FairleadSDK
from fairlead_sdk.models import Cloud, Cluster, ClusterEnvironment
from fairlead_sdk.problem import problem


def find_cloud(sdk: FairleadSDK, name: str) -> Cloud:
    if re.fullmatch(r"cld_[0-9a-z]{26}", name):
        return sdk.get_cloud(name)
    found = sdk.list_clouds(name=name).first()
    if found is None:
        raise problem("CLOUD_NOT_FOUND", name=name)
    return found


def find_cluster(sdk: FairleadSDK, name: str | None, cluster_id: str | None) -> Cluster:
    if cluster_id is not None:
        return sdk.get_cluster(cluster_id)
    if name is None:
        raise UsageError("name the cluster with -n NAME or --id ID", "fairlead cluster")
    found = sdk.list_clusters(name=name).first()
    if found is None:
        raise problem("CLUSTER_NOT_FOUND", name=name)
    return found


def find_cluster_environment(sdk: FairleadSDK, name: str | None, environment_id: str | None) -> ClusterEnvironment:
    if environment_id is not None:
        return sdk.get_cluster_environment(environment_id)
    found = sdk.list_cluster_environments(name=name, include_archived=True).first()
    if found is None:
        raise problem("CLUSTER_ENV_NOT_FOUND", name=name or "")
    return found
