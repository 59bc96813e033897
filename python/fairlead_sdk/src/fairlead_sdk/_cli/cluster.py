"""`fairlead cluster start`, `terminate` and `list`."""

from __future__ import annotations

from argparse import Namespace

from fairlead_sdk._cli.find import find_cloud, find_cluster
from fairlead_sdk._cli.output import Output
from fairlead_sdk._cli.parser import UsageError
from fairlead_sdk.client import FairleadSDK
from fairlead_sdk.models import Cluster

_none = "No clusters yet. Start one: fairlead cluster start -n NAME --env ENVIRONMENT"


def start(args: Namespace, sdk: FairleadSDK, output: Output) -> None:
    name = args.name if args.id is None else find_cluster(sdk, None, args.id).name
    if name is None:
        raise UsageError("name the cluster with -n NAME or --id ID", "fairlead cluster start")
    if args.env is None and sdk.list_clusters(name=name).first() is None:
        reason = f"there is no cluster {name} yet, so say from which environment to make it: --env NAME[:REVISION]"
        raise UsageError(reason, "fairlead cluster start")
    cloud = None if args.cloud_name is None else find_cloud(sdk, args.cloud_name)
    output.line(f"Starting {name}")
    cluster = sdk.launch_cluster(
        name,
        cluster_environment=args.env,
        cloud_id=None if cloud is None else cloud.id,
        worker_count=args.workers,
        pin_digest=False if args.no_pin_digest else None,
        poll_rate_seconds=0.5,
        timeout_seconds=args.timeout,
        wait=not args.no_wait,
        on_change=NodeLines(output),
    )
    output.result(cluster)
    if cluster.state != "Running":
        output.line(f"{name} is starting")
        return
    output.line(f"{name} runs on {len(cluster.nodes)} {'node' if len(cluster.nodes) == 1 else 'nodes'}")
    if cluster.ray_address is not None:
        output.line(f"connect:  python -c \"import ray; ray.init('{cluster.ray_address}'); print(ray.nodes())\"")
    output.line(f"stop:     fairlead cluster terminate -n {name}")


def terminate(args: Namespace, sdk: FairleadSDK, output: Output) -> None:
    found = find_cluster(sdk, args.name, args.id)
    ended = sdk.terminate_cluster(found.id)
    output.line(f"Terminating {found.name}")
    if not args.no_wait:
        ended = sdk.wait_for_cluster(found.id, "Terminated", poll_rate_seconds=0.5, timeout_seconds=args.timeout)
    output.result(ended)
    output.line(f"{found.name} is {'terminated' if ended.state == 'Terminated' else 'terminating'}")


def list_clusters(args: Namespace, sdk: FairleadSDK, output: Output) -> None:
    page = sdk.list_clusters().take(args.max_items)
    rows = [
        [
            one.name,
            f"{one.state} {one.problem.code}" if one.problem else one.state,
            one.cluster_environment,
            str(1 + one.worker_count),
            one.ray_address or "",
        ]
        for one in page.results
    ]
    output.table(page, ["NAME", "STATE", "ENVIRONMENT", "NODES", "RAY"], rows, _none)


class NodeLines:
    """A line whenever a node is in another phase."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._told: dict[str, str] = {}

    def __call__(self, cluster: Cluster) -> None:
        for node in cluster.nodes:
            if self._told.get(node.node_id) != node.phase:
                self._told[node.node_id] = node.phase
                self._output.line(f"  {node.role} {node.node_name}: {node.phase}")
