"""Every operation of the API that is meant for people has a method; the OpenAPI document says which ones those are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import httpx

from conftest import repository
from fairlead_sdk import FairleadProblem, FairleadSDK, Pages

config = {"docker_image": "example.jfrog.io/team/app:1", "ray_version": "2.55.1"}

calls: list[Callable[[FairleadSDK], object]] = [
    lambda sdk: sdk.create_cluster_environment({"name": "x", "config_json": config}),
    lambda sdk: sdk.create_cluster_environment_build("x", config, prefetch=True),
    lambda sdk: sdk.get_cluster_environment("x"),
    lambda sdk: sdk.list_cluster_environments(
        name="x", name_contains="x", cloud_id="x", include_archived=True, build_status="failed", advice="RATE_LIMIT_LOW"
    ),
    lambda sdk: sdk.archive_cluster_environment("x"),
    lambda sdk: sdk.get_cluster_environment_build("x"),
    lambda sdk: sdk.find_cluster_environment_build_by_identifier("x"),
    lambda sdk: sdk.list_cluster_environment_builds("x"),
    lambda sdk: sdk.verify_cluster_environment_build("x"),
    lambda sdk: sdk.create_cluster({"name": "x"}),
    lambda sdk: sdk.get_cluster("x"),
    lambda sdk: sdk.get_cluster_connection("x"),
    lambda sdk: sdk.list_clusters(name="x", name_contains="x", state="Running", has_problem=True),
    lambda sdk: sdk.list_cluster_nodes("x"),
    lambda sdk: sdk.start_cluster("x"),
    lambda sdk: sdk.terminate_cluster("x"),
    lambda sdk: sdk.delete_cluster("x"),
    lambda sdk: sdk.create_cloud({"name": "x", "provider": "local"}),
    lambda sdk: sdk.get_cloud("x"),
    lambda sdk: sdk.list_clouds(name="x", name_contains="x"),
    lambda sdk: sdk.update_cloud("x", {"region": "us-east-2"}),
    lambda sdk: sdk.delete_cloud("x"),
    lambda sdk: sdk.reset_cloud_role("x"),
    lambda sdk: sdk.get_cloud_policy("x", "x", customer_keys=True),
    lambda sdk: sdk.grant_secret("x", {"reference": "x"}),
    lambda sdk: sdk.list_grants("x"),
    lambda sdk: sdk.revoke_grant("x", "x"),
    lambda sdk: sdk.create_join_token("x"),
    lambda sdk: sdk.get_join_command("x"),
    lambda sdk: sdk.get_node("x"),
    lambda sdk: sdk.list_nodes(
        cloud_id="x",
        name="x",
        name_contains="x",
        state="lost",
        has_waiting_pods=True,
        has_broken_chain=True,
        prefetched_build_id="x",
    ),
    lambda sdk: sdk.revoke_node("x"),
    lambda sdk: sdk.get_pull("x"),
    lambda sdk: sdk.list_pulls(
        cluster_id="x",
        build_id="x",
        node_id="x",
        purpose="door",
        code="x",
        registry="x",
        pod_owner="x",
        decision="refused",
        since="x",
        until="x",
    ),
    lambda sdk: sdk.get_overview(),
    lambda sdk: sdk.whoami(),
    lambda sdk: sdk.create_api_token({"name": "x", "role": "viewer"}),
    lambda sdk: sdk.list_api_tokens(name="x", name_contains="x", kind="session"),
    lambda sdk: sdk.sign_out(),
    lambda sdk: sdk.revoke_api_token("x"),
    lambda sdk: sdk.list_audit_events(act="x", token_id="x"),
]

document = json.loads((repository / "packages" / "contract" / "openapi.json").read_text())
# A stream, which the client replaces by polling, and metrics, which machines read.
left_out = {"stream_events", "get_metrics"}
# What a table on a screen asks for. A program reads a list from its start, or sorts it itself.
of_tables = {"sort", "order", "offset", "with_total"}


def operations() -> Iterable[tuple[str, str, dict[str, Any]]]:
    """The operations that an API token may call."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["security"] == [{"apiToken": []}] and operation["operationId"] not in left_out:
                yield method.upper(), path, operation


def sent_by(call: Callable[[FairleadSDK], object]) -> httpx.Request:
    sent: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(400)

    transport = httpx.MockTransport(refuse)
    with FairleadSDK("flt_x", "https://fairlead.example.com", transport=transport) as sdk, suppress(FairleadProblem):
        answer = call(sdk)
        if isinstance(answer, Pages):
            answer.page(paging_token="x")
    (request,) = sent
    return request


def operation_of(request: httpx.Request) -> str:
    """The operation with the most literal path that matches."""
    fitting = [
        (path.count("{"), operation["operationId"])
        for method, path, operation in operations()
        if method == request.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), request.url.path)
    ]
    return min(fitting)[1]


def test_each_operation_has_its_method_and_each_filter_its_argument() -> None:
    by_operation = {operation_of(request): request for request in map(sent_by, calls)}
    wanted = {operation["operationId"]: operation for _, _, operation in operations()}
    assert set(by_operation) == set(wanted)
    for name, operation in wanted.items():
        filters = {one["name"] for one in operation["parameters"] if one["in"] == "query"} - of_tables
        assert set(by_operation[name].url.params) == filters, name
