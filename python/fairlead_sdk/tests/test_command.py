"""The `fairlead` command of this package, against real control planes: results on stdout, problems on stderr, exit codes."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conftest import Place, Stage
from fairlead_sdk._cli.cluster_env import default_name
from fairlead_sdk._cli.main import main
from fairlead_sdk._cli.parser import UsageError, make_parser

Name = Callable[[str], str]


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def fairlead(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def run(*words: str) -> Ran:
        capsys.readouterr()
        status = main(words)
        out, err = capsys.readouterr()
        return Ran(status, out, err)

    return run


@pytest.fixture
def config(tmp_path: Path, stage: Stage, name: Name) -> str:
    path = tmp_path / f"{name('file')}.yaml"
    lines = [f"{field}: {value}" for field, value in stage.config.items()]
    path.write_text("\n".join([*lines, "env_vars:", "  MY_VAR: true"]))
    return str(path)


def test_from_a_file_to_a_cluster_and_its_end(
    lively: Place, stage: Stage, fairlead: Any, config: str, name: Name, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment, cluster = name("cli"), name("cli")
    built = fairlead("cluster-env", "build", "-n", environment, config)
    assert (built.status, built.err) == (0, "")
    assert f"{environment}:1 is ready" in built.out
    assert stage.digest in built.out
    assert "  login: done" in built.out
    assert fairlead("cluster-env", "get", environment, "--json").json["env_vars"] == {"MY_VAR": "true"}
    assert environment in fairlead("cluster-env", "list").out
    assert f"{environment}:1" in fairlead("cluster-env", "list", "-n", environment).out
    started = fairlead("cluster", "start", "-n", cluster, "--env", environment, "--timeout", "60")
    assert started.status == 0
    assert f"connect:  fairlead cluster connect -n {cluster} -- python -c" in started.out
    assert "frt_" not in started.out
    exports = fairlead("cluster", "connect", "-n", cluster).out
    assert re.fullmatch(
        r"export RAY_ADDRESS=ray://10\.0\.0\.1:10001\nexport RAY_AUTH_MODE=token\nexport RAY_AUTH_TOKEN=frt_[\w-]{43}\n",
        exports,
    )
    with monkeypatch.context() as patched:
        became: list[Any] = []
        patched.setattr("os.execvpe", lambda *given: became.append(given))
        fairlead("cluster", "connect", "-n", cluster, "--", "python", "-c", "x")
        ((program, words, environment),) = became
    assert (program, words) == ("python", ["python", "-c", "x"])
    assert environment["RAY_ADDRESS"] == "ray://10.0.0.1:10001"
    assert f"export RAY_AUTH_TOKEN={environment['RAY_AUTH_TOKEN']}\n" in exports
    assert fairlead("cluster", "connect", "-n", cluster, "--", "no-such-command").status == 2
    assert cluster in fairlead("cluster", "list").out
    ended = fairlead("cluster", "terminate", "-n", cluster, "--timeout", "60")
    assert (ended.status, ended.out.splitlines()[-1]) == (0, f"{cluster} is terminated")


def test_json_is_what_the_api_gives(lively: Place, fairlead: Any, config: str, name: Name) -> None:
    environment = name("json")
    build = fairlead("cluster-env", "build", "-n", environment, config, "--json").json
    import httpx

    served = httpx.get(
        f"{lively.origin}/api/v1/cluster_environment_builds/{build['id']}",
        headers={"authorization": f"Bearer {lively.token}"},
    ).json()["result"]
    assert build == served
    page = fairlead("cluster-env", "list", "--max-items", "1", "--json").json
    assert len(page["results"]) == 1
    assert set(page) == {"results", "metadata"}


def test_a_start_that_fails_says_why(lively: Place, fairlead: Any, config: str, name: Name) -> None:
    environment, cluster = name("cli"), name("broken")
    fairlead("cluster-env", "build", "-n", environment, config)
    started = fairlead("cluster", "start", "-n", cluster, "--env", environment, "--timeout", "60")
    assert started.status == 1
    assert "(RAY_START_FAILED)" in started.err
    assert "\nfix: " in started.err
    fairlead("cluster", "terminate", "-n", cluster)


def test_where_no_node_is_online_the_build_is_registered(quiet: Place, fairlead: Any, config: str) -> None:
    registered = fairlead("cluster-env", "build", config)
    assert registered.status == 0
    assert f"{Path(config).stem}:1 is registered, not checked yet" in registered.out
    refused = fairlead("cluster-env", "build", config, "--require-check")
    assert (refused.status, "(CHECK_PENDING)" in refused.err) == (1, True)


@pytest.mark.parametrize(
    "words", [["serve"], ["login", "--host", "x"], ["cluster", "status", "-n", "x"], ["cluster-env", "lint", "x"]]
)
def test_a_command_of_the_full_fairlead_is_told_as_that(
    fairlead: Any, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    refused = fairlead(*words)
    assert refused.status == 2
    assert "this is the small fairlead of the Python package fairlead-sdk, which has no " in refused.err
    assert "fix:   Run it with the full one; the README of Fairlead says how to get it." in refused.err
    full = tmp_path / "fairlead"
    full.write_text("#!/bin/sh\n")
    full.chmod(0o755)
    assert f"fix:   Run the full one: {full}.\n" in fairlead(*words).err


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        ([], 2, "USAGE"),
        (["cluster-env"], 2, "USAGE"),
        (["cluster-env", "get"], 2, "USAGE"),
        (["cluster-env", "get", "x", "--id", "y"], 2, "USAGE"),
        (["cluster-env", "get", "no-such"], 5, "CLUSTER_ENV_NOT_FOUND"),
        (["cluster-env", "list", "-n", "no-such"], 5, "CLUSTER_ENV_NOT_FOUND"),
        (["cluster-env", "build", "/nowhere.yaml"], 4, "CONFIG_FILE_UNREADABLE"),
        (["cluster", "start"], 2, "USAGE"),
        (["cluster", "start", "-n", "no-such"], 2, "USAGE"),
        (["cluster", "start", "-n", "x", "--env", "no-such"], 5, "CLUSTER_ENV_NOT_FOUND"),
        (["cluster", "start", "-n", "x", "--env", "x", "--cloud-name", "no-such"], 5, "CLOUD_NOT_FOUND"),
        (["cluster", "start", "-n", "x", "--workers", "many"], 2, "USAGE"),
        (["cluster", "terminate", "-n", "no-such"], 5, "CLUSTER_NOT_FOUND"),
        (["cluster", "list", "--host", "http://example.com"], 3, "PLAIN_HTTP_REFUSED"),
        (["cluster", "list", "--host", "http://127.0.0.1:1"], 7, "CONTROL_PLANE_UNREACHABLE"),
    ],
)
def test_each_problem_has_its_exit_code(lively: Place, fairlead: Any, words: list[str], status: int, code: str) -> None:
    plain = fairlead(*words)
    assert plain.status == status
    assert plain.err.startswith("error: ")
    assert f"({code})\n" in plain.err
    as_json = fairlead(*words, "--json")
    assert (as_json.status, json.loads(as_json.err)["code"]) == (status, code)


def test_a_wrong_token_is_not_allowed(lively: Place, fairlead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRLEAD_TOKEN", "flt_wrong")
    assert fairlead("cluster", "list").status == 6
    monkeypatch.delenv("FAIRLEAD_TOKEN")
    assert "(TOKEN_MISSING)" in fairlead("cluster", "list").err


def test_a_pasted_secret_is_not_repeated(quiet: Place, fairlead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pasted = "ghp_abcdefghijklmnopqrst"
    before = quiet.log.read_text()
    text = f"docker_image: a/b\nray_version: 2.10\nregistry_login_secret: {pasted}"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    refused = fairlead("cluster-env", "build", "-n", "x", "-")
    assert (refused.status, "(REFERENCE_LOOKS_LIKE_A_SECRET)" in refused.err) == (4, True)
    for words in (["cluster", "start", f"--password={pasted}"], [pasted], ["cluster", "list", pasted]):
        refused = fairlead(*words)
        assert refused.status == 2
        assert pasted not in refused.err
    assert quiet.log.read_text() == before


@pytest.mark.parametrize(
    "words",
    [
        ["cluster", "list", "--json=canary"],
        ["cluster", "list", "-pcanary"],
        ["cluster", "list", "--token=canary"],
        ["cluster", "list", "canary"],
        ["cluster", "start", "--workers", "canary"],
        ["a (canary"],
        ["cluster", "a\n (canary (choose b"],
    ],
)
def test_what_was_typed_in_a_wrong_place_is_not_repeated(words: list[str]) -> None:
    with pytest.raises(UsageError) as raised:
        make_parser().parse_args(words)
    assert "canary" not in raised.value.reason


def test_a_fault_of_ours_shows_no_message(lively: Place, fairlead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("hunter2")

    monkeypatch.setattr("fairlead_sdk._cli.cluster.list_clusters", fail)
    monkeypatch.setenv("FAIRLEAD_DEBUG", "1")
    failed = fairlead("cluster", "list")
    assert (failed.status, "(INTERNAL)" in failed.err, "ValueError" in failed.err) == (1, True, True)
    assert "hunter2" not in failed.err.replace('raise ValueError("hunter2")', "")


def test_it_is_a_program_too(lively: Place) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "fairlead_sdk", "cluster", "list", "--json"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "results" in json.loads(ran.stdout)


@pytest.mark.parametrize(
    ("path", "name"),
    [("/x/my_env.yaml", "my_env"), ("my env.YML", "my-env"), ("-", "cluster-env"), ("ü.json", "cluster-env"), ("a.b", "a.b")],
)
def test_the_name_is_that_of_the_file_unless_told_otherwise(path: str, name: str) -> None:
    assert default_name(path) == name
