"""`fairlead cluster-env build`, `get` and `list`."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from pathlib import PurePath

from fairlead_sdk._cli.config_yaml import largest_config, read_config_yaml
from fairlead_sdk._cli.find import find_cloud, find_cluster_environment
from fairlead_sdk._cli.output import Output
from fairlead_sdk._cli.parser import UsageError
from fairlead_sdk._cli.read_input import read_input
from fairlead_sdk._config.environment_config import check_environment_config
from fairlead_sdk._core.printable import printable
from fairlead_sdk.client import FairleadSDK
from fairlead_sdk.models import Build, CreateBYODClusterEnvironment

_no_environment = "No cluster environments yet. Register an image: fairlead cluster-env build -n NAME FILE.yaml"
_no_build = "No builds yet. Make one: fairlead cluster-env build -n NAME FILE.yaml"


def read_config(path: str) -> dict[str, object]:
    """Read and judged before there is a connection."""
    return check_environment_config(read_config_yaml(path, read_input(path, largest_config, sys.stdin.buffer)))


def build(args: Namespace, config: dict[str, object], sdk: FairleadSDK, output: Output) -> None:
    name = args.name or default_name(args.file)
    cloud = None if args.cloud_name is None else find_cloud(sdk, args.cloud_name)
    output.line(f"Registering and checking {name}")
    built = sdk.build_cluster_environment(
        CreateBYODClusterEnvironment(name=name, config_json=config, cloud_id=None if cloud is None else cloud.id),
        poll_rate_seconds=0.5,
        timeout_seconds=args.timeout,
        wait=not args.no_wait,
        require_check=args.require_check,
        on_change=StepLines(output),
    )
    output.result(built)
    for warning in built.warnings:
        output.warning(warning.path, warning.detail, warning.code)
    identifier = f"{name}:{built.revision}"
    if built.status == "succeeded":
        output.line(f"{identifier} is ready")
        _print_details(built, output)
        output.line(f"next:  fairlead cluster start -n NAME --env {identifier}")
    elif built.status == "pending" and not args.no_wait:
        output.line(f"{identifier} is registered, not checked yet: no node of its cloud is online")
    else:
        output.line(f"{identifier} is registered; its check continues")
        output.line(f"next:  fairlead cluster-env get {identifier}")


def get(args: Namespace, sdk: FairleadSDK, output: Output) -> None:
    found = (
        sdk.find_cluster_environment_build_by_identifier(args.identifier)
        if args.id is None
        else sdk.get_cluster_environment_build(args.id)
    )
    output.result(found)
    if output.as_json:
        return
    environment = sdk.get_cluster_environment(found.cluster_environment_id)
    output.line(f"{environment.name}:{found.revision}")
    _print_details(found, output)
    for warning in found.warnings:
        output.warning(warning.path, warning.detail, warning.code)
    if found.problem is not None:
        output.problem(found.problem)


def list_environments(args: Namespace, sdk: FairleadSDK, output: Output) -> None:
    if args.name is not None or args.id is not None:
        environment = find_cluster_environment(sdk, args.name, args.id)
        builds = sdk.list_cluster_environment_builds(environment.id).take(args.max_items)
        rows = [
            [f"{environment.name}:{one.revision}", _status(one), one.docker_image_name, one.ray_version]
            for one in builds.results
        ]
        output.table(builds, ["BUILD", "STATUS", "IMAGE", "RAY"], rows, _no_build)
        return
    page = sdk.list_cluster_environments(include_archived=args.include_archived).take(args.max_items)
    rows = [
        [
            one.name,
            f":{one.latest_build.revision}",
            "archived" if one.archived_at else one.latest_build.status,
            one.latest_build.docker_image_name,
            one.latest_build.ray_version,
        ]
        for one in page.results
    ]
    output.table(page, ["NAME", "NEWEST", "STATUS", "IMAGE", "RAY"], rows, _no_environment)


def check_get(args: Namespace) -> None:
    if (args.identifier is None) == (args.id is None):
        raise UsageError("give NAME[:REVISION], or --id BUILD_ID", "fairlead cluster-env get")


def default_name(path: str) -> str:
    """The file's own name, with what a name cannot hold left out."""
    stem = re.sub(r"\.(?:ya?ml|json)$", "", PurePath(path).name, flags=re.IGNORECASE)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem, flags=re.ASCII).strip("-")[:128] or "cluster-env"


class StepLines:
    """A line for each step of a check that ended."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._told: set[str] = set()

    def __call__(self, build: Build) -> None:
        for step in build.steps:
            if step.status != "running" and step.step not in self._told:
                self._told.add(step.step)
                self._output.line(f"  {step.step}: {step.status}")


def _status(build: Build) -> str:
    return f"{build.status} {build.problem.code}" if build.problem else build.status


def _print_details(build: Build, output: Output) -> None:
    details = {
        "image": build.docker_image_name,
        "digest": build.digest,
        "ray": build.byod_ray_version or build.ray_version,
        "secret": build.registry_login_secret or "none: pulled without a login",
        "status": build.status,
        "id": build.id,
    }
    for name, value in details.items():
        if value is not None:
            output.line(f"  {name:<7}{printable(value)}")
