"""The asyncio client does the same, and lets other tasks run meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from conftest import Place, Stage
from fairlead_sdk import AsyncFairleadSDK, CreateBYODClusterEnvironment, FairleadProblem


def test_builds_an_environment_and_launches_a_cluster(lively: Place, stage: Stage, name: Callable[[str], str]) -> None:
    async def story() -> None:
        async with AsyncFairleadSDK() as sdk:
            create = CreateBYODClusterEnvironment(name=name("async"), config_json=stage.config, prefetch=True)
            build = await sdk.build_cluster_environment(create_cluster_environment=create, timeout_seconds=60)
            assert (build.status, build.digest) == ("succeeded", stage.digest)
            assert (await sdk.wait_for_prefetch(build.id, patience_seconds=0)).prefetch_progress is not None
            cluster = await sdk.launch_cluster(name("async"), cluster_environment=create.name, timeout_seconds=60)
            assert cluster.ray_address is not None
            assert cluster.id in [found.id async for found in sdk.list_clusters(name_contains="async")]
            await sdk.terminate_cluster(cluster.id)
            await sdk.wait_for_cluster(cluster.id, "Terminated", timeout_seconds=60)
            first = await sdk.list_cluster_environments(name=create.name).first()
            assert first is not None
            assert len((await sdk.list_cluster_environments().take(1)).results) == 1
            with pytest.raises(FairleadProblem, match="CLUSTER_NOT_FOUND"):
                await sdk.get_cluster("ses_nowhere")

    asyncio.run(story())


def test_runs_many_builds_at_once(lively: Place, stage: Stage, name: Callable[[str], str]) -> None:
    async def story() -> set[str]:
        async with AsyncFairleadSDK() as sdk:
            creates = [CreateBYODClusterEnvironment(name=name("many"), config_json=stage.config) for _ in range(4)]
            builds = await asyncio.gather(*(sdk.build_cluster_environment(create) for create in creates))
            return {build.status for build in builds}

    assert asyncio.run(story()) == {"succeeded"}


def test_a_waiting_call_can_be_cancelled(lively: Place, stage: Stage, name: Callable[[str], str]) -> None:
    async def story() -> None:
        async with AsyncFairleadSDK() as sdk:
            create = CreateBYODClusterEnvironment(name=name("cancelled"), config_json=stage.config)
            build = await sdk.build_cluster_environment(create)
            launch = sdk.launch_cluster(name("waits"), cluster_environment_build_id=build.id, worker_count=9)
            waiting = asyncio.create_task(launch)
            await asyncio.sleep(0.5)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    asyncio.run(story())
