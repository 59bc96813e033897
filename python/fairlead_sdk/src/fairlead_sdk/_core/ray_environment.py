"""What a program needs around it so that `ray.init()` reaches a cluster: Ray reads these when it is imported."""

from __future__ import annotations

from fairlead_sdk._generated.models import ClusterConnection


def ray_environment(connection: ClusterConnection) -> dict[str, str]:
    address = {"RAY_ADDRESS": connection.ray_address}
    if connection.ray_token is None:
        return address
    return {**address, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": connection.ray_token}
