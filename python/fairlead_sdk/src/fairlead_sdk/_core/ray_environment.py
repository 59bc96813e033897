"""The environment variables that let `ray.init()` reach a cluster: Ray reads them when it is imported."""

from __future__ import annotations

from fairlead_sdk._generated.models import ClusterConnection


def ray_environment(connection: ClusterConnection) -> dict[str, str]:
    address = {"RAY_ADDRESS": connection.ray_address}
    if connection.ray_token is None:
        return address
    return {**address, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": connection.ray_token}
