"""Clusters, against a real control plane and a simulated node."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import Stage
from fairlead_sdk import Cluster, CreateBYODClusterEnvironment, FairleadProblem, FairleadSDK

Name = Callable[[str], str]


@pytest.fixture
def environment(sdk: FairleadSDK, stage: Stage, name: Name) -> str:
    create = CreateBYODClusterEnvironment(name=name("env"), config_json=stage.config)
    sdk.build_cluster_environment(create)
    return create.name


def ended(sdk: FairleadSDK, cluster: Cluster) -> Cluster:
    sdk.terminate_cluster(cluster.id)
    return sdk.wait_for_cluster(cluster.id, "Terminated", poll_rate_seconds=0.1, timeout_seconds=60)


def test_launches_uses_and_terminates_a_cluster(sdk: FairleadSDK, environment: str, name: Name) -> None:
    told: list[str] = []
    cluster = sdk.launch_cluster(
        name("train"),
        cluster_environment=environment,
        poll_rate_seconds=0.1,
        timeout_seconds=60,
        on_change=lambda changed: told.append(changed.state),
    )
    assert cluster.state == told[-1] == "Running"
    assert cluster.ray_address == "ray://10.0.0.1:10001"
    assert [node.role for node in cluster.nodes] == ["head"]
    connection = sdk.get_cluster_connection(cluster.id)
    assert connection.ray_address == cluster.ray_address
    assert connection.ray_token is not None
    assert sdk.ray_environment(cluster.id) == {
        "RAY_ADDRESS": cluster.ray_address,
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": connection.ray_token,
    }
    assert connection.ray_token not in cluster.model_dump_json()
    # The same launch again joins the running cluster.
    again = sdk.launch_cluster(cluster.name, cluster_environment=environment, timeout_seconds=60)
    assert (again.id, again.generation) == (cluster.id, cluster.generation)
    assert ended(sdk, cluster).state == "Terminated"
    # And starts it if it does not run.
    restarted = sdk.launch_cluster(cluster.name, poll_rate_seconds=0.1, timeout_seconds=60)
    assert (restarted.id, restarted.generation) == (cluster.id, cluster.generation + 1)
    ended(sdk, cluster)


def test_a_failed_start_raises_its_problem(sdk: FairleadSDK, environment: str, name: Name) -> None:
    cluster_name = name("broken")
    with pytest.raises(FairleadProblem) as raised:
        sdk.launch_cluster(cluster_name, cluster_environment=environment, poll_rate_seconds=0.1, timeout_seconds=60)
    assert raised.value.code == "RAY_START_FAILED"
    assert raised.value.exit_code == 1
    found = sdk.list_clusters(name=cluster_name).first()
    assert found is not None
    ended(sdk, found)


def test_a_cluster_that_needs_more_nodes_waits_until_the_timeout(sdk: FairleadSDK, environment: str, name: Name) -> None:
    cluster_name = name("large")
    with pytest.raises(FairleadProblem) as raised:
        sdk.launch_cluster(
            cluster_name, cluster_environment=environment, worker_count=5, poll_rate_seconds=0.1, timeout_seconds=0.5
        )
    assert raised.value.code == "TIMED_OUT"
    found = sdk.list_clusters(name=cluster_name).first()
    assert found is not None
    assert found.state == "AwaitingStartup"
    assert found.problem is not None
    assert found.problem.code == "NOT_ENOUGH_NODES"
    ended(sdk, found)


def test_can_take_the_steps_of_a_launch_one_by_one(sdk: FairleadSDK, environment: str, name: Name) -> None:
    made = sdk.create_cluster({"name": name("steps"), "cluster_environment": environment})
    assert (made.state, made.ray_address) == ("Terminated", None)
    assert sdk.start_cluster(made.id).state in ("AwaitingStartup", "StartingUp", "Running")
    assert sdk.wait_for_cluster(made.id, poll_rate_seconds=0.1, timeout_seconds=60).state == "Running"
    ended(sdk, made)


def test_pages_return_every_item_once_and_in_order(sdk: FairleadSDK, environment: str, name: Name) -> None:
    stem = name("page")
    made = [sdk.create_cluster({"name": f"{stem}.{n}", "cluster_environment": environment}).id for n in range(5)]
    clusters = sdk.list_clusters(name_contains=stem)
    found, token = [], None
    while True:
        page = clusters.page(count=2, paging_token=token)
        found += [cluster.id for cluster in page.results]
        token = page.next_paging_token
        if token is None:
            break
    assert found == [cluster.id for cluster in clusters] == made[::-1]
    taken = clusters.take(3)
    assert [cluster.id for cluster in taken.results] == found[:3]
    assert [cluster.id for cluster in clusters.page(paging_token=taken.next_paging_token).results] == found[3:]


def test_manages_clouds_nodes_and_tokens_too(sdk: FairleadSDK, name: Name) -> None:
    cloud = sdk.list_clouds().first()
    assert cloud is not None
    assert sdk.get_cloud(cloud.id) == cloud
    assert {node.name for node in sdk.list_nodes(cloud_id=cloud.id)} == {"checker", "played"}
    granted = sdk.grant_secret(cloud.id, {"reference": name("team")})
    assert granted.id in [grant.id for grant in sdk.list_grants(cloud.id)]
    sdk.revoke_grant(cloud.id, granted.id)
    assert granted.id not in [grant.id for grant in sdk.list_grants(cloud.id)]
    made = sdk.create_api_token({"name": name("reader"), "role": "viewer"})
    assert made.token not in repr(made)
    with pytest.raises(FairleadProblem, match="REFERENCE_LOOKS_LIKE_A_SECRET"):
        sdk.grant_secret(cloud.id, {"reference": "ghp_abcdefghijklmnop"})
    with FairleadSDK(made.token, sdk.host) as viewer:
        assert viewer.whoami().role == "viewer"
        with pytest.raises(FairleadProblem) as raised:
            viewer.create_join_token(cloud.id)
    assert raised.value.code == "ROLE_TOO_LOW"
    sdk.revoke_api_token(made.id)
    assert "fjt_" not in repr(sdk.create_join_token(cloud.id))
