"""Builds, against a real control plane, checker and registry."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from conftest import Place, Stage
from fairlead_sdk import Build, CreateBYODClusterEnvironment, EnvironmentConfig, FairleadProblem, FairleadSDK, prefetch_state

Name = Callable[[str], str]


def test_an_existing_name_gets_the_next_build(sdk: FairleadSDK, stage: Stage, name: Name) -> None:
    create = CreateBYODClusterEnvironment(name=name("again"), config_json=stage.config)
    first = sdk.build_cluster_environment(create)
    second = sdk.build_cluster_environment(create)
    assert (first.revision, second.revision) == (1, 2)
    assert first.cluster_environment_id == second.cluster_environment_id
    builds = list(sdk.list_cluster_environment_builds(first.cluster_environment_id))
    assert [build.id for build in builds] == [second.id, first.id]
    assert sdk.find_cluster_environment_build_by_identifier(f"{create.name}:1").id == first.id
    assert sdk.get_cluster_environment_build(second.id).digest == stage.digest


def test_accepts_a_mapping_or_a_typed_config(sdk: FairleadSDK, stage: Stage, name: Name) -> None:
    as_mapping = sdk.build_cluster_environment({"name": name("mapping"), "config_json": stage.config})
    typed = CreateBYODClusterEnvironment(name=name("typed"), config_json=EnvironmentConfig(**stage.config))
    assert as_mapping.status == sdk.build_cluster_environment(typed).status == "succeeded"


def test_idle_nodes_are_asked_to_bring_the_image_of_a_prefetched_build(sdk: FairleadSDK, stage: Stage, name: Name) -> None:
    create = CreateBYODClusterEnvironment(name=name("prefetched"), config_json=stage.config, prefetch=True)
    built = sdk.build_cluster_environment(create)
    told: list[Build] = []
    waited = sdk.wait_for_prefetch(built.id, timeout_seconds=60, patience_seconds=0, on_change=told.append)
    assert waited.prefetch_progress is not None
    assert told == [waited]
    other = sdk.build_cluster_environment(CreateBYODClusterEnvironment(name=name("unasked"), config_json=stage.config))
    assert prefetch_state(sdk.wait_for_prefetch(other.id)) == "not-asked"


def test_a_failed_check_raises_its_problem_with_who_can_act(sdk: FairleadSDK, stage: Stage, name: Name) -> None:
    config = {**stage.config, "docker_image": f"{stage.registry}/team/no-such-image:tag"}
    with pytest.raises(FairleadProblem) as raised:
        sdk.build_cluster_environment(CreateBYODClusterEnvironment(name=name("failing"), config_json=config))
    assert raised.value.code == "IMAGE_NOT_FOUND"
    assert raised.value.detail
    assert raised.value.fix
    assert raised.value.who == "you"
    assert stage.password not in str(raised.value)


def test_reports_each_change(sdk: FairleadSDK, stage: Stage, name: Name) -> None:
    told: list[Build] = []
    create = CreateBYODClusterEnvironment(name=name("told"), config_json=stage.config)
    built = sdk.build_cluster_environment(create, poll_rate_seconds=0.05, on_change=told.append)
    assert told[0].status == "pending"
    assert told[-1] == built
    assert all(one != other for one, other in pairwise(told))


def test_can_return_at_once_and_wait_later(sdk: FairleadSDK, stage: Stage, name: Name) -> None:
    create = CreateBYODClusterEnvironment(name=name("later"), config_json=stage.config)
    registered = sdk.build_cluster_environment(create, wait=False)
    assert registered.status == "pending"
    assert sdk.wait_for_build(registered.id, timeout_seconds=30).status == "succeeded"


def test_can_be_asked_to_fail_if_no_node_is_online(quiet: Place, stage: Stage, name: Name) -> None:
    create = CreateBYODClusterEnvironment(name=name("unchecked"), config_json=stage.config)
    with FairleadSDK() as sdk, pytest.raises(FairleadProblem) as raised:
        sdk.build_cluster_environment(create, require_check=True)
    assert raised.value.code == "CHECK_PENDING"


@pytest.mark.parametrize("part", ["registry_login_secret", "docker_image", "env_vars"])
def test_a_pasted_secret_does_not_leave_the_machine(quiet: Place, stage: Stage, part: str) -> None:
    pasted = "dckr_pat_abcdefghijklmnopqrstuvwxyz0"
    value = {
        "registry_login_secret": pasted,
        "docker_image": f"https://user:{pasted}@registry.example.com/app",
        "env_vars": {f"NAME={pasted}": ""},
    }[part]
    before = quiet.log.read_text()
    with FairleadSDK() as sdk, pytest.raises(FairleadProblem) as raised:
        sdk.build_cluster_environment({"name": "pasted", "config_json": {**stage.config, part: value}})
    if part == "registry_login_secret":
        assert raised.value.code == "REFERENCE_LOOKS_LIKE_A_SECRET"
    assert pasted not in f"{raised.value}{raised.value!r}{raised.value.document!r}"
    assert "POST" not in quiet.log.read_text()[len(before) :]


def test_rejects_a_request_with_an_unknown_field_without_repeating_values(quiet: Place) -> None:
    with FairleadSDK() as sdk, pytest.raises(FairleadProblem) as raised:
        sdk.build_cluster_environment({"name": "x", "config_json": {}, "pasword": "hunter2"})
    assert raised.value.code == "REQUEST_INVALID"
    assert [field.path for field in raised.value.fields] == ["pasword"]
    assert "hunter2" not in str(raised.value)


def test_lists_an_archived_environment_only_on_request(sdk: FairleadSDK, stage: Stage, name: Name) -> None:
    create = CreateBYODClusterEnvironment(name=name("archived"), config_json=stage.config)
    built = sdk.build_cluster_environment(create, wait=False)
    sdk.archive_cluster_environment(built.cluster_environment_id)
    assert sdk.list_cluster_environments(name=create.name).first() is None
    assert sdk.list_cluster_environments(name=create.name, include_archived=True).first() is not None
