"""`fairlead cluster start`, `connect`, `terminate` and `list`."""

from __future__ import annotations

import os
import shlex
from argparse import Namespace

from fairlead_sdk._cli.find import find_cloud, find_cluster
from fairlead_sdk._cli.output import Output
from fairlead_sdk._cli.parser import UsageError
from fairlead_sdk._core.ray_environment import ray_environment
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
        # Never with the token in it: what is printed stays in a terminal, a log, a history.
        program = "import ray; ray.init(); print(ray.nodes())"
        output.line(f'connect:  fairlead cluster connect -n {name} -- python -c "{program}"')
    output.line(f"stop:     fairlead cluster terminate -n {name}")


def connect(args: Namespace, sdk: FairleadSDK, output: Output) -> None:
    """Becomes a command that finds in its environment how to reach Ray, or prints that for a shell to take."""
    found = find_cluster(sdk, args.name, args.id)
    connection = sdk.get_cluster_connection(found.id)
    environment = ray_environment(connection)
    if args.words:
        try:
            # What was typed, as a shell would run it.
            os.execvpe(args.words[0], args.words, {**os.environ, **environment})  # noqa: S606
        except OSError:
            raise UsageError("there is no such command to run", "fairlead cluster connect") from None
    output.result(connection)
    for name, value in environment.items():
        output.line(f"export {name}={shlex.quote(value)}")


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
